import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { cp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { LabError } from "../../src/core/errors.js";
import { loadCourse } from "../course/load-course.js";
import { packageRoot } from "../package-root.js";
import { newLab } from "./new.js";

const lab = { id: "05-search", title: "Architecture search", questions: 2, timezone: "Europe/Berlin" };

describe("grader new", () => {
  let dir = "";
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), "grader-new-"));
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  it("makes the lab, its notebook and a course.yaml, and says what to do next", async () => {
    const told = await newLab({ ...lab, workingDir: dir });
    const notebook = readFileSync(join(dir, "labs/05-search/05-search.ipynb"), "utf8");
    expect(notebook).to.include("# Lab 5 · Architecture search");
    expect(readdirSync(join(dir, "labs"))).to.deep.equal(["05-search"]);
    const course = await loadCourse(dir);
    expect(course).to.deep.include({ timezone: "Europe/Berlin" });
    expect([...course.labs.keys()]).to.deep.equal(["05-search"]);
    expect(told).to.match(/2 questions, 20 points/);
    expect(told.split("What to do next:\n")[1]?.split("\n")).to.have.length(3);
  });

  it("makes a title of the id where none is given", async () => {
    const { title: _, ...untitled } = lab;
    await newLab({ ...untitled, id: "05-search-space", workingDir: dir });
    expect(readFileSync(join(dir, "labs/05-search-space/lab.ts"), "utf8")).to.include('"Search space"');
  });

  it("keeps students' work out of git, and leaves a .gitignore as it is", async () => {
    expect(await newLab({ ...lab, workingDir: dir })).to.include(".gitignore");
    expect(readFileSync(join(dir, ".gitignore"), "utf8")).to.include("submissions/\n");
    writeFileSync(join(dir, ".gitignore"), "mine\n");
    expect(await newLab({ ...lab, id: "06-other", workingDir: dir })).to.not.include(".gitignore");
    expect(readFileSync(join(dir, ".gitignore"), "utf8")).to.equal("mine\n");
  });

  it("leaves a course.yaml as it is, and says what to add to it", async () => {
    const own = "title: Mine # and my comments\n";
    writeFileSync(join(dir, "course.yaml"), own);
    const told = await newLab({ ...lab, workingDir: dir });
    expect(readFileSync(join(dir, "course.yaml"), "utf8")).to.equal(own);
    expect(told).to.include("Add it to labs: in course.yaml\n  05-search:\n    due: 2026-12-01 23:59\n");
  });

  it("has nothing to add where course.yaml names the lab, and the same advice where it can't be read", async () => {
    writeFileSync(join(dir, "course.yaml"), "title: T\nlabs: { 05-search: }\n");
    expect(await newLab({ ...lab, workingDir: dir })).to.include("names the lab already");
    writeFileSync(join(dir, "course.yaml"), "title: [");
    expect(await newLab({ ...lab, id: "06-x", workingDir: dir })).to.include("Add it to labs:");
  });

  it("refuses a folder that is there, and leaves it as it is", async () => {
    mkdirSync(join(dir, "labs/05-search"), { recursive: true });
    const error: unknown = await newLab({ ...lab, workingDir: dir }).catch((reason) => reason);
    expect(error).to.be.instanceOf(LabError).with.property("code", "LAB_EXISTS");
    expect(readdirSync(join(dir, "labs"))).to.deep.equal(["05-search"]);
    expect(readdirSync(join(dir, "labs/05-search"))).to.deep.equal([]);
  });

  it("writes nothing for an id that can't be", async () => {
    const error: unknown = await newLab({ ...lab, id: "x", workingDir: dir }).catch((reason) => reason);
    expect(error).to.be.instanceOf(LabError).with.property("code", "BAD_LAB_ID");
    expect(readdirSync(dir)).to.deep.equal([]);
  });

  describe("as an instructor types it, in a folder of one's own", function () {
    this.timeout(120_000);
    const grader = (...args: string[]) =>
      spawnSync(process.execPath, [join(packageRoot(), "dist/grader/cli.js"), ...args], {
        cwd: dir,
        encoding: "utf8",
      });

    // The documentation's pages do the same without any package.json.
    it("makes a lab that verifies and grades at once, in a package of CommonJS", async function () {
      writeFileSync(join(dir, "package.json"), '{ "name": "course" }');
      const made = grader("new", "05-search", "--title", 'The "best" `net` */ {{of}} $5', "--questions", "2");
      expect(made.status, made.stderr).to.equal(0);
      const verified = grader("verify", "--seeds", "1", "--sample", "1", "--jobs", "1");
      if (/can't be isolated here/.test(verified.stderr)) this.skip();
      expect(verified.status, verified.stdout + verified.stderr).to.equal(0);
      expect(verified.stdout).to.match(/^[1-9]\d+ passed, 0 failed$/m);
      await handIn("untouched", "05-search.ipynb");
      await handIn("right", "build/reference.ipynb");
      const run = grader("run", "05-search", "--json", "--jobs", "1");
      const scores = run.stdout
        .split("\n")
        .filter(Boolean)
        .map((line) => JSON.parse(line));
      expect(
        scores.map(({ student, score, maxScore }) => [student, score, maxScore]).sort(),
        run.stderr,
      ).to.deep.equal([
        ["right", 20, 20],
        ["untouched", 0, 20],
      ]);
      expect(existsSync(join(dir, "feedback/05-search/right.html"))).to.equal(true);
    });

    async function handIn(student: string, notebook: string): Promise<void> {
      const to = join(dir, "submissions", student, "05-search");
      mkdirSync(to, { recursive: true });
      await cp(join(dir, "labs/05-search", notebook), join(to, "05-search.ipynb"));
    }
  });
});
