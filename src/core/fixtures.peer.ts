import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { expect } from "chai";
import { environment } from "../../grader/peers/oracles.js";
import { isComplete, pythonOf } from "../../grader/peers/python-environment.js";

const root = join(import.meta.dirname, "../..");
const scripts = readdirSync(import.meta.dirname, { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".fixtures.py"))
  .map((name) => join(import.meta.dirname, name));

describe("the library's fixtures", () => {
  before(() => {
    if (!isComplete(environment)) throw new Error("run grader/peers/ensure-oracles.ts first");
  });

  it("each lie beside the script that made them", () => {
    expect(scripts.length).to.be.above(0);
    for (const script of scripts) expect(existsSync(fixtureOf(script)), fixtureOf(script)).to.equal(true);
  });

  for (const script of scripts) {
    it(`are what ${relative(root, script)} prints today`, () => {
      const { status, stdout, stderr } = spawnSync(pythonOf(environment), [script], {
        encoding: "utf8",
        maxBuffer: 2 ** 28,
      });
      expect(status, stderr).to.equal(0);
      expect(JSON.parse(stdout)).to.deep.equal(JSON.parse(readFileSync(fixtureOf(script), "utf8")));
    });
  }
});

function fixtureOf(script: string): string {
  return script.replace(/\.fixtures\.py$/, ".json");
}
