import { expect } from "chai";
import type { RunCell } from "../../../src/lab/restore/restore.js";
import { quotedIn, sliceOf } from "./slice.js";

const cells: readonly RunCell[] = [
  {
    id: "imports",
    role: "code",
    source: 'import { a as renamed } from "node:path";\nimport * as all from "x";',
  },
  { id: "data", role: "code", source: "const { low, high: [top] } = limits;\nclass Layer {}" },
  { id: "limits", role: "code", source: "const limits = renamed();" },
  { id: "q1", role: "answer", question: "q1", source: "function first(x: Layer) { return x.top; }" },
  { id: "q2", role: "answer", question: "q2", source: "const second = () => ({ top: 1, low });" },
  { id: "q3", role: "answer", question: "q3", source: "function third() { return all; }" },
];
const slice = (question: string, called: readonly string[] = []) =>
  sliceOf(cells, question, new Set(called)).map(({ id }) => id);

describe("a question's slice", () => {
  it("holds what declares the names that it uses, and what these use, in the notebook's order", () => {
    expect(slice("q2")).to.deep.equal(["imports", "data", "limits", "q2"]);
  });

  it("counts types, and leaves out properties of the same name", () => {
    expect(slice("q1")).to.deep.equal(["imports", "data", "limits", "q1"]);
    expect(
      sliceOf(cells.slice(1, 2).concat(cells.slice(4)), "q3", new Set()).map(({ id }) => id),
    ).to.deep.equal(["q3"]);
  });

  it("holds the other answers that the tests call", () => {
    expect(slice("q3")).to.deep.equal(["imports", "q3"]);
    expect(slice("q3", ["second", "third"])).to.deep.equal(["imports", "data", "limits", "q2", "q3"]);
    expect([...quotedIn('student.call("second", 1); `third`; other')]).to.deep.equal(["second", "third"]);
  });
});
