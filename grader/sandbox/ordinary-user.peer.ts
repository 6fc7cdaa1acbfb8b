import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect } from "chai";
import { packageRoot } from "../package-root.js";
import { runsAsRoot } from "./tools.js";

describe("jails of an ordinary user", () => {
  it("hold as well as those of root", function () {
    if (!runsAsRoot()) this.skip();
    this.timeout(120_000);
    const mocha = [process.execPath, join(packageRoot(), "node_modules/mocha/bin/mocha.js"), "--exit"];
    const files = ["grader/sandbox/hostile-reach.test.ts", "grader/sandbox/hostile-limits.test.ts"];
    // Memory and output are watched from outside, in the same way for every user.
    const without = ["--grep", "share of memory|amount of output|without a jail", "--invert"];
    const user = ["--reuid=54321", "--regid=54321", "--clear-groups", "--"];
    const { status, stdout } = spawnSync("setpriv", [...user, ...mocha, ...files, ...without], {
      cwd: packageRoot(),
      encoding: "utf8",
      env: { PATH: process.env.PATH, HOME: "/nonexistent" },
    });
    expect(status, stdout).to.equal(0);
    expect(stdout).to.match(/[1-9]\d* passing/);
  });
});
