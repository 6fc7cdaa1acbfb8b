import { expect } from "chai";
import fc from "fast-check";
import { LabError } from "../../core/errors.js";
import type { ReleaseSource } from "../cells.js";
import type { CellType, Notebook, NotebookCell } from "../notebook.js";
import { restore } from "./restore.js";

const untouched = "Why does one scale not do?\n\n*Write your answer here.*";
const lab: ReleaseSource = {
  cells: [
    { id: "c-1", role: "prose", source: "# Title" },
    { id: "q1", role: "answer", source: "function f() {}", question: "q1" },
    { id: "w1", role: "written", source: untouched, question: "w1" },
    { id: "w2", role: "written", source: "And here?", question: "w2" },
  ],
  questions: [{ id: "q1", title: "F", points: 4 }],
  written: [
    { id: "w1", title: "One scale", points: 6, rubric: [] },
    { id: "w2", title: "Here", points: 2, rubric: [] },
  ],
  release: "r",
};

const cell = (id: string | undefined, source: string, type: CellType = "markdown"): NotebookCell => ({
  id,
  type,
  source,
  edgelab: undefined,
});
const copy = (of: string, source: string, type: CellType = "markdown"): NotebookCell => ({
  ...cell(undefined, source, type),
  edgelab: { id: of },
});
const title = cell("c-1", "# Title");
const q1 = cell("q1", "function f() {}", "code");
const w2 = cell("w2", "And here?");
const w2Notice = "The written answer w2 is not given: nothing was written in its cell.";
const graded = (...cells: NotebookCell[]) => restore({ edgelab: undefined, cells } as Notebook, lab, "01-x");
const w1Of = (...cells: NotebookCell[]) => graded(title, q1, ...cells, w2).written[0]?.text;

describe("a written answer", () => {
  it("is the text of its markdown cell, and not answered where that was left as it was", () => {
    const { written, notices } = graded(title, q1, cell("w1", "Since it is so."), w2);
    expect(written).to.deep.equal([
      { id: "w1", text: "Since it is so." },
      { id: "w2", text: "" },
    ]);
    expect(notices).to.deep.equal([w2Notice]);
  });

  it("is not answered by blanks at the ends of lines, by other line ends, or by nothing", () => {
    for (const same of [untouched, `${untouched}  \n\n`, untouched.replaceAll("\n", "\r\n"), "", " \n"])
      expect(w1Of(cell("w1", same)), JSON.stringify(same)).to.equal("");
  });

  it("is read from a raw cell, and runs nowhere", () => {
    const { written, cells } = graded(title, q1, cell("w1", "Since.", "raw"), w2);
    expect(written[0]?.text).to.equal("Since.");
    expect(cells.map(({ id }) => id)).to.deep.equal(["q1"]);
  });

  it("is read as text also where it was made a code cell, and said to be", () => {
    const { written, cells, notices } = graded(title, q1, cell("w1", "Since.", "code"), w2);
    expect(written[0]?.text).to.equal("Since.");
    expect(cells.map(({ id }) => id)).to.deep.equal(["q1"]);
    expect(notices).to.deep.equal([
      "The written answer w1 is a code cell now: it was read as text, and not run.",
      w2Notice,
    ]);
  });

  it("leaves a copy that was made a code cell to run as the student's own, wherever it stands", () => {
    for (const cells of [
      [cell("w1", "Since."), copy("w1", "helper();", "code")],
      [copy("w1", "helper();", "code"), cell("w1", "Since.")],
    ]) {
      const { written, cells: run } = graded(title, q1, ...cells, w2);
      expect(written[0]?.text).to.equal("Since.");
      expect(run.map(({ id, source }) => [id, source])).to.deep.equal([
        ["q1", "function f() {}"],
        ["extra-1", "helper();"],
      ]);
    }
  });

  it("is all that its copies say, in their order, each text once, but for the untouched one", () => {
    const cells = [cell("w1", untouched), copy("w1", "One."), copy("w1", "Two."), copy("w1", "One.")];
    expect(w1Of(...cells)).to.equal("One.\n\nTwo.");
    expect(graded(title, q1, ...cells, w2).notices).to.deep.equal([
      "There are 4 cells of the written answer w1: all of them were read.",
      w2Notice,
    ]);
  });

  it("goes on in text cells of the student's own that stand behind it, up to the next known cell", () => {
    const own = cell("new", "My answer.");
    expect(w1Of(cell("w1", untouched), own, cell(undefined, "And more.", "raw"))).to.equal(
      "My answer.\n\nAnd more.",
    );
    expect(graded(title, q1, own, cell("w1", untouched), w2, own).written).to.deep.equal([
      { id: "w1", text: "" },
      { id: "w2", text: "My answer." },
    ]);
  });

  it("is not answered, and said to be missing, where its cell was deleted", () => {
    const { written, notices } = graded(title, q1, w2);
    expect(written[0]).to.deep.equal({ id: "w1", text: "" });
    expect(notices).to.deep.equal(["The cell of the written answer w1 is missing.", w2Notice]);
  });

  it("is alone enough for a notebook to be of this lab", () => {
    expect(graded(cell("w1", "Since.")).written[0]?.text).to.equal("Since.");
  });

  it("counts as text of the notebook: more than a megabyte is refused", () => {
    const long = Array.from({ length: 5 }, (_, i) => copy("w1", `${i}${"x".repeat(250_000)}`));
    expect(() => graded(title, q1, ...long))
      .to.throw(LabError)
      .with.property("code", "NOTEBOOK_TOO_LARGE");
  });

  it("never runs as text, whatever was copied, made code, moved or deleted: each code cell runs or is read", () => {
    const anyCell = fc
      .tuple(
        fc.constantFrom("w1", "w2", "q1", "c-1", "new"),
        fc.constantFrom("code", "markdown", "raw"),
        fc.boolean(),
      )
      .map(([id, type, isCopy]) => ({ id, type, isCopy }));
    fc.assert(
      fc.property(fc.array(anyCell, { maxLength: 10 }), (drawn) => {
        const cells = drawn.map(({ id, type, isCopy }, i) =>
          isCopy ? copy(id, `text ${i}`, type as CellType) : cell(id, `text ${i}`, type as CellType),
        );
        const { cells: run, written } = graded(title, ...cells);
        const said = written.map(({ text }) => text).join("\n\n");
        const sources = new Set(run.map(({ source }) => source));
        for (const { id, edgelab, type, source } of cells) {
          const known = id === "w1" || id === "w2" || edgelab?.id === "w1" || edgelab?.id === "w2";
          if (!known) continue;
          const isRead = said.split("\n\n").includes(source);
          expect(isRead !== sources.has(source), `${type} ${source}`).to.equal(true);
          if (type !== "code") expect(isRead).to.equal(true);
        }
      }),
    );
  });
});
