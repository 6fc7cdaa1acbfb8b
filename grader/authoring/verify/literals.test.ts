import { expect } from "chai";
import { distinctiveLiterals, distinctiveNumbers, holdsLiteral } from "./literals.js";

describe("literals that give a hidden test away", () => {
  it("are numbers of four digits, lists of three numbers, and long texts", () => {
    const file = `import { question } from "edgelab/testing";
      test(1, "reproduces an example of twelve words", () => {
        call("quantize", [51, -127, 76], 5.5 / 255, 0.02157, 10000, 1_234_567);
        within(x, 3, "a label that is long");
      }, { hint: "Look at the long example once more" });`;
    expect([...distinctiveLiterals(file)]).to.have.members([
      "51, -127, 76",
      "0.02157",
      "1_234_567",
      "a label that is long",
    ]);
  });

  it("are found in a message by their digits", () => {
    expect(distinctiveNumbers("got 0.0215, expected 115.909 (within 1e-9), 2024 of 100000")).to.deep.equal([
      "115.909",
      "2024",
    ]);
  });

  it("are found as a whole, whatever blanks there are", () => {
    expect(holdsLiteral("the codes are [51,-127,  76]", "51, -127, 76")).to.equal(true);
    expect(holdsLiteral("it is 115.909.", "115.909")).to.equal(true);
    expect(holdsLiteral("it is 3115.909", "115.909")).to.equal(false);
    expect(holdsLiteral("it is 115.9091", "115.909")).to.equal(false);
    expect(holdsLiteral("it is 115x909", "115.909")).to.equal(false);
  });
});
