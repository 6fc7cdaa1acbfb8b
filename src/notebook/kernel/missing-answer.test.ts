import { expect } from "chai";
import { nameMissingAnswers } from "./missing-answer.js";

const stack = `Error: q1: write affineParams
    at Proxy.affineParams (evalmachine.<anonymous>:5:11)
    at evalmachine.<anonymous>:7:21
`;

describe("an answer that is not written yet", () => {
  const said = "q1: write affineParams. This cell uses it: run the cell again when q1 is answered.\n";

  it("is named in one line, in the place of the line that threw and the stack", () => {
    const printed = `evalmachine.<anonymous>:5\n    throw new Error("q1: write affineParams");\n    ^\n\n${stack}\n`;
    expect(nameMissingAnswers(printed)).to.equal(`${said}\n`);
  });

  it("is named where the cell awaits, and no line that threw is printed", () => {
    expect(nameMissingAnswers(stack)).to.equal(said);
  });

  it("keeps what stands before and behind it", () => {
    expect(nameMissingAnswers(`before\n${stack}behind\n`)).to.equal(`before\n${said}behind\n`);
  });

  it("leaves other errors alone, with their stacks", () => {
    const other = stack.replace("q1: write affineParams", "q1 is wrong");
    expect(nameMissingAnswers(other)).to.equal(other);
  });
});
