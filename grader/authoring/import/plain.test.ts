import { expect } from "chai";
import fc from "fast-check";
import { LabError } from "../../../src/core/errors.js";
import { defineLab } from "../../../src/lab/manifest.js";
import { buildNotebooks } from "../build.js";
import { parsePercent } from "../percent.js";
import { type ImportedLab, importNotebook } from "./import-notebook.js";
import { noteLine } from "./notes.js";
import { readNotebook } from "./read-notebook.js";

type Json = Record<string, unknown>;

const encode = (value: unknown) =>
  new TextEncoder().encode(typeof value === "string" ? value : JSON.stringify(value));
const read = (value: unknown) => readNotebook(encode(value), "x.ipynb");
const cell = (cell_type: string, source: string | string[], more: Json = {}): Json => ({
  cell_type,
  metadata: {},
  source,
  ...more,
});
const notebook = (cells: readonly Json[], metadata: Json = {}): Json => ({
  nbformat: 4,
  nbformat_minor: 5,
  metadata,
  cells,
});
const typescript = { kernelspec: { name: "tslab", language: "typescript" } };
const imported = (cells: readonly Json[], metadata: Json = typescript): ImportedLab =>
  importNotebook(read(notebook(cells, metadata)), { file: "x.ipynb" });
const lines = ({ notes }: ImportedLab): string[] => notes.map(noteLine);

function failure(run: () => unknown): LabError {
  try {
    run();
  } catch (error) {
    if (error instanceof LabError) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}

describe("importing a plain notebook", () => {
  it("makes text of text and code of code, in order, and has nothing to say", () => {
    const lab = imported([
      cell("markdown", ["# Title\n", "\n", "Text."]),
      cell("code", "f();\n\n"),
      cell("code", ""),
    ]);
    expect(lab.text).to.equal("// %% [markdown]\n// # Title\n//\n// Text.\n// %%\nf();\n");
    expect(lab.notes).to.deep.equal([]);
    expect(lab.tests).to.deep.equal([]);
  });

  it("takes our markers where somebody has written them", () => {
    const lab = imported([
      cell(
        "code",
        '// %% question q1 points=2 title="T"\nfunction f() {\n  // BEGIN SOLUTION\n  // END SOLUTION\n}',
      ),
      cell("code", "// %% explore\nf();"),
      cell("markdown", '<!-- %% written w1 points=1 title="W" -->\nWhy?'),
    ]);
    expect(lab.source.cells.map(({ role }) => role)).to.deep.equal(["answer", "explore", "written"]);
  });

  it("says what it left out: outputs, raw cells, attachments, widgets, magics, another kernel, packages", () => {
    const cells = [
      cell("raw", "x: y"),
      cell("markdown", "![](attachment:plot.png)", { attachments: { "plot.png": { "image/png": "" } } }),
      cell("code", 'import ndarray from "ndarray";\nimport { a } from "@scope/b/c";\nimport fs from "fs";', {
        outputs: [{ output_type: "stream" }],
      }),
    ];
    expect(lines(imported(cells, { ...typescript, widgets: {} }))).to.deep.equal([
      "outputs of 1 cell were left out; run the notebook for new ones",
      "the state of widgets was left out: tslab has no widgets",
      "cells import @scope/b, ndarray: named in lab.ts; npm install them where labs are graded",
      "cell 1: a raw cell was left out; make it a text cell if students need it",
      'cell 2: the attached file "plot.png" was left out: put it beside the notebook and link to it',
    ]);
    const unnamed = imported([cell("code", "%load_ext x\n!pip install y\nf(!a);")], {});
    expect(unnamed.text).to.equal("// %%\n// (magic) %load_ext x\n// (magic) !pip install y\nf(!a);\n");
    expect(lines(unnamed)).to.deep.equal([
      "cell 1: the kernel of our labs knows no magic commands: 2 lines became comments (line 1, 2)",
    ]);
    expect(lines(imported([cell("code", "f();")], { language_info: { name: "javascript" } }))[0]).to.include(
      "JavaScript",
    );
  });

  it("takes nothing but a plain word for the name of a kernel's language", () => {
    const lab = imported([cell("code", "f()")], { kernelspec: { language: "Py\n// %% quiz\u001b" } });
    expect(lab.notes[0]?.text).to.include('the kernel was "py  quiz"');
  });

  it("names the files that its text links to, and no addresses", () => {
    const lab = imported([
      cell("markdown", "![a](img/a.png) [b](https://x.org) [c](#c) ![a](img/a.png) [d](attachment:d)"),
    ]);
    expect(lines(lab)).to.deep.equal([`cell 1: links to "img/a.png": copy that file into the lab's folder`]);
  });

  it("keeps text from beginning a cell or ending its comment", () => {
    const lab = imported([cell("markdown", "%% a\n  %% b\nc\rlet x = 1;\u2028let y;")]);
    expect(lab.source.cells).to.have.length(1);
    expect(lab.text).to.equal("// %% [markdown]\n// \\%% a\n//   \\%% b\n// c let x = 1; let y;\n");
    expect(lines(lab)).to.deep.equal([
      "cell 1: line 1 began with %%, which begins a cell: now \\%%",
      "cell 1: line 2 began with %%, which begins a cell: now \\%%",
    ]);
  });

  const refused: [what: string, value: unknown, code: string, says: string][] = [
    ["what is not JSON", "<html>", "NOTEBOOK_NOT_JSON", "x.ipynb is not JSON"],
    ["an older notebook", { nbformat: 3, worksheets: [] }, "NOT_A_NOTEBOOK", "nbformat 4"],
    ["cells of no known type", notebook([cell("code", "x"), cell("sql", "x")]), "NOT_A_NOTEBOOK", "(cell 2)"],
    ["a source that is no text", notebook([{ cell_type: "code", source: 1 }]), "NOT_A_NOTEBOOK", "(cell 1)"],
    [
      "a notebook without anything in it",
      notebook([cell("code", " \n")]),
      "NOTHING_TO_IMPORT",
      "no cell with text",
    ],
    [
      "a marker that there isn't",
      notebook([cell("markdown", "a"), cell("code", "f();\n// %% quiz")]),
      "BAD_LAB_SOURCE",
      'x.ipynb, cell 2, line 2: the cell marker "quiz"',
    ],
    [
      "two questions of one id",
      notebook(
        [1, 2].map(() =>
          cell(
            "code",
            '// %% question q1 points=1 title="T"\nfunction f() {\n// BEGIN SOLUTION\n// END SOLUTION\n}',
          ),
        ),
      ),
      "BAD_LAB_SOURCE",
      'x.ipynb, cell 2, line 1: there are two questions "q1"',
    ],
    [
      "a solution that does not end",
      notebook([cell("code", '// %% question q1 points=1 title="T"\nfunction f() {\n// BEGIN SOLUTION\n}')]),
      "BAD_LAB_SOURCE",
      "x.ipynb, cell 1, line 3: this solution does not end",
    ],
    [
      "a written answer without points",
      notebook([cell("markdown", '<!-- %% written w1 title="W" -->\nWhy?')]),
      "BAD_LAB_SOURCE",
      'x.ipynb, cell 1, line 1: written "w1" needs points',
    ],
    [
      "a solution marker in text",
      notebook([cell("markdown", "# A\n\nBEGIN SOLUTION")]),
      "BAD_LAB_SOURCE",
      "x.ipynb, cell 1, line 3: a solution",
    ],
  ];
  for (const [what, value, code, says] of refused)
    it(`refuses ${what}, and names the place`, () => {
      const error = failure(() => importNotebook(read(value), { file: "x.ipynb" }));
      expect([error.code, error.message]).to.satisfy(
        ([found, message]: [string, string]) => found === code && message.includes(says),
        `${error.code}: ${error.message}`,
      );
    });

  it("does not believe a mark of an export that no export writes", () => {
    const mark = { above: [], lab: "01-x", sha256: "0" };
    for (const blankBelow of [1e9, -1, 0.5]) {
      const metadata = { edgelab: { source: { ...mark, blankBelow } } };
      expect(read(notebook([cell("code", "f();")], metadata)).source, String(blankBelow)).to.equal(undefined);
    }
  });

  it("refuses a notebook that was built: its solutions have no markers any more", () => {
    const source = parsePercent("// %%\nf();\n");
    const manifest = defineLab({ id: "01-x", title: "T", packages: [], withheld: [] });
    const error = failure(() =>
      importNotebook(read(buildNotebooks(source, manifest).reference), { file: "x.ipynb" }),
    );
    expect(error.code).to.equal("BUILT_NOTEBOOK");
  });

  it("makes a source that parses of any notebook, or says which cell is wrong", () => {
    const line = fc.oneof(
      fc.constantFrom(
        "%%x",
        "// %% explore",
        "// BEGIN SOLUTION",
        "### END SOLUTION",
        "<!-- %% written w1 -->",
        "",
        "\r",
        "a\u2028b",
      ),
      fc.string(),
    );
    const flags = fc.record({
      grade: fc.boolean(),
      solution: fc.boolean(),
      task: fc.boolean(),
      locked: fc.boolean(),
    });
    const nbgrader = fc
      .tuple(flags, fc.oneof(fc.double(), fc.string()), fc.string())
      .map(([mark, points, grade_id]) => ({ nbgrader: { ...mark, points, grade_id } }));
    const anyCell = fc.record({
      cell_type: fc.constantFrom("code", "markdown", "raw"),
      source: fc.array(line, { maxLength: 5 }).map((all) => all.join("\n")),
      metadata: fc.oneof(
        fc.constant({}),
        nbgrader,
        fc.constant({ edgelab: { lines: ["// %%", "x"], blankBelow: 2 } }),
      ),
    });
    const language = fc.constantFrom(typescript, { kernelspec: { language: "python" } }, {});
    let parsed = 0;
    fc.assert(
      fc.property(fc.array(anyCell, { maxLength: 6 }), language, (cells, metadata) => {
        try {
          const lab = importNotebook(read(notebook(cells, metadata)), { file: "x.ipynb" });
          expect(parsePercent(lab.text)).to.deep.equal(lab.source);
          parsed += 1;
        } catch (error) {
          if (!(error instanceof LabError)) throw error;
          expect(error.message).to.match(/x\.ipynb, cell \d|cell \d+, line \d|no cell with text/);
        }
      }),
      { numRuns: 500 },
    );
    expect(parsed).to.be.greaterThan(100);
  });
});
