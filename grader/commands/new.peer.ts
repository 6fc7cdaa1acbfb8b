import { type SpawnSyncReturns, spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { cp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { packageRoot } from "../package-root.js";

/** As in a course of one's own: edgelab is a package from a tarball, and npm fetches what it depends on. */
describe("grader new, where edgelab is installed as a package", () => {
  let dir = "";

  const inCourse = (command: string, ...args: string[]): SpawnSyncReturns<string> =>
    spawnSync(command, args, { cwd: dir, encoding: "utf8", env: { ...process.env, CI: "1" } });
  const grader = (...args: string[]) => inCourse("npx", "--no-install", "grader", ...args);

  before(function () {
    dir = mkdtempSync(join(tmpdir(), "grader-installed-"));
    // Jails of root belong to nobody, who has to reach the package.
    chmodSync(dir, 0o755);
    const pack = ["pack", "--ignore-scripts", "--pack-destination", dir];
    const packed = spawnSync("npm", pack, { cwd: packageRoot(), encoding: "utf8" });
    expect(packed.status, packed.stderr).to.equal(0);
    const [tarball = ""] = readdirSync(dir);
    writeFileSync(join(dir, "package.json"), '{ "private": true }');
    writeFileSync(join(dir, ".npmrc"), "onnxruntime-node-install=skip\n");
    const installed = inCourse("npm", "install", "--no-audit", "--no-fund", `./${tarball}`);
    if (/ENOTFOUND|ECONNREFUSED|EAI_AGAIN|ETIMEDOUT/.test(installed.stderr)) this.skip();
    expect(installed.status, installed.stderr).to.equal(0);
  });
  after(() => rmSync(dir, { recursive: true, force: true }));

  it("makes a lab, verifies it, and grades the reference and the starter", async function () {
    const made = grader("new", "05-search", "--questions", "2");
    expect(made.status, made.stderr).to.equal(0);
    const verified = grader("verify", "05-search", "--seeds", "1", "--sample", "1");
    if (/can't be isolated here/.test(verified.stderr)) this.skip();
    expect(verified.status, verified.stdout + verified.stderr).to.equal(0);
    for (const [student, notebook] of [
      ["right", "build/reference.ipynb"],
      ["untouched", "05-search.ipynb"],
    ] as const) {
      const to = join(dir, "submissions", student, "05-search");
      mkdirSync(to, { recursive: true });
      await cp(join(dir, "labs/05-search", notebook), join(to, "05-search.ipynb"));
    }
    const { stdout, stderr } = grader("run", "05-search", "--json");
    const scores = stdout
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line).score);
    expect(scores.sort(), stderr).to.deep.equal([0, 20]);
  });
});
