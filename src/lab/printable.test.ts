import { expect } from "chai";
import { printable, printableLines } from "./printable.js";

describe("text of a stranger in a terminal", () => {
  const hostile = "a\u001b[2Jb\u202ec\u009bd\u2028e\rf";

  it("moves no cursor, hides nothing and turns no direction", () => {
    const shown = "a\\u{1b}[2Jb\\u{202e}c\\u{9b}d\\u{2028}e\\u{d}f";
    expect(printable(hostile)).to.equal(shown);
    expect(printableLines(hostile)).to.equal(shown);
  });

  it("keeps its lines where it may have several, and joined emoji", () => {
    const text = "one\n\ttwo\n👩‍🔬 three";
    expect(printableLines(text)).to.equal(text);
    expect(printable("one\ntwo")).to.equal("one\\u{a}two");
  });
});
