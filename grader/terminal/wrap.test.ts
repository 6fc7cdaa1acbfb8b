import { expect } from "chai";
import { wrap } from "./wrap.js";

describe("a line that is wrapped", () => {
  it("breaks at blanks, and indents what follows", () => {
    expect(wrap("cell 7: one two three", 11, "  ")).to.deep.equal(["cell 7: one", "  two three"]);
    expect(wrap("as it is", 80)).to.deep.equal(["as it is"]);
  });

  it("keeps a long word whole, and counts wide letters as two", () => {
    expect(wrap("a http://example.org/long b", 5)).to.deep.equal(["a", "http://example.org/long", "b"]);
    expect(wrap("李小 龍 x", 6)).to.deep.equal(["李小", "龍 x"]);
  });
});
