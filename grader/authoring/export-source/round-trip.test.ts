import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import fc from "fast-check";
import { packageRoot } from "../../package-root.js";
import { importNotebook } from "../import/import-notebook.js";
import { readNotebook } from "../import/read-notebook.js";
import { parsePercent } from "../percent.js";
import { exportSource } from "./export-source.js";

interface JsonNotebook {
  cells: { cell_type: string; id?: string; metadata: Record<string, unknown>; source: string | string[] }[];
  metadata: Record<string, unknown>;
}

const exported = (text: string): JsonNotebook => JSON.parse(exportSource(text, "01-x"));
const imported = (notebook: JsonNotebook, above?: readonly string[]): string => {
  const bytes = new TextEncoder().encode(JSON.stringify(notebook));
  const read = readNotebook(bytes, "x.ipynb");
  return importNotebook(read, { file: "x.ipynb", ...(above === undefined ? {} : { above }) }).text;
};
const roundTrip = (text: string): string => imported(exported(text));
const sourceOf = (cell: JsonNotebook["cells"][number] | undefined): string =>
  [cell?.source ?? ""].flat().join("");

const example = `// Edit this file, not the notebook.

// %% [markdown]
// # Title
//
// Text.

// %%
import { check } from "edgelab/notebook";

// %% question q1 points=2 title="Doubling"
function double(x: number): number {
  // BEGIN SOLUTION
  return 2 * x;
  // END SOLUTION
}

// %% check q1
await check("q1");

// %% written w1 points=6 title="Why" rubric="names it; says why"
// Why?
//
// BEGIN SOLUTION
// So.
// END SOLUTION

// %% explore
double(4);
`;

describe("a source that is exported and imported", () => {
  it("is the same byte for byte, of a whole lab", () => {
    const text = readFileSync(join(packageRoot(), "bench/fixtures/01-quantization/notebook.ts"), "utf8");
    expect(roundTrip(text)).to.equal(text);
  });

  it("shows markers where they matter, and text as text", () => {
    expect(exported(example).cells.map(sourceOf)).to.deep.equal([
      "# Title\n\nText.",
      'import { check } from "edgelab/notebook";',
      `// %% question q1 points=2 title="Doubling"\nfunction double(x: number): number {\n  // BEGIN SOLUTION\n  return 2 * x;\n  // END SOLUTION\n}`,
      '// %% check q1\nawait check("q1");',
      '<!-- %% written w1 points=6 title="Why" rubric="names it; says why" -->\nWhy?\n\n<!-- BEGIN SOLUTION -->\nSo.\n<!-- END SOLUTION -->',
      "// %% explore\ndouble(4);",
    ]);
    expect(exported(example).cells.every(({ metadata }) => Object.keys(metadata).length === 0)).to.equal(
      true,
    );
    expect(roundTrip(example)).to.equal(example);
  });

  const odd: [what: string, text: string][] = [
    ["a marker with more blanks", "// %%   [markdown]  \n// a\n// %%  \nf();\n"],
    ["text without a blank behind the comment sign, or with two", "// %% [markdown]\n//a\n//   b\n"],
    ["text with blanks at its end, and lines that are blank", "// %% [markdown]\n// a  \n// \n\n//\n// b\n"],
    [
      "blank lines above and below code, of several kinds",
      "// %%\n\n\nf();\n  \n\n\n// %%\ng();\n// %%\nh();\n",
    ],
    ["text that looks like a written answer's first line", "// %% [markdown]\n// <!-- %% written w1 -->\n"],
    ["comments above, with blank lines", "\n// a\n\n//b  \n\n// %%\nf();\n"],
    ["a title with the end of a comment in it", '// %% written w1 points=1 title="a --> b"\n// Why?\n'],
    ["a line separator in a string", '// %%\nf("\u2028");\n'],
    ["blank lines below text alone", "// %% [markdown]\n// a\n//\n\n\n// %%\nf();\n"],
  ];
  for (const [what, text] of odd)
    it(`keeps ${what}`, () => {
      expect(roundTrip(text)).to.equal(text);
    });

  it("loses a byte order mark, carriage returns and the lack of a last line end, and nothing else", () => {
    expect(roundTrip(`\uFEFF${example.replaceAll("\n", "\r\n")}`)).to.equal(example);
    expect(roundTrip(example.trimEnd())).to.equal(example);
  });

  it("takes an edited cell as it was edited, and leaves the others as they were", () => {
    const text = "// %% [markdown]\n//a\n// %% [markdown]\n//b\n\n// %%\nf();\n";
    const notebook = exported(text);
    const [cell] = notebook.cells;
    if (cell) cell.source = "a\n\nmore";
    expect(imported(notebook)).to.equal(text.replace("//a", "// a\n//\n// more"));
  });

  it("takes cells that were added, moved, copied, emptied and made something else in Jupyter", () => {
    const notebook = exported(example);
    const [title, imports, question, check, written, explore] = notebook.cells;
    if (!title || !imports || !question || !check || !written || !explore)
      throw new Error("cells are missing");
    notebook.cells = [
      { ...imports, metadata: { tags: [], trusted: true } },
      { ...title, id: "new" },
      question,
      { cell_type: "markdown", metadata: {}, source: ["Look:\n", "\n", "here"] },
      { cell_type: "code", metadata: {}, source: "\n// %% explore\nplot();\n\n" },
      { ...check, source: "" },
      written,
    ];
    expect(imported(notebook)).to.equal(`// Edit this file, not the notebook.

// %%
import { check } from "edgelab/notebook";

// %% [markdown]
// # Title
//
// Text.

// %% question q1 points=2 title="Doubling"
function double(x: number): number {
  // BEGIN SOLUTION
  return 2 * x;
  // END SOLUTION
}

// %% [markdown]
// Look:
//
// here

// %% explore
plot();

// %% written w1 points=6 title="Why" rubric="names it; says why"
// Why?
//
// BEGIN SOLUTION
// So.
// END SOLUTION
`);
  });

  it("loses only blank lines where Jupyter has dropped all metadata, and takes the comments above from the old source", () => {
    const notebook = exported(example);
    notebook.metadata = {};
    for (const cell of notebook.cells) {
      cell.metadata = {};
      delete cell.id;
    }
    const above = ["// Edit this file, not the notebook.", ""];
    expect(imported(notebook, above)).to.equal(example.replace(/\n\n(?=\/\/ %% (?!\[m)|\/\/ %%\n)/g, "\n"));
  });

  it("stays TypeScript where it was opened with a kernel of another language", () => {
    const notebook = exported(example);
    notebook.metadata = { ...notebook.metadata, kernelspec: { name: "python3", language: "python" } };
    expect(imported(notebook)).to.equal(example);
    notebook.metadata = { kernelspec: { name: "python3", language: "python" } };
    expect(imported(notebook)).to.include("\nimport { check }");
  });

  it("exports nothing that does not parse", () => {
    expect(() => exportSource(example.replace("// END SOLUTION\n}", "}"), "01-x")).to.throw(
      "01-x/notebook.ts:13",
    );
  });

  const blank = fc.constantFrom("", "", "  ", "\t");
  const word = fc.stringMatching(/^[a-z(){};<>!%#*"'` -]{0,20}[a-z]$/);
  const code = fc.array(fc.oneof({ weight: 3, arbitrary: word }, blank), { maxLength: 4 });
  const text = fc.array(
    fc.oneof(
      word.map((line) => `// ${line}`),
      word.map((line) => `//${line.trim()}`),
      fc.constantFrom("//", "", "// ", "//   x", "// x  ", "// <!-- %% written -->", "// | a | b |"),
    ),
    { maxLength: 4 },
  );
  const solution = fc
    .tuple(code, code)
    .map(([a, b]) => ["function f() {", ...a, "  // BEGIN SOLUTION", ...b, "  // END SOLUTION", "}"]);
  const model = fc
    .tuple(text, text)
    .map(([a, b]) => [...a, "// BEGIN SOLUTION", "// x", ...b, "// END SOLUTION"]);
  const end = fc.array(blank, { maxLength: 2 });
  const cellOf = (index: number) =>
    fc.oneof(
      fc.tuple(
        fc.constantFrom("// %%", "// %% explore", "// %%  explore ", "// %% "),
        code.map((c) => ["x;", ...c]),
      ),
      fc.tuple(
        fc.constantFrom("// %% [markdown]", "// %%  [markdown] "),
        text.map((t) => [...t, "// x"]),
      ),
      fc.tuple(fc.constant(`// %% question q${index} points=1 title="T"`), solution),
      fc.tuple(fc.constant(`// %% written w${index} title="a -- b" points=2 rubric="r"`), model),
    );
  const anySource = fc
    .tuple(
      fc.array(
        fc.oneof(
          word.map((line) => `// ${line}`),
          blank,
        ),
        { maxLength: 3 },
      ),
      fc.nat({ max: 6 }),
    )
    .chain(([above, count]) =>
      fc.tuple(...Array.from({ length: count + 1 }, (_, i) => fc.tuple(cellOf(i), end))).map((cells) => {
        const lines = cells.flatMap(([[marker, body], blanks]) => [marker, ...body, ...blanks]);
        return `${[...above, ...lines].join("\n")}\n`;
      }),
    )
    .filter((source) => !/^\s*\/\/\s*%%(?! *(\[markdown\]|explore|question |written |$))/m.test(source));

  it("is the same byte for byte, whatever it says", () => {
    fc.assert(
      fc.property(anySource, (source) => {
        expect(roundTrip(source)).to.equal(source);
      }),
      { numRuns: 500 },
    );
  });

  it("parses to the same lab, also with other line ends and after Jupyter dropped all metadata", () => {
    fc.assert(
      fc.property(anySource, fc.boolean(), (source, isWindows) => {
        // Only the metadata tells text that looks like a written answer's first line from one.
        fc.pre(!source.includes("<!-- %%"));
        const notebook = exported(isWindows ? source.replaceAll("\n", "\r\n") : source);
        notebook.metadata = { kernelspec: { name: "tslab", language: "typescript" } };
        for (const cell of notebook.cells) cell.metadata = {};
        const again = parsePercent(imported(notebook));
        // Blanks at the ends of code cells are cut in either case.
        expect(again).to.deep.equal(parsePercent(source));
      }),
    );
  });
});
