import { expect } from "chai";
import { LabError } from "../../src/core/errors.js";
import type { NotebookCell } from "../../src/lab/notebook.js";
import { restore } from "../../src/lab/restore/restore.js";

import {
  answered,
  at,
  behind,
  explore,
  graded,
  ids,
  imports,
  lab,
  own,
  starter,
  title,
  weights,
  without,
} from "./fixtures/restored.js";

describe("restore", () => {
  it("gives for an untouched notebook the cells that run, as the release has them, and has nothing to say", () => {
    const expected = lab.cells
      .filter(({ role }) => role === "code" || role === "answer")
      .map(({ id, role, source, question }) => ({ id, role, source, ...(question ? { question } : {}) }));
    expect(graded(starter.cells)).to.deep.equal({ cells: expected, written: [], notices: [] });
    expect(expected.map(({ id }) => id)).to.deep.equal([imports, "q1", weights, "q2"]);
  });

  it("runs an answer as the student wrote it", () => {
    const cells = starter.cells.map((cell) => (cell.id === "q1" ? answered("q1", "let mine;") : cell));
    expect(graded(cells).cells[1]).to.deep.equal({
      id: "q1",
      role: "answer",
      source: "let mine;",
      question: "q1",
    });
  });

  it("puts the release's text back into a locked cell, and says so", () => {
    const cells = starter.cells.map((cell) => (cell.id === imports ? { ...cell, source: "evil();" } : cell));
    const { cells: run, notices } = graded(cells);
    expect(run[0]?.source).to.contain("edgelab/notebook");
    expect(notices).to.deep.equal([`The locked cell ${imports} was edited; the release's text was run.`]);
  });

  it("says nothing of blanks at the ends of a locked cell's lines", () => {
    const cells = starter.cells.map((cell) => ({
      ...cell,
      source: `${cell.source.replaceAll("\n", "  \r\n")}\n\n`,
    }));
    expect(graded(cells).notices).to.deep.equal([]);
  });

  it("puts a deleted locked cell back, and says so", () => {
    const { cells, notices } = graded(without(weights));
    expect(cells.map(({ id }) => id)).to.deep.equal([imports, "q1", weights, "q2"]);
    expect(notices).to.deep.equal([`The locked cell ${weights} was deleted; the release's text was run.`]);
  });

  it("reports a check cell that was deleted, which changes nothing", () => {
    expect(graded(without("check-q1")).notices).to.deep.equal([
      "The locked cell check-q1 was deleted; the grader runs its own tests.",
    ]);
  });

  it("runs nothing for an answer cell that is missing", () => {
    const { cells, notices } = graded(without("q1"));
    expect(cells.map(({ id }) => id)).to.deep.equal([imports, weights, "q2"]);
    expect(notices).to.deep.equal(["The answer cell q1 is missing: the question is unanswered."]);
  });

  for (const type of ["markdown", "raw"] as const)
    it(`takes an answer that is a ${type} cell for none`, () => {
      const { cells, notices } = graded(
        starter.cells.map((cell) => (cell.id === "q1" ? { ...cell, type } : cell)),
      );
      expect(cells.map(({ id }) => id)).to.deep.equal([imports, weights, "q2"]);
      expect(notices[0]).to.contain("not a code cell any more");
    });

  it("runs a student's own cell behind the cell that it follows, be that one prose, a check or skipped", () => {
    for (const [anchor, position] of [
      [title, 0],
      [imports, 1],
      ["q1", 2],
      ["check-q1", 2],
      ["q2", 4],
    ] as const) {
      expect(ids(behind(anchor, own("mine();"))).indexOf("extra-1"), anchor).to.equal(position);
    }
  });

  it("runs a student's cells above all others first, in their order", () => {
    const { cells } = graded([own("a"), own("b"), ...starter.cells]);
    expect(cells.slice(0, 2).map(({ source }) => source)).to.deep.equal(["a", "b"]);
  });

  it("moves known cells back to the release's order, and a student's cell with the one it follows", () => {
    const helper = own("helper();");
    const cells = [at("q2"), helper, ...without("q2")];
    expect(ids(cells)).to.deep.equal([imports, "q1", weights, "q2", "extra-1"]);
  });

  it("ignores a student's prose and raw cells", () => {
    expect(
      ids(behind("q1", { ...own("text"), type: "markdown" }, { ...own("raw"), type: "raw" })),
    ).to.have.length(4);
  });

  it("runs a prose cell that became code as a cell of the student's own", () => {
    const cells = starter.cells.map((cell) =>
      cell.id === title ? { ...cell, type: "code" as const, source: "h()" } : cell,
    );
    expect(graded(cells).cells[0]).to.deep.equal({ id: "extra-1", role: "extra", source: "h()" });
  });

  it("runs every copy of an answer in its place, so that the last definition counts", () => {
    const copy = { ...answered("q1", "second"), id: "abc" };
    const { cells, notices } = graded(behind("q2", copy, answered("q1", "third")));
    expect(cells.slice(3).map(({ id, role, source }) => [id, role, source])).to.deep.equal([
      ["q2", "answer", cells[3]?.source],
      ["q1-2", "answer", "second"],
      ["q1-3", "answer", "third"],
    ]);
    expect(cells[4]?.question).to.equal("q1");
    expect(notices[0]).to.contain("There are 3 answer cells q1");
  });

  it("never runs a copy before the one above it, wherever the cells between them belong", () => {
    const cells = [
      answered("q1", "first"),
      ...without("q1").slice(0, 1),
      answered("q1", "last"),
      ...without("q1").slice(1),
    ];
    const run = graded(cells).cells.filter(({ question }) => question === "q1");
    expect(run.map(({ source }) => source)).to.deep.equal(["first", "last"]);
  });

  it("runs both halves of an answer that was split", () => {
    const halves = [answered("q1", "one"), { ...answered("q1", "two"), id: "new" }, own("three")];
    const cells = starter.cells.flatMap((cell) => (cell.id === "q1" ? halves : [cell]));
    expect(
      graded(cells)
        .cells.slice(1, 4)
        .map(({ source }) => source),
    ).to.deep.equal(["one", "two", "three"]);
  });

  it("ignores copies of locked cells, changed or not, and says so", () => {
    const { cells, notices } = graded(behind(imports, { ...at(imports), id: "new", source: "evil();" }));
    expect(cells.map(({ id }) => id)).to.deep.equal([imports, "q1", weights, "q2"]);
    expect(notices).to.deep.equal([`A copy of the locked cell ${imports} was ignored.`]);
  });

  for (const source of [
    "function helper() {}",
    "plot(f);\nasync  function helper() {}",
    "const helper = 1;",
    "let [helper] = [1];",
    "class Helper {}",
    "export const helper = 1;",
  ]) {
    it(`says that a helper in a cell to explore is not run: ${JSON.stringify(source)}`, () => {
      const cells = starter.cells.map((cell) => (cell.id === explore ? { ...cell, source } : cell));
      const { cells: run, notices } = graded(cells);
      expect(run).to.deep.equal(graded(starter.cells).cells);
      expect(notices).to.deep.equal([
        `The cell ${explore} (explore) was changed; the grader does not run it.`,
      ]);
    });
  }

  it("says nothing of a cell to explore that defines no name, was left alone, deleted or made text", () => {
    const with_ = (change: Partial<NotebookCell>) =>
      starter.cells.map((cell) => (cell.id === explore ? { ...cell, ...change } : cell));
    for (const source of [
      "plot(g);",
      "for (const x of y) {\n  const z = x;\n}",
      "constant = 1;",
      "letter();",
    ])
      expect(graded(with_({ source })).notices, source).to.deep.equal([]);
    expect(graded(without(explore)).notices).to.deep.equal([]);
    expect(graded(with_({ type: "markdown", source: "const x = 1;" })).notices).to.deep.equal([]);
  });

  it("knows a cell by edgelab's metadata where its id is lost, as in nbformat 4.4", () => {
    const cells = starter.cells.map((cell) => ({ ...cell, id: undefined }));
    expect(graded(cells)).to.deep.equal(graded(starter.cells));
  });

  it("believes the id where id and metadata disagree", () => {
    const cells = starter.cells.map((cell) => (cell.id === "q1" ? { ...cell, edgelab: { id: "q2" } } : cell));
    expect(graded(cells)).to.deep.equal(graded(starter.cells));
  });

  it("knows no cell by a name that every object has", () => {
    const odd = ["__proto__", "constructor", "toString"].map((id) => ({ ...own("x"), id, edgelab: { id } }));
    expect(ids([...odd, ...starter.cells]).slice(0, 3)).to.deep.equal(["extra-1", "extra-2", "extra-3"]);
  });

  it("reports a notebook of another release, and grades it", () => {
    const { cells, notices } = restore(
      { ...starter, edgelab: { lab: "01-x", release: "old\u001b" } },
      lab,
      "01-x",
    );
    expect(cells).to.have.length(4);
    expect(notices).to.deep.equal([
      `The notebook was made from release old\\u{1b}; release ${lab.release} counts.`,
    ]);
  });

  const refused: [what: string, run: () => unknown, code: string][] = [
    [
      "the notebook of another lab",
      () => restore({ ...starter, edgelab: { lab: "02-y", release: "r" } }, lab, "01-x"),
      "WRONG_LAB",
    ],
    ["a notebook without any cell of the lab", () => graded([own("f()")]), "WRONG_LAB"],
    ["a notebook without cells", () => graded([]), "WRONG_LAB"],
    [
      "more cells than 500",
      () => graded([...starter.cells, ...Array.from({ length: 500 }, () => own("x"))]),
      "NOTEBOOK_TOO_LARGE",
    ],
    [
      "more than a megabyte of source",
      () => graded([...starter.cells, own("x".repeat(2 ** 20))]),
      "NOTEBOOK_TOO_LARGE",
    ],
  ];
  for (const [what, run, code] of refused)
    it(`refuses ${what}`, () => {
      expect(run).to.throw(LabError).with.property("code", code);
    });

  it("is done quickly with a line of a quarter of a million blanks", () => {
    const cells = starter.cells.map((cell) =>
      cell.id === imports ? { ...cell, source: `${" ".repeat(250_000)}x` } : cell,
    );
    const begin = process.cpuUsage();
    graded(cells);
    expect(process.cpuUsage(begin).user / 1000).to.be.below(1000);
  });
});
