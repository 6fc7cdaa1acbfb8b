import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { runExample } from "./run-example.js";

const root = path.join(import.meta.dirname, "..");
const readme = readFileSync(path.join(root, "README.md"), "utf8");

describe("the README", () => {
  it("shows what the demo prints", function () {
    this.timeout(180_000);
    const shown = /<!-- demo -->\n```\n([\s\S]*?)\n```/.exec(readme)?.[1] ?? "";
    const { stdout, stderr, status } = spawnSync("npx", ["--no-install", "grader", "demo"], {
      cwd: root,
      encoding: "utf8",
      env: { ...process.env, NO_COLOR: "1" },
    });
    if (/can't be isolated here/.test(stderr)) this.skip();
    expect(status, stderr).to.equal(0);
    expect(withoutPlaces(stdout)).to.equal(withoutPlaces(shown));
  });

  it("names commands and options that there are", () => {
    const commands = [...readme.matchAll(/^npx grader (\w+)(.*)$/gm)];
    expect(commands.length).to.be.greaterThan(4);
    for (const [, command = "", rest = ""] of commands) {
      const { stdout } = spawnSync("npx", ["--no-install", "grader", command, "--help"], {
        cwd: root,
        encoding: "utf8",
      });
      expect(stdout, command).to.match(new RegExp(`^Usage: grader ${command}`));
      for (const [option] of rest.split("#")[0]?.matchAll(/--[a-z]+/g) ?? [])
        expect(stdout).to.include(option);
    }
  });

  it("has an example for engineers that does what it says", async () => {
    const [, code = ""] = /```ts\n([\s\S]*?)```/.exec(readme) ?? [];
    await runExample(code);
  });

  it("links to files that there are", () => {
    for (const [, target = ""] of readme.matchAll(/\]\(([^)#]+)\)/g)) {
      expect(existsSync(path.join(root, target)), target).to.equal(true);
    }
  });
});

/** The demo's folder is new each time. */
function withoutPlaces(text: string): string {
  return text.replace(/\S*edgelab-demo-\w+/g, "…").trim();
}
