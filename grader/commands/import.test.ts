import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { LabError } from "../../src/core/errors.js";
import { loadLab } from "../authoring/load-lab.js";
import { loadTests } from "../authoring/load-tests.js";
import { build } from "./build.js";
import { exportLab } from "./export-source.js";
import { importLab, importReport } from "./import.js";

const source = `// For whoever edits this.
// %% [markdown]
// # A title
// %% question q1 points=2 title="Doubling"
function double(x: number): number {
  // BEGIN SOLUTION
  return 2 * x;
  // END SOLUTION
}
`;

describe("grader import and export-source", () => {
  let root = "";
  let lab = "";
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), "import-"));
    lab = join(root, "labs", "05-x");
    await mkdir(join(lab, "hidden"), { recursive: true });
    await writeFile(join(lab, "notebook.ts"), source);
    await writeFile(join(lab, "lab.ts"), "the author's own");
    await writeFile(join(lab, "hidden", "q1.test.ts"), "the author's own");
  });
  afterEach(() => rm(root, { recursive: true }));

  const options = (file: string) => ({ file, force: false, workingDir: root });
  const sourceText = () => readFile(join(lab, "notebook.ts"), "utf8");
  const exported = async () => (await exportLab(lab, { force: false })).path;
  async function edit(file: string, from: string, to: string): Promise<void> {
    const text = await readFile(file, "utf8");
    expect(text).to.include(from);
    await writeFile(file, text.replace(from, to));
  }
  async function refusal(run: Promise<unknown>): Promise<string> {
    const error = await run.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    if (error instanceof LabError) return error.code;
    throw error ?? new Error("nothing was refused");
  }

  it("takes an export back into its lab: the source alone is written, and is the same byte for byte", async () => {
    const file = await exported();
    expect(file).to.equal(join(lab, "05-x.source.ipynb"));
    const { dir, written, kept } = await importLab(options(file));
    expect(dir).to.equal(lab);
    expect([written, kept]).to.deep.equal([["notebook.ts"], []]);
    expect(await sourceText()).to.equal(source);
    expect((await readdir(lab)).sort()).to.deep.equal([
      "05-x.source.ipynb",
      "build",
      "hidden",
      "lab.ts",
      "notebook.ts",
    ]);
    expect(await readFile(join(lab, "hidden", "q1.test.ts"), "utf8")).to.equal("the author's own");
  });

  it("takes further edits of the same export, one import after the other", async () => {
    const file = await exported();
    await edit(file, "# A title", "# One title");
    await importLab(options(file));
    await edit(file, "# One title", "# Two titles");
    await importLab(options(file));
    expect(await sourceText()).to.equal(source.replace("A title", "Two titles"));
  });

  it("refuses to undo what was changed in the source since the export, unless it is told to", async () => {
    const file = await exported();
    await writeFile(join(lab, "notebook.ts"), source.replace("A title", "Mine"));
    expect(await refusal(importLab(options(file)))).to.equal("SOURCE_CHANGED");
    expect(await sourceText()).to.include("Mine");
    await importLab({ ...options(file), force: true });
    expect(await sourceText()).to.equal(source);
  });

  it("refuses to export over edits that were not imported, unless it is told to", async () => {
    const file = await exported();
    await exported();
    await writeFile(join(lab, "notebook.ts"), source.replace("A title", "Mine"));
    await exported(); // the export was not edited: nothing is lost
    await edit(file, "# Mine", "# Theirs");
    expect(await refusal(exported())).to.equal("NOT_IMPORTED");
    expect(await readFile(file, "utf8")).to.include("# Theirs");
    await exportLab(lab, { force: true });
    expect(await readFile(file, "utf8")).to.include("# Mine");
    await writeFile(file, "notes");
    expect(await refusal(exported())).to.equal("NOT_IMPORTED");
  });

  it("refuses another notebook where there is a lab, and with --force replaces its source alone", async () => {
    const file = join(root, "05-x.ipynb");
    const cell = { cell_type: "markdown", metadata: {}, source: "# Other" };
    await writeFile(file, JSON.stringify({ nbformat: 4, nbformat_minor: 5, metadata: {}, cells: [cell] }));
    expect(await refusal(importLab(options(file)))).to.equal("LAB_EXISTS");
    expect(await sourceText()).to.equal(source);
    const { kept } = await importLab({ ...options(file), force: true });
    expect(kept).to.deep.equal(["lab.ts"]);
    expect(await sourceText()).to.equal("// For whoever edits this.\n// %% [markdown]\n// # Other\n");
    expect(await readFile(join(lab, "lab.ts"), "utf8")).to.equal("the author's own");
  });

  it("refuses a name that can't be a lab's, and a file that is not there", async () => {
    const file = join(root, "My notebook.ipynb");
    expect(await refusal(importLab(options(file)))).to.equal("NO_FILE");
    await writeFile(file, JSON.stringify({ nbformat: 4, metadata: {}, cells: [] }));
    expect(await refusal(importLab(options(file)))).to.equal("BAD_LAB_ID");
    expect(await refusal(importLab({ ...options(file), to: ".." }))).to.equal("BAD_LAB_ID");
    expect(await readdir(join(root, "labs"))).to.deep.equal(["05-x"]);
  });

  it("leaves no lab behind where the notebook can't be imported", async () => {
    const file = join(root, "06-y.ipynb");
    const cell = { cell_type: "code", metadata: {}, source: "// %% quiz" };
    await writeFile(file, JSON.stringify({ nbformat: 4, metadata: {}, cells: [cell] }));
    expect(await refusal(importLab(options(file)))).to.equal("BAD_LAB_SOURCE");
    expect(await readdir(join(root, "labs"))).to.deep.equal(["05-x"]);
  });

  it("makes of an nbgrader notebook a lab that loads and builds, with skeletons of its tests and a list of what is left", async () => {
    const marked = (grade_id: string, more: object) => ({ nbgrader: { grade_id, ...more } });
    const cells = [
      { cell_type: "markdown", metadata: {}, source: "# Sums" },
      {
        cell_type: "code",
        metadata: marked("sum", { solution: true }),
        source:
          "function sum(n: number): number {\n  // BEGIN SOLUTION\n  return n * 17;\n  // END SOLUTION\n}",
      },
      {
        cell_type: "code",
        metadata: marked("t", { grade: true, points: 2 }),
        source: 'equal(sum(2), 34); // "\\n" */',
      },
    ];
    const file = join(root, "06-sums.ipynb");
    await writeFile(file, JSON.stringify({ nbformat: 4, metadata: {}, cells }));
    const result = await importLab({ ...options(file), title: 'Sums "and" more' });
    const made = await loadLab(result.dir);
    expect(made.manifest.title).to.equal('Sums "and" more');
    expect((await loadTests(made)).hidden.map(({ id }) => id)).to.deep.equal(["q1"]);
    const { files } = await build(result.dir, { check: false });
    expect(await readFile(files[0] ?? "", "utf8"))
      .to.include("q1: write sum")
      .and.not.include("17");
    const report = importReport(result, { workingDir: root, columns: 80 });
    expect(report).to.include(
      "labs/06-sums: 4 cells: 1 of text, 2 of code, 1 question (2 points), 0 written answers",
    );
    expect(report).to.include("\n- cell 3: tests of q1: they stand as comments");
    for (const line of report.split("\n").slice(2, -1)) expect(line.length).to.be.at.most(80);
    expect(await readFile(join(result.dir, "README.md"), "utf8")).to.include("- cell 3: tests of q1");
  });
});
