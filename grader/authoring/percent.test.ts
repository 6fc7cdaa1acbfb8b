import { expect } from "chai";
import fc from "fast-check";
import { LabError } from "../../src/core/errors.js";
import { parsePercent } from "./percent.js";

const lab = `// A comment for whoever edits the file.

// %% [markdown]
// # Lab
//
// Two  words.

// %%
import { check } from "edgelab/notebook";

// %% question q1 points=10 title="Affine parameters"
/** What it is. */
function affineParams(min: number): number {
  const range = 1;
  // BEGIN SOLUTION
  const secret = min;
  return secret * range;
  // END SOLUTION
}

const half = (x: number): number => {
    // BEGIN SOLUTION
    return x / 2;
    // END SOLUTION
};

// %% check q1
await check("q1");

// %% explore
console.log(half(4));
`;

/** The error that parsing ends with. */
function failure(text: string): LabError {
  try {
    parsePercent(text, "lab.ts");
  } catch (error) {
    if (error instanceof LabError) return error;
    throw error;
  }
  throw new Error("it was parsed");
}

const question = (id: string) =>
  `// %% question ${id} points=1 title="T"\nfunction f() {\n  // BEGIN SOLUTION\n  return 1;\n  // END SOLUTION\n}\n`;

describe("parsePercent", () => {
  it("gives each cell its role, in order", () => {
    expect(parsePercent(lab).cells.map((cell) => cell.role)).to.deep.equal([
      "prose",
      "code",
      "answer",
      "check",
      "explore",
    ]);
  });

  it("strips the comment signs from prose and keeps its blank lines", () => {
    expect(parsePercent(lab).cells[0]?.source).to.equal("# Lab\n\nTwo  words.");
  });

  it("replaces each solution by a throw that names the function around it, at the marker's indentation", () => {
    expect(parsePercent(lab).cells[2]?.source).to.equal(`/** What it is. */
function affineParams(min: number): number {
  const range = 1;
  throw new Error("q1: write affineParams");
}

const half = (x: number): number => {
    throw new Error("q1: write half");
};`);
  });

  it("keeps the solutions in the reference, without the markers", () => {
    const { reference } = parsePercent(lab).cells[2] ?? { reference: "" };
    expect(reference).to.contain("  const secret = min;\n  return secret * range;\n}");
    expect(reference).not.to.contain("SOLUTION");
  });

  it("reads the questions' titles and points", () => {
    expect(parsePercent(lab).questions).to.deep.equal([{ id: "q1", title: "Affine parameters", points: 10 }]);
  });

  it("names answers and checks after their question", () => {
    const cells = parsePercent(lab).cells;
    expect([cells[2]?.id, cells[3]?.id, cells[3]?.question]).to.deep.equal(["q1", "check-q1", "q1"]);
  });

  it("keeps the ids of the other cells when one is edited", () => {
    const before = parsePercent(lab).cells.map((cell) => cell.id);
    const after = parsePercent(lab.replace("# Lab", "# Laboratory")).cells.map((cell) => cell.id);
    expect(after.slice(1)).to.deep.equal(before.slice(1));
    expect(after[0]).not.to.equal(before[0]);
  });

  it("tells cells of the same content apart", () => {
    const ids = parsePercent("// %%\nf();\n// %%\nf();\n// %%\nf();\n").cells.map((cell) => cell.id);
    expect(new Set(ids).size).to.equal(3);
    expect(ids[1]).to.equal(`${ids[0]}-2`);
  });

  it("changes the release with what students get or what it is worth, not with a solution", () => {
    const release = parsePercent(lab).release;
    expect(parsePercent(lab.replace("x / 2", "x * 0.5")).release).to.equal(release);
    expect(parsePercent(lab.replace("half(4)", "half(5)")).release).not.to.equal(release);
    expect(parsePercent(lab.replace("points=10", "points=9")).release).not.to.equal(release);
  });

  it("reads Windows line ends as it reads others", () => {
    expect(parsePercent(lab.replaceAll("\n", "\r\n"))).to.deep.equal(parsePercent(lab));
  });

  const written = `// %% written w1 points=6 title="Why" rubric="a; b ;"
// Why?
// BEGIN SOLUTION
// Since it is so.
// END SOLUTION
// One sentence is enough.
`;

  it("reads a written answer: a cell of text, what it is worth, and what a person looks for", () => {
    const { cells, written: found, questions } = parsePercent(written);
    expect(cells).to.deep.equal([
      {
        id: "w1",
        role: "written",
        question: "w1",
        source: "Why?\n*Write your answer here.*\nOne sentence is enough.",
        reference: "Why?\nSince it is so.\nOne sentence is enough.",
      },
    ]);
    expect(found).to.deep.equal([{ id: "w1", title: "Why", points: 6, rubric: ["a", "b"] }]);
    expect(questions).to.deep.equal([]);
  });

  it("takes a written answer without model answer and rubric", () => {
    const { cells, written: found } = parsePercent(`// %% written w1 points=6 title="Why"\n// Why?\n`);
    expect(cells[0]?.source).to.equal("Why?");
    expect(found[0]?.rubric).to.deep.equal([]);
  });

  it("changes the release with the points of a written answer, not with its rubric or model answer", () => {
    const release = parsePercent(written).release;
    expect(parsePercent(written.replace("a; b", "c")).release).to.equal(release);
    expect(parsePercent(written.replace("it is so", "it must be")).release).to.equal(release);
    expect(parsePercent(written.replace("points=6", "points=5")).release).not.to.equal(release);
  });

  const refused: [what: string, text: string, line: number, says: string][] = [
    ["code above the first cell", "\nlet x = 1;\n// %%\nx;\n", 2, "above the first cell"],
    ["an unknown marker word", "// %%\nf();\n// %% quiz q1\n", 3, '"quiz"'],
    ["a marker without its spaces", "//%%\nf();\n", 1, "not known"],
    ["an indented marker", "// %%\nf();\n  // %%\n", 3, "not known"],
    ["a question without points", '// %% question q1 title="T"\n', 1, "points"],
    ["a question with half points", '// %% question q1 points=1.5 title="T"\n', 1, "points"],
    ["a question without title", "// %% question q1 points=1\n", 1, "title"],
    ["an attribute that there isn't", '// %% question q1 points=1 title="T" pionts=2\n', 1, "pionts=2"],
    ["an attribute given twice", '// %% question q1 points=1 title="T" points=2\n', 1, "points=2"],
    ["an id that is no word and number", '// %% question extra points=1 title="T"\n', 1, '"extra"'],
    ["two questions of one id", question("q1") + question("q1"), 7, "two questions"],
    ["a question without solution", '// %% question q1 points=1 title="T"\nf();\n', 1, "no solution"],
    ["a check of an unknown question", `${question("q1")}// %% check q2\nf();\n`, 7, '"q2"'],
    [
      "two checks of a question",
      `${question("q1")}// %% check q1\nf();\n// %% check q1\nf();\n`,
      9,
      "two checks",
    ],
    ["a solution that does not end", question("q1").replace("  // END SOLUTION\n", ""), 3, "does not end"],
    [
      "a solution that has not begun",
      question("q1").replace("  // BEGIN SOLUTION\n", ""),
      4,
      "no solution has",
    ],
    ["a solution in a solution", question("q1").replace("return 1", "// BEGIN SOLUTION\n1"), 4, "of line 3"],
    ["a solution that begins behind code", question("q1").replace("{\n  //", "{ //"), 2, "alone on its line"],
    ["a solution marker misspelt", question("q1").replace("BEGIN SOL", "begin_SOL"), 3, "alone on its line"],
    [
      "a solution outside of a question",
      "// %%\n// BEGIN SOLUTION\n// END SOLUTION\n",
      2,
      "outside of a question",
    ],
    [
      "a solution outside of a function",
      question("q1").replace("function f() {\n", "{\n"),
      3,
      "of a function",
    ],
    [
      "a written answer without points",
      '// %% written w1 title="T"\n// Why?\n',
      1,
      'written "w1" needs points',
    ],
    ["a written answer without title", "// %% written w1 points=1\n// Why?\n", 1, "title"],
    ["a written answer without text", '// %% written w1 points=1 title="T"\n', 1, "empty"],
    ["a rubric of a question", '// %% question q1 points=1 title="T" rubric="a"\n', 1, 'rubric="a"'],
    ["a written answer with a question's id", question("w1") + written, 7, "two questions"],
    ["a check of a written answer", `${written}// %% check w1\nf();\n`, 7, "unknown question"],
    ["code in a written answer", written.replace("// Since", "Since"), 4, "markdown"],
    ["code behind a model answer", written.replace("// One", "One"), 6, "markdown"],
    ["a model answer that does not end", written.replace("// END SOLUTION\n", ""), 3, "does not end"],
    ["code in prose", "// %% [markdown]\n// Text.\nlet x = 1;\n", 3, "markdown"],
    ["an empty cell", "// %%\n\n// %%\nf();\n", 1, "empty"],
    ["a file without cells", "// nothing\n", 1, "no cell"],
  ];
  for (const [what, text, line, says] of refused)
    it(`refuses ${what}, and says on which line`, () => {
      const error = failure(text);
      expect(error.message).to.match(new RegExp(`^lab\\.ts:${line}: `));
      expect(error.message).to.contain(says);
    });

  it("reads back any cells that are written in the format", () => {
    const line = fc.stringMatching(/^[a-z (){};]{0,20}[a-z;]$/);
    const cell = fc.record({
      role: fc.constantFrom("prose", "code", "explore"),
      lines: fc.array(line, { minLength: 1 }),
    });
    fc.assert(
      fc.property(fc.array(cell, { minLength: 1, maxLength: 8 }), (cells) => {
        const markers: Record<string, string> = { prose: " [markdown]", code: "", explore: " explore" };
        const text = cells.map(({ role, lines }) => {
          const body = lines.map((content) => (role === "prose" ? `// ${content}` : content));
          return `// %%${markers[role]}\n${body.join("\n")}\n\n`;
        });
        const parsed = parsePercent(text.join(""));
        expect(parsed.cells.map(({ role, source }) => ({ role, source }))).to.deep.equal(
          cells.map(({ role, lines }) => ({ role, source: lines.join("\n") })),
        );
        expect(new Set(parsed.cells.map(({ id }) => id)).size).to.equal(cells.length);
        for (const { id } of parsed.cells) expect(id).to.match(/^[a-zA-Z0-9-_]{1,64}$/);
      }),
    );
  });

  it("lets no line of a solution into what students get", () => {
    const secret = fc.stringMatching(/^secret[0-9]{6}$/);
    fc.assert(
      fc.property(fc.array(secret, { minLength: 1, maxLength: 5 }), fc.nat(3), (secrets, indent) => {
        const margin = " ".repeat(indent);
        const solution = secrets.map((word) => `${margin}${word}();`).join("\n");
        const text = `// %% question q1 points=1 title="T"\nfunction f() {\n${margin}// BEGIN SOLUTION\n${solution}\n${margin}// END SOLUTION\n}\n`;
        const [cell] = parsePercent(text).cells;
        expect(cell?.source).not.to.contain("secret");
        for (const word of secrets) expect(cell?.reference).to.contain(word);
      }),
    );
  });
});
