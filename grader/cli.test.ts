import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { packageRoot } from "./package-root.js";

describe("an error of the grader's command line", function () {
  this.timeout(60_000);
  const dir = mkdtempSync(join(tmpdir(), "edgelab-cli-"));
  after(() => rmSync(dir, { recursive: true, force: true }));

  it("shows what a stranger's file says without what a terminal would obey", () => {
    const lab = "\u001b]0;title\u0007\u202e";
    const source = { above: [], blankBelow: 0, lab, sha256: "0" };
    const cells = [{ cell_type: "code", metadata: {}, source: "f();", outputs: [], execution_count: null }];
    const file = join(dir, "x.ipynb");
    writeFileSync(
      file,
      JSON.stringify({ nbformat: 4, nbformat_minor: 5, metadata: { edgelab: { source } }, cells }),
    );
    const args = ["--import", "tsx", join(packageRoot(), "grader", "cli.ts"), "import", file];
    const { status, stderr } = spawnSync(process.execPath, args, { cwd: packageRoot(), encoding: "utf8" });
    expect(status, stderr).to.equal(1);
    expect(stderr).to.include("\\u{1b}]0;title\\u{7}\\u{202e}\" can't be a lab's name");
  });
});
