import { expect } from "chai";
import { paint, wantsColour } from "./colours.js";

describe("colours", () => {
  it("are wanted on a terminal, and not where NO_COLOR is set or output goes to a file", () => {
    expect(wantsColour({ isTTY: true }, {})).to.equal(true);
    expect(wantsColour({ isTTY: true }, { NO_COLOR: "" })).to.equal(true);
    expect(wantsColour({ isTTY: true }, { NO_COLOR: "1" })).to.equal(false);
    expect(wantsColour({ isTTY: true }, { TERM: "dumb" })).to.equal(false);
    expect(wantsColour({ isTTY: false }, {})).to.equal(false);
    expect(wantsColour({}, {})).to.equal(false);
  });

  it("leave the text alone when they are not wanted", () => {
    expect(paint("pass", "✓", false)).to.equal("✓");
    expect(paint("pass", "✓", true)).to.equal("\u001b[32m✓\u001b[0m");
  });
});
