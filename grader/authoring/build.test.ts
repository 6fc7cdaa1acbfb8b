import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { LabError } from "../../src/core/errors.js";
import { defineLab } from "../../src/lab/manifest.js";
import { parseNotebook } from "../../src/lab/notebook.js";
import { parseRelease, releaseOf } from "../../src/lab/release.js";
import { build } from "../commands/build.js";
import { buildNotebooks } from "./build.js";
import { parsePercent } from "./percent.js";

const text = `// %% [markdown]
// # Title
//
// Text.
// %%
import { check } from "edgelab/notebook";
// %% question q1 points=10 title="T"
function f(): number {
  // BEGIN SOLUTION
  return 1;
  // END SOLUTION
}
// %% check q1
await check("q1");
// %% explore
f();
// %% written w1 points=6 title="Why" rubric="names the outlier; says what it costs"
// Why does one scale not do?
//
// BEGIN SOLUTION
// The model answer: one outlier widens every step.
// END SOLUTION
`;
const source = parsePercent(text);
const manifest = defineLab({ id: "01-x", title: "T", packages: [], withheld: [] });
const built = buildNotebooks(source, manifest);

describe("buildNotebooks", () => {
  it("gives the same bytes each time, with keys in the order in which Jupyter writes them", () => {
    expect(buildNotebooks(parsePercent(text), manifest)).to.deep.equal(built);
    const sorted = (value: unknown): unknown =>
      Array.isArray(value)
        ? value.map(sorted)
        : typeof value === "object" && value !== null
          ? Object.fromEntries(
              Object.entries(value)
                .sort(([a], [b]) => (a < b ? -1 : 1))
                .map(([key, inner]) => [key, sorted(inner)]),
            )
          : value;
    expect(`${JSON.stringify(sorted(JSON.parse(built.student)), null, 1)}\n`).to.equal(built.student);
  });

  it("makes a notebook of nbformat 4.5 for the kernel tslab, without outputs", () => {
    const { nbformat, nbformat_minor, metadata, cells } = JSON.parse(built.student);
    expect([nbformat, nbformat_minor]).to.deep.equal([4, 5]);
    expect(metadata.kernelspec).to.deep.equal({
      display_name: "TypeScript",
      language: "typescript",
      name: "tslab",
    });
    expect(metadata.edgelab).to.deep.equal({ lab: "01-x", release: source.release });
    expect(cells[1]).to.deep.equal({
      cell_type: "code",
      execution_count: null,
      id: source.cells[1]?.id,
      metadata: { deletable: false, edgelab: { id: source.cells[1]?.id, role: "code" }, editable: false },
      outputs: [],
      source: ['import { check } from "edgelab/notebook";'],
    });
    expect(Object.keys(cells[0])).to.deep.equal(["cell_type", "id", "metadata", "source"]);
    expect(cells[0].source).to.deep.equal(["# Title\n", "\n", "Text."]);
  });

  it("locks prose, code and checks, and leaves answers in code or words and experiments open", () => {
    const { cells } = JSON.parse(built.student);
    const locked = cells.filter(({ metadata }: { metadata: object }) => "editable" in metadata);
    expect(locked.map(({ id }: { id: string }) => id)).to.deep.equal(
      [0, 1, 3].map((index) => source.cells[index]?.id),
    );
  });

  it("gives students no solution, and the reference all of them", () => {
    expect(built.student).not.to.contain("return 1");
    expect(built.release).not.to.contain("return 1");
    expect(built.reference).to.contain("return 1");
    for (const text of [built.student, built.release]) expect(text).not.to.contain("model answer");
    expect(built.reference).to.contain("The model answer");
  });

  it("makes a written answer a markdown cell that students edit, with a line where they begin", () => {
    const { cells } = JSON.parse(built.student);
    expect(cells.at(-1)).to.deep.equal({
      cell_type: "markdown",
      id: "w1",
      metadata: { edgelab: { id: "w1", question: "w1", role: "written" } },
      source: ["Why does one scale not do?\n", "\n", "*Write your answer here.*"],
    });
    expect(JSON.parse(built.reference).cells.at(-1).source[2]).to.contain("The model answer");
  });

  it("writes a release that is read back as it was, but for the rubric, which students don't get", () => {
    expect(source.written[0]?.rubric).to.deep.equal(["names the outlier", "says what it costs"]);
    const release = parseRelease(built.release);
    expect(release).to.deep.equal(releaseOf(source, manifest));
    expect(release.written).to.deep.equal([{ id: "w1", title: "Why", points: 6, rubric: [] }]);
    expect(built.student + built.reference + built.release).not.to.contain("names the outlier");
  });

  it("is read back by the notebook reader, cell by cell", () => {
    const read = parseNotebook(new TextEncoder().encode(built.student));
    expect(read.edgelab).to.deep.equal({ lab: "01-x", release: source.release });
    expect(read.cells.map(({ id, edgelab, source: content }) => [id, edgelab?.id, content])).to.deep.equal(
      source.cells.map((cell) => [cell.id, cell.id, cell.source]),
    );
  });
});

describe("grader build", () => {
  let dir = "";
  beforeEach(() => {
    dir = join(mkdtempSync(join(tmpdir(), "build-")), "01-x");
    mkdirSync(dir);
    writeFileSync(join(dir, "notebook.ts"), text);
    writeFileSync(
      join(dir, "lab.ts"),
      `export default { id: "01-x", title: "T", packages: [], withheld: [], limits: ${JSON.stringify(manifest.limits)} };`,
    );
  });
  afterEach(() => rmSync(join(dir, ".."), { recursive: true }));

  it("writes the student's notebook, the reference and the release", async () => {
    const { lab, release, files } = await build(dir, { check: false });
    expect([lab, release]).to.deep.equal(["01-x", source.release]);
    expect(files.map((file) => readFileSync(file, "utf8"))).to.deep.equal([
      built.student,
      built.reference,
      built.release,
    ]);
  });

  it("finds a notebook that is not what its source builds, and writes nothing then", async () => {
    const stale = async () => {
      const error: unknown = await build(dir, { check: true }).catch((reason: unknown) => reason);
      expect(error).to.be.instanceOf(LabError);
      return String(error);
    };
    expect(await stale()).to.contain("01-x/01-x.ipynb is not there. Run npx --no-install grader build 01-x.");
    await build(dir, { check: false });
    await build(dir, { check: true });
    writeFileSync(join(dir, "notebook.ts"), text.replace("Text.", "Other text."));
    expect(await stale()).to.contain("is not what notebook.ts builds");
    expect(readFileSync(join(dir, "01-x.ipynb"), "utf8")).to.equal(built.student);
  });
});
