import { expect } from "chai";
import { LabError } from "../core/errors.js";
import { applyMutant, mutant } from "./mutant.js";

const base = { misconception: "m", caughtBy: ["t"], feedback: "f" };

describe("applyMutant", () => {
  it("makes its changes one after the other", () => {
    const wrong = mutant("q1", {
      ...base,
      changes: [
        ["round", "trunc"],
        ["trunc(x)", "trunc(x) + 1"],
      ],
    });
    expect(applyMutant("a = round(x);", wrong)).to.equal("a = trunc(x) + 1;");
  });

  it("takes special characters of replacements literally", () => {
    expect(applyMutant("a b", mutant("q1", { ...base, changes: [["b", "$& $1"]] }))).to.equal("a $& $1");
  });

  it("refuses a text that is missing, ambiguous or empty", () => {
    for (const from of ["y", "x", ""]) {
      expect(() => applyMutant("x + x", mutant("q2", { ...base, changes: [[from, "z"]] }))).to.throw(
        LabError,
        "q2",
      );
    }
  });
});
