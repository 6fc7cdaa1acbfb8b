import { expect } from "chai";
import fc from "fast-check";
import { parsePercent } from "../percent.js";
import { locateCells } from "./notebook-lines.js";

describe("where a cell's lines stand", () => {
  /** Pieces of cells: some blank at their edges, some with solutions. */
  const cell = fc.oneof(
    fc
      .array(fc.constantFrom("//", "// words", "// # Title", ""), { maxLength: 4 })
      .map((lines) => ["// %% [markdown]", ...lines, "// text"].join("\n")),
    fc
      .array(fc.constantFrom("", "//", "const a = 1;", "  a;"), { maxLength: 4 })
      .map((lines) => ["// %%", ...lines, "run();", ""].join("\n")),
    fc
      .tuple(fc.constantFrom("w1", "w2", "w3"), fc.array(fc.constantFrom("", "// words"), { maxLength: 3 }))
      .map(([id, lines]) =>
        [
          `// %% written ${id} points=2 title="x" rubric="a"`,
          ...lines,
          "// BEGIN SOLUTION",
          "// b();",
          "// END SOLUTION",
        ].join("\n"),
      ),
    fc
      .tuple(
        fc.constantFrom("q1", "q2", "q3", "q4", "q5"),
        fc.array(fc.constantFrom("", "  b();"), { maxLength: 3 }),
      )
      .map(([id, lines]) =>
        [
          `// %% question ${id} points=1 title="x"`,
          "",
          "function f() {",
          "  // BEGIN SOLUTION",
          ...lines,
          "  c();",
          "  // END SOLUTION",
          "}",
        ].join("\n"),
      ),
  );

  it("is the place of the same text in the file", () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(cell, {
          minLength: 1,
          selector: (text) => /(?:question|written) (\w+)/.exec(text)?.[1] ?? text,
        }),
        (cells) => {
          const text = cells.join("\n");
          const lines = text.split("\n");
          for (const located of locateCells(text, parsePercent(text).cells)) {
            const isProse = located.cell.role === "prose" || located.cell.role === "written";
            const inFile = (line: number | undefined) =>
              (lines[(line ?? 0) - 1] ?? "").replace(isProse ? /^\/\/ ?/ : "", "").trimEnd();
            for (const [index, own] of located.cell.reference.split("\n").entries()) {
              expect(inFile(located.reference[index]?.line)).to.equal(own);
              expect(located.reference[index]?.isSolution).to.equal(
                /[bc]\(\);/.test(own) || (own === "" && located.reference[index]?.isSolution),
              );
            }
            for (const [index, own] of located.cell.source.split("\n").entries()) {
              const there = inFile(located.source[index]);
              const isPlaceholder = /throw new Error|Write your answer/.test(own);
              expect(isPlaceholder ? there.replace(/^[ /]+/, "") : there).to.equal(
                isPlaceholder ? "BEGIN SOLUTION" : own,
              );
            }
          }
        },
      ),
    );
  });
});
