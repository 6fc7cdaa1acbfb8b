import { spawnSync } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import { openGradebook } from "../gradebook/gradebook.js";
import { packageRoot } from "../package-root.js";

const cli = path.join(packageRoot(), "dist", "grader", "cli.js");
const lab = "05-words";

const source = `// %% question q1 points=2 title="Doubling"
function double(x: number): number {
  // BEGIN SOLUTION
  return 2 * x;
  // END SOLUTION
}
// %% written w1 points=6 title="Why" rubric="RUBRIC names the outlier; says what it costs"
// Why does one scale not do?
//
// BEGIN SOLUTION
// MODEL: one outlier widens every step.
// END SOLUTION
`;
const hidden = `import { expect } from "chai";
import { question } from "edgelab/testing";
export default question("q1", ({ student, test }) => {
  test(2, "doubles", async () => {
    expect(await student.call("double", 4)).to.equal(8);
  });
});
`;
const manifest = `import { defineLab } from "edgelab/lab";
export default defineLab({ id: "${lab}", title: "Words", packages: [], withheld: [] });
`;

interface Line {
  readonly student: string;
  readonly receipt: string;
}

/** As a TA types it, from the lab's source to the feedback page. */
describe("grader run of a lab that asks for answers in words", function () {
  this.timeout(120_000);
  let folder = "";
  const at = (...parts: readonly string[]) => path.join(folder, ...parts);
  const grader = (...args: readonly string[]) =>
    spawnSync(process.execPath, [cli, ...args], { cwd: folder, encoding: "utf8" });
  const run = (...more: readonly string[]) => grader("run", lab, "--jobs", "1", ...more);

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "written-"));
    await mkdir(at("labs", lab, "hidden"), { recursive: true });
    await writeFile(at("labs", lab, "lab.ts"), manifest);
    await writeFile(at("labs", lab, "notebook.ts"), source);
    await writeFile(at("labs", lab, "hidden", "q1.test.ts"), hidden);
    const built = grader("build", lab);
    expect(built.status, built.stderr).to.equal(0);
    const reference = await readFile(at("labs", lab, "build", "reference.ipynb"), "utf8");
    await handIn("s10001", reference.replace("MODEL: one outlier", "One <b>outlier</b>"));
    await handIn("s10002", await readFile(at("labs", lab, `${lab}.ipynb`), "utf8"));
  });
  after(() => rm(folder, { recursive: true }));

  async function handIn(student: string, text: string): Promise<void> {
    await mkdir(at("submissions", student, lab), { recursive: true });
    await writeFile(at("submissions", student, lab, `${lab}.ipynb`), text);
  }

  let receipt = "";

  it("grades the rest, keeps the answers for a person, and ends with 0", async () => {
    const { status, stdout, stderr } = run("--json");
    expect(status, stderr).to.equal(0);
    const lines = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    lines.sort((a: Line, b: Line) => (a.student < b.student ? -1 : 1));
    expect(lines[0]).to.deep.include({ status: "graded", score: 2, maxScore: 8 });
    expect(lines[0].written).to.deep.equal([{ id: "w1", maxScore: 6, score: null }]);
    receipt = lines[0].receipt;
    expect(lines[1]).to.deep.include({ status: "graded", score: 0, maxScore: 8 });
    expect(lines[1].written).to.deep.equal([{ id: "w1", maxScore: 6, score: 0 }]);
    const book = await openGradebook(at("gradebook.db"));
    const [answered, untouched] = await book.latest(lab);
    await book.close();
    expect(answered?.written).to.deep.equal([
      {
        id: "w1",
        title: "Why",
        maxScore: 6,
        rubric: ["RUBRIC names the outlier", "says what it costs"],
        answer: "Why does one scale not do?\n\nOne <b>outlier</b> widens every step.",
      },
    ]);
    expect(untouched?.written[0]?.answer).to.equal("");
  });

  it("says in the table that a person is waited for, also when it goes on", () => {
    const { status, stdout } = run("--resume");
    expect(status).to.equal(0);
    expect(stdout).to.match(
      /✓ {2}s10001 +2 +2 {2}1 written answer waits for a person\n✓ {2}s10002 +0 +0 {2}The written answer w1 is not given/,
    );
  });

  it("shows the student the answer, and neither rubric nor model answer", async () => {
    const page = await readFile(at("feedback", lab, "s10001.html"), "utf8");
    expect(page).to.include("One &lt;b&gt;outlier&lt;/b&gt; widens every step.");
    expect(page).to.include("A person will grade this answer.");
    expect(await readFile(at("feedback", lab, "s10002.html"), "utf8")).to.include("Not answered");
    for (const student of ["s10001", "s10002"])
      expect(await readFile(at("feedback", lab, `${student}.html`), "utf8")).not.to.match(/RUBRIC|MODEL/);
  });

  it("gives another receipt for another answer in words", async () => {
    const file = at("submissions", "s10001", lab, `${lab}.ipynb`);
    await writeFile(file, (await readFile(file, "utf8")).replace("every step", "each step"));
    const line: Line = JSON.parse(run("--json", "--student", "s10001").stdout);
    expect(line.receipt).to.match(/./).and.not.equal(receipt);
  });
});
