import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import { edited, TemporaryLabs } from "../authoring/verify/fixtures/small-lab.js";
import { packageRoot } from "../package-root.js";
import { verify } from "./verify.js";

describe("grader verify, as a command", function () {
  this.timeout(120_000);
  const labs = new TemporaryLabs();
  after(() => labs.remove());

  function start(lab: string, ...options: readonly string[]) {
    const cli = path.join(packageRoot(), "dist", "grader", "cli.js");
    const args = [cli, "verify", lab, "--seeds", "1", "--jobs", "1", ...options];
    const child = spawn(process.execPath, args, { cwd: packageRoot(), stdio: ["ignore", "pipe", "pipe"] });
    const said = { out: "", err: "" };
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      said.out += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      said.err += text;
    });
    return { child, said };
  }

  it("ends with 1, and counts, where something does not hold", async () => {
    const lab = await labs.write({ "notebook.ts": edited("points=4", "points=5") });
    const { child, said } = start(lab, "--sample", "1");
    expect(await once(child, "close")).to.deep.equal([1, null]);
    expect(said.out).to.match(/✗ every question has tests[^\n]*\n {6}q1 is worth 5 points, its tests 4\n/);
    expect(said.out).to.match(/\n\d+ passed, 1 failed\n$/);
  });

  it("looks at the labs of the working folder where none is named, and not at those of edgelab itself", async () => {
    const course = await mkdtemp(path.join(tmpdir(), "grader-verify-"));
    await mkdir(path.join(course, "labs", "09-own"), { recursive: true });
    await writeFile(path.join(course, "labs", "09-own", "lab.ts"), "export default 1;");
    const printed: string[] = [];
    const print = (text: string) => void printed.push(text);
    const before = process.cwd();
    process.chdir(course);
    try {
      const options = { isolation: "auto", seeds: 1, jobs: 1 } as const;
      expect(await verify(undefined, options, { colour: false, columns: 80, print, note: print })).to.equal(
        "mistake",
      );
    } finally {
      process.chdir(before);
      await rm(course, { recursive: true });
    }
    expect(printed[0]).to.match(/labs\/09-own$/);
    expect(printed.at(-1)).to.equal("0 passed, 1 failed");
  });

  it("ends soon after Ctrl-C with 130, leaving out what was still to do", async () => {
    const { child, said } = start(path.join("bench", "fixtures", "01-quantization"));
    while (!said.out.includes("the starter runs")) await once(child.stdout, "data");
    child.kill("SIGINT");
    expect(await once(child, "close")).to.deep.equal([130, null]);
    expect(said.out).not.to.match(/automatic mutants|passed/);
    expect(said.err).to.equal("");
  });
});
