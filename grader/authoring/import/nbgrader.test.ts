import { expect } from "chai";
import { LabError } from "../../../src/core/errors.js";
import { type ImportedLab, importNotebook } from "./import-notebook.js";
import { noteLine } from "./notes.js";
import { readNotebook } from "./read-notebook.js";

type Json = Record<string, unknown>;

const mark = (grade_id: string, more: Json): Json => ({
  nbgrader: {
    schema_version: 3,
    grade: false,
    solution: false,
    locked: true,
    task: false,
    grade_id,
    ...more,
  },
});
const code = (source: string, metadata: Json = {}): Json => ({
  cell_type: "code",
  metadata,
  outputs: [],
  source,
});
const text = (source: string, metadata: Json = {}): Json => ({ cell_type: "markdown", metadata, source });
const answer = (id: string, source: string, more: Json = {}) =>
  code(source, mark(id, { solution: true, locked: false, ...more }));
const tests = (id: string, points: unknown, source: string) =>
  code(source, mark(id, { grade: true, points }));

function imported(cells: readonly Json[], language = "typescript"): ImportedLab {
  const metadata = { kernelspec: { name: "k", language } };
  const notebook = { nbformat: 4, nbformat_minor: 5, metadata, cells };
  const read = readNotebook(new TextEncoder().encode(JSON.stringify(notebook)), "ps1.ipynb");
  return importNotebook(read, { file: "ps1.ipynb" });
}

const lines = ({ notes }: ImportedLab): string[] => notes.map(noteLine);
const notesOf = (cells: readonly Json[], language?: string): string[] => lines(imported(cells, language));

function failure(cells: readonly Json[]): LabError {
  try {
    imported(cells);
  } catch (error) {
    if (error instanceof LabError) return error;
    throw error;
  }
  throw new Error("it was imported");
}

const squares = answer(
  "squares",
  `function squares(n: number): number[] {
    /// BEGIN SOLUTION
    return Array.from({ length: n }, (_, i) => (i + 1) ** 2);
    /// END SOLUTION
}`,
);
const squaresTests = tests(
  "test_squares",
  3,
  `assertEquals(squares(1), [1]);
/// BEGIN HIDDEN TESTS
assertEquals(squares(11), [1, 4, 9, 16, 25, 36, 49, 64, 81, 100, 121]);
/// END HIDDEN TESTS`,
);

describe("importing an nbgrader notebook", () => {
  it("makes questions, checks, written answers and tests of its cells, and says what is left to do", () => {
    const lab = imported([
      text("# Problem set 1", mark("intro", {})),
      code('import { readFileSync } from "node:fs";', mark("imports", {})),
      text("## Part A (3 points)"),
      squares,
      squaresTests,
      text(
        "Since the sum telescopes.",
        mark("why-squares", { grade: true, solution: true, locked: false, points: 2 }),
      ),
      text(
        'Plot it.\n\n=== BEGIN MARK SCHEME ===\n\n* axes are "named"\n* a title\n\n=== END MARK SCHEME ===',
        mark("plot", { task: true, points: 4 }),
      ),
    ]);
    expect(lab.text).to.equal(`// %% [markdown]
// # Problem set 1
// %%
import { check } from "edgelab/notebook";
// %%
import { readFileSync } from "node:fs";
// %% [markdown]
// ## Part A (3 points)
// %% question q1 points=3 title="Squares"
function squares(n: number): number[] {
    // BEGIN SOLUTION
    return Array.from({ length: n }, (_, i) => (i + 1) ** 2);
    // END SOLUTION
}
// %% check q1
await check("q1");
// %% written w1 points=2 title="Why squares"
// BEGIN SOLUTION
// Since the sum telescopes.
// END SOLUTION
// %% written w2 points=4 title="Plot" rubric="axes are 'named'; a title"
// Plot it.
`);
    expect(lab.source.questions).to.deep.equal([{ id: "q1", title: "Squares", points: 3 }]);
    expect(lines(lab)).to.deep.equal([
      "questions have new ids: squares is q1, why-squares is w1, plot is w2",
      'a cell was added that imports check from "edgelab/notebook", for the check cells',
      "cell 5: tests of q1: they stand as comments in public/q1.test.ts and hidden/q1.test.ts; write them anew with student.call",
      'cell 6: w1 has no rubric: add rubric="…; …" to its marker',
      "cell 7: a task let students add cells of their own; here they answer in the cell itself, and in text cells below it",
    ]);
  });

  it("keeps what students saw of a test and what they did not apart, with the points shared", () => {
    const lab = imported([squares, squaresTests, tests("more", 2, "assertEquals(squares(2), [1, 4]);")]);
    expect(lab.source.questions[0]?.points).to.equal(5);
    const [open, hidden] = lab.tests;
    expect(open?.path).to.equal("public/q1.test.ts");
    expect(open?.text).to.include('test(1.5, "test_squares (cell 2)"').and.not.include("[1, 4, 9");
    expect(hidden?.path).to.equal("hidden/q1.test.ts");
    expect(hidden?.text)
      .to.include("    // assertEquals(squares(11), [1, 4, 9,")
      .and.include('test(1.5, "test_');
    expect(hidden?.text)
      .to.include('test(1, "more (cell 3)"')
      .and.include("There were no hidden tests here.");
    for (const file of lab.tests) expect(file.text).to.include("not translated yet");
  });

  it("puts markers around bodies where the whole cell was the solution, and says so", () => {
    const lab = imported([
      answer(
        "f",
        "function f(x: number): number {\n  return x;\n}\n\nconst g = (x: number): number => {\n  return x;\n};",
      ),
      tests("t", 1, "f(1);"),
    ]);
    expect(lab.text).to.include(
      "function f(x: number): number {\n  // BEGIN SOLUTION\n  return x;\n  // END SOLUTION\n}\n\nconst g",
    );
    expect(lab.source.cells[1]?.source)
      .to.include('throw new Error("q1: write g");')
      .and.not.include("return x");
    expect(lines(lab)).to.include(
      "cell 1: q1 had no solution markers, so all of it was the solution; markers were put around the bodies of its functions",
    );
  });

  for (const [what, source] of [
    ["a solution that stands in no function", "// BEGIN SOLUTION\nconst answer = 42;\n// END SOLUTION"],
    ["a cell without function that is all solution", "const answer = 42;"],
  ] as const)
    it(`wraps nothing silently: ${what} becomes a comment in a function, and that is said`, () => {
      const lab = imported([answer("life", source), tests("t", 1, "answer;")]);
      expect(lab.source.cells[0]?.source).not.to.include("42");
      expect(lab.source.cells[1]?.reference).to.include("  // const answer = 42;");
      expect(lines(lab).join("\n")).to.include(
        "cell 1: the solution of q1 is in no function at the left margin",
      );
    });

  it("carries a Python notebook's text and points over, and its code as comments that no student sees", () => {
    const lab = imported(
      [
        text("# Set"),
        code("%matplotlib inline\nimport numpy as np\n%%timeit"),
        answer(
          "squares",
          'def squares(n):\n    """Squares."""\n    ### BEGIN SOLUTION\n    return n ** 2\n    ### END SOLUTION',
        ),
        tests(
          "t",
          2,
          "assert squares(1) == 1\n### BEGIN HIDDEN TESTS\nassert squares(2) == 4\n### END HIDDEN TESTS",
        ),
        code("print(1)", mark("manual", { grade: true, solution: true, points: 1 })),
      ],
      "python",
    );
    const question = lab.source.cells.find(({ role }) => role === "answer");
    expect(question?.source).to.equal(
      'function squares(): unknown {\n  throw new Error("q1: write squares");\n}',
    );
    expect(question?.reference).to.include("  //     return n ** 2").and.include("  // def squares(n):");
    expect(lab.text).to.include(
      "// %% explore\n// %matplotlib inline\n// import numpy as np\n// (magic) %%timeit\n",
    );
    expect(lab.text).to.include("// BEGIN SOLUTION\n// ```python\n// print(1)\n// ```\n// END SOLUTION");
    expect(lab.tests[1]?.text).to.include("    // assert squares(2) == 4");
    const said = lines(lab).join("\n");
    expect(said).to.include('the kernel was "python"');
    expect(said).to.include('cell 2: code for the kernel "python" became comments in an explore cell');
    expect(said).to.include('cell 3: the answer of q1 is code for the kernel "python"');
    expect(said).to.include("cell 5: code that a person graded became the answer in words w1");
  });

  it("says of a question without tests that it has no points", () => {
    const lab = imported([squares]);
    expect(lab.source.questions[0]?.points).to.equal(1);
    expect(lines(lab)).to.deep.equal([
      "questions have new ids: squares is q1",
      "cell 1: q1 has no tests, and so no points: 1 was written; write tests and say what it is worth",
    ]);
    expect(lab.tests.map(({ path }) => path)).to.deep.equal(["hidden/q1.test.ts"]);
  });

  it("says which points are no numbers, don't make a whole, or are not those that the text promises", () => {
    expect(notesOf([squares, tests("t", "many", "f();"), tests("u", -1, "f();")]).slice(1, 4)).to.deep.equal([
      'a cell was added that imports check from "edgelab/notebook", for the check cells',
      "cell 1: the points of q1 add up to 0; a question of ours has a whole number above 0: 1 was written",
      'cell 2: its points are "many", and not a number from 0 on: 0 was taken',
    ]);
    const half = imported([squares, tests("t", 0.5, "f();"), tests("u", 1, "f();")]);
    expect(half.source.questions[0]?.points).to.equal(2);
    expect(lines(half).join("\n")).to.include("cell 1: the points of q1 add up to 1.5");
    const shares = half.tests.flatMap((file) =>
      [...file.text.matchAll(/ test\(([\d.]+),/g)].map(([, n]) => Number(n)),
    );
    expect(shares, "they add up to those of the question").to.deep.equal([0.5, 0.5, 0.5, 0.5]);
    expect(notesOf([text("## A (10 points)"), squares, squaresTests]).join("\n")).to.include(
      "cell 1: the text promises 10 points, and the tests of cell 2 give 3: correct one of them",
    );
  });

  it("says that a notebook was made for students, without its solutions", () => {
    const cells = [answer("f", "function f() {\n  // YOUR CODE HERE\n}"), tests("t", 1, "f();")];
    expect(notesOf(cells)).to.include(
      'cell 1: "YOUR CODE HERE" stands where solutions were: import the source version instead',
    );
  });

  it("says which code behind an answer students could change", () => {
    expect(notesOf([code("setUp();"), squares, squaresTests, code("squares(3);")])).to.include(
      "code that students could change (cell 4): where it only tries an answer out, write // %% explore above it, and the grader skips it",
    );
  });

  it("says which cells share a grade_id, and which tests test nothing", () => {
    const lab = imported([squares, squaresTests, squares, squaresTests]);
    expect(lab.source.questions.map(({ id }) => id)).to.deep.equal(["q1", "q2"]);
    expect(lines(lab)).to.include(
      '2 cells (1, 3) have the same grade_id "squares": each was taken for a cell of its own; remove the copies',
    );
    expect(notesOf([text("x"), squaresTests])).to.deep.equal([
      "cell 2: tests without a question to test: they were left out",
    ]);
  });

  it("titles a question by the heading above it where nbgrader made its name up", () => {
    const lab = imported([
      text('## The "loud" channel'),
      { ...squares, metadata: mark("cell-8a9f01bc", { solution: true }) },
    ]);
    expect(lab.source.questions[0]?.title).to.equal("The 'loud' channel");
  });

  const refused: [what: string, cells: readonly Json[], says: string][] = [
    [
      "a solution that does not end",
      [text("x"), answer("f", "a\n### BEGIN SOLUTION\nb")],
      'cell 2, line 3: "BEGIN SOLUTION"',
    ],
    ["a solution that has not begun", [answer("f", "a\n### END SOLUTION")], 'cell 1, line 2: "END SOLUTION"'],
    [
      "a solution in a solution",
      [answer("f", "### BEGIN SOLUTION\n### BEGIN SOLUTION\n### END SOLUTION")],
      'cell 1, line 2: "BEGIN SOLUTION"',
    ],
    [
      "hidden tests that do not end",
      [squares, tests("t", 1, "### BEGIN HIDDEN TESTS\nf();")],
      'cell 2, line 2: "BEGIN HIDDEN TESTS"',
    ],
    [
      "a mark scheme that does not end",
      [text("=== BEGIN MARK SCHEME ===\nx", mark("t", { task: true, points: 1 }))],
      'cell 1, line 2: "BEGIN MARK SCHEME"',
    ],
  ];
  for (const [what, cells, says] of refused)
    it(`refuses ${what}, and names cell and line`, () => {
      const error = failure(cells);
      expect(error.code).to.equal("UNBALANCED_MARKERS");
      expect(error.message).to.include(says);
    });

  it("lets no line of a solution or of a hidden test into what students get", () => {
    const lab = imported([squares, squaresTests, answer("g", "const secret = 1;"), tests("t", 1, "secret;")]);
    const handedOut = [
      ...lab.source.cells.map(({ source }) => source),
      ...lab.tests.filter(({ path }) => path.startsWith("public")).map((file) => file.text),
    ].join("\n");
    expect(handedOut).not.to.match(/\*\* 2|121|const secret/);
  });
});
