import { expect } from "chai";
import fc from "fast-check";
import { at, graded, own, starter, title } from "./fixtures/restored.js";

describe("restore, for any shuffled, doubled, thinned out, relabelled and rewritten notebook", () => {
  const anyCell = fc
    .tuple(
      fc.constantFrom(...starter.cells, own("extra")),
      fc.option(fc.string(), { nil: undefined, freq: 3 }),
      fc.constantFrom("code" as const, "code" as const, "markdown" as const),
      fc.boolean(),
    )
    .map(([cell, source, type, copied]) => ({
      ...cell,
      source: source ?? cell.source,
      type: cell.type === "code" ? type : cell.type,
      id: copied ? undefined : cell.id,
    }));
  const anyNotebook = fc.array(anyCell, { maxLength: 14 }).map((cells) => [...cells, at(title)]);

  it("runs each locked cell once, with the release's text, in the release's order", () => {
    fc.assert(
      fc.property(anyNotebook, (cells) => {
        const locked = graded(cells).cells.filter(({ role }) => role === "code");
        expect(locked).to.deep.equal(graded(starter.cells).cells.filter(({ role }) => role === "code"));
      }),
    );
  });

  it("runs every copy of an answer that is code, the last of the notebook last", () => {
    fc.assert(
      fc.property(anyNotebook, (cells) => {
        for (const id of ["q1", "q2"]) {
          const copies = cells.filter((cell) => cell.edgelab?.id === id && cell.type === "code");
          const run = graded(cells).cells.filter(({ question }) => question === id);
          expect(run.map(({ source }) => source)).to.deep.equal(copies.map(({ source }) => source));
        }
      }),
    );
  });

  it("runs every cell of the student's own, and gives no id twice", () => {
    fc.assert(
      fc.property(anyNotebook, (cells) => {
        const run = graded(cells).cells;
        const mine = cells
          .filter(({ edgelab, type }) => !edgelab && type === "code")
          .map(({ source }) => source);
        const extra = run.filter(({ role }) => role === "extra").map(({ source }) => source);
        expect([...extra].sort()).to.deep.equal([...mine].sort());
        expect(new Set(run.map(({ id }) => id)).size).to.equal(run.length);
      }),
    );
  });
});
