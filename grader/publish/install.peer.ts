import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect } from "chai";
import { packageRoot } from "../package-root.js";
import { packEdgelab } from "./edgelab/pack.js";
import { sameContents } from "./edgelab/tar.js";
import { Course, hasGit, lab } from "./fixtures/course.js";

/** A student's evening begins so: it needs the npm registry, or npm's cache of it. */
describe("a published course that a student clones", function () {
  this.timeout(600_000);
  let course: Course;
  let clone: string;
  let printed: string;

  function run(program: string, args: readonly string[], cwd = clone): string {
    return execFileSync(program, args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  }

  before(async function () {
    if (!hasGit) this.skip();
    course = await Course.create();
    clone = path.join(course.folder, "student");
    await course.publish({ pack: () => packEdgelab(packageRoot()) });
    run("git", ["clone", "--quiet", course.remote, clone], course.folder);
    printed = run("sh", ["-c", "npm install --ignore-scripts=false 2>&1"]);
  });
  after(() => course?.remove());

  it("installs with npm install, without a question or a warning of scripts", () => {
    expect(printed).to.match(/added \d+ packages/);
    expect(printed).not.to.include("install scripts not yet covered");
    expect(run("git", ["status", "--porcelain"])).to.equal("");
  });

  it("imports what labs import, from a lab's own folder", async () => {
    const program = `import { seeded } from "edgelab/core";
import { check, plot } from "edgelab/notebook";
import { question } from "edgelab/testing";
console.log([seeded, check, plot, question].map((f) => typeof f).join());`;
    await writeFile(path.join(clone, "labs", lab, "try.mjs"), program);
    const out = run(process.execPath, ["try.mjs"], path.join(clone, "labs", lab));
    expect(out.trim()).to.equal("function,function,function,function");
  });

  it("has the student's commands", () => {
    expect(run("npx", ["--no-install", "edgelab", "--help"]))
      .to.include("jupyter")
      .and.to.include("doctor");
  });

  it("has an edgelab that packs to the same tarball again, for an instructor who installed it so", async () => {
    const again = await packEdgelab(path.join(clone, "node_modules", "edgelab"));
    const name = `edgelab-${again.version}.tgz`;
    expect(sameContents(await readFile(path.join(clone, name)), again.tarball)).to.equal(true);
  });

  it("has no file of the grader's side, not in edgelab's package either", () => {
    const found = run("sh", ["-c", "find . -path ./.git -prune -o -path '*01-quantization*' -type f -print"]);
    const names = found
      .trim()
      .split("\n")
      .map((file) => file.replace(`./labs/${lab}/`, ""));
    expect(names).to.have.members([
      `${lab}.ipynb`,
      "release.json",
      "public/q1.test.ts",
      "public/q2.test.ts",
      "public/q3.test.ts",
      ...(existsSync(path.join(clone, "labs", lab, "try.mjs")) ? ["try.mjs"] : []),
    ]);
  });

  it("keeps a student's answers and brings what is new, by the commands that its README gives", async () => {
    const notebook = path.join(clone, "labs", lab, `${lab}.ipynb`);
    const answered = run("cat", [notebook]).replace(
      'throw new Error(\\"q1: write affineParams\\");',
      "return answer;",
    );
    expect(answered).to.include("return answer;");
    await writeFile(notebook, answered);
    await course.edit("notebook.ts", "// **Clip before you store.**", "// **Clip first.**");
    await course.publish({ pack: () => packEdgelab(packageRoot()) });
    const [, commands = ""] =
      /keep your answers like this:\n\n```sh\n([\s\S]*?)```/.exec(run("cat", ["README.md"])) ?? [];
    run("sh", ["-ec", `git config user.name S; git config user.email s@example.org\n${commands}`]);
    const merged = JSON.parse(run("cat", [notebook]));
    expect(JSON.stringify(merged)).to.include("return answer;").and.to.include("**Clip first.**");
  });
});
