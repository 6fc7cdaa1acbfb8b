import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect } from "chai";
import { installKernel, kernelSpecFile } from "../../kernel/kernel-spec.js";
import { findCourse } from "../find-course.js";
import { courseFiles } from "./course-files.js";
import type { Check } from "./finding.js";
import { kernelSpecThere, otherKernels } from "./jupyter.js";
import { judgeNode } from "./machine.js";
import { installed, plantedTslab } from "./packages.js";
import { doctorText } from "./report.js";

describe("edgelab doctor", () => {
  let root: string;
  const put = (path: string, text = "{}") => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  const find = async (check: Check, env = {}) => check.run({ course: findCourse(root), cwd: root, env });
  const states = async (check: Check, env = {}) => (await find(check, env)).map(({ state }) => state).join();
  beforeEach(() => {
    root = realpathSync(mkdtempSync(join(tmpdir(), "edgelab-doctor-")));
    put("labs/01-x/01-x.ipynb");
    put("course.json", '{ "title": "T", "submit": "zip", "labs": [] }');
  });
  afterEach(() => rmSync(root, { recursive: true }));

  it("refuses a Node.js whose CommonJS can't load ES modules", () => {
    const broken = ["18.20.0", "20.18.3", "21.7.0", "22.11.0", "23.0.0"];
    for (const version of broken) expect(judgeNode(version).state, version).to.equal("broken");
    for (const version of ["20.19.0", "22.12.0", "24.1.0"]) expect(judgeNode(version).state).to.equal("fine");
  });

  it("finds this installation complete", async () => {
    expect(await states(installed)).to.equal("fine");
  });

  it("finds packages that were put beside a notebook", async () => {
    expect(await states(plantedTslab)).to.equal("fine");
    put("labs/01-x/node_modules/tslab/package.json");
    const [found] = await find(plantedTslab);
    expect(found?.state).to.equal("broken");
    expect(found?.says).to.include(join(root, "labs/01-x/node_modules"));
  });

  it("tells a kernel that starts this edgelab from one that starts what is gone", async () => {
    expect(await states(kernelSpecThere)).to.equal("unsure");
    await installKernel(root);
    expect(await states(kernelSpecThere)).to.equal("fine");
    writeFileSync(kernelSpecFile(root), '{ "argv": ["/no/such/node", "kernel"] }');
    expect(await states(kernelSpecThere)).to.equal("broken");
    writeFileSync(kernelSpecFile(root), "not JSON");
    expect(await states(kernelSpecThere)).to.equal("unsure");
  });

  it("names a kernel of that name in the user's folder", async () => {
    put("data/kernels/tslab/kernel.json");
    const found = await find(otherKernels, { JUPYTER_DATA_DIR: join(root, "data") });
    expect(found[0]).to.include({ state: "unsure" });
    expect(found[0]?.says).to.include(join(root, "data/kernels/tslab/kernel.json"));
  });

  it("finds what is missing of a course, and how to get it back", async () => {
    expect((await find(courseFiles))[0]?.next).to.equal("Get it back: git checkout -- labs/01-x");
    put("labs/01-x/release.json", "<<<<<<< HEAD");
    expect((await find(courseFiles))[0]).to.include({ state: "broken" });
    put("course.json", "{}");
    expect((await find(courseFiles))[0]?.says).to.include("course.json is not what the course handed out");
  });

  it("prints a line for each, what to do below, and keeps commands in one line", () => {
    const command = `  ${"x".repeat(120)}`;
    const text = doctorText(
      [
        { what: "Node.js", state: "fine", says: "22.12.0", next: "" },
        { what: "Jupyter", state: "broken", says: "none", next: `Get one:\n${command}` },
      ],
      { colour: false, columns: 80 },
    );
    expect(text.split("\n")).to.deep.equal([
      "✓ Node.js  22.12.0",
      "✗ Jupyter  none",
      "           Get one:",
      `           ${command}`,
      "",
      "1 of 2 broken: do what stands below ✗.",
    ]);
  });
});
