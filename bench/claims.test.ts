import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { architectures } from "./claims/architectures.js";
import { type Claim, verdictOf } from "./claims/claim.js";
import { claimRow, claimsPage } from "./claims/page.js";
import { recorded } from "./claims/recorded.js";
import { tables } from "./claims/tables.js";

const page = readFileSync(join(import.meta.dirname, "..", "docs", "claims.md"), "utf8");

describe("docs/claims.md", () => {
  for (const claim of [...recorded(), ...architectures(), ...tables()]) {
    it(`has the row "${claim.says}" as the recordings and published figures give it now`, () => {
      expect(page).to.include(claimRow(claim));
    });
  }

  it("keeps a bar out of the table's columns, and counts the verdicts", () => {
    const claim: Claim = {
      slide: "a | b",
      says: "s",
      evidence: "computed",
      found: "f",
      verdict: "fails",
      taught: "",
    };
    const made = claimsPage([claim, { ...claim, verdict: "holds" }], "machine");
    expect(made).to.include("| a \\| b | s | f | computed | **fails** | – |");
    expect(made).to.include("Of 2 claims 1 hold, 0 hold in part, 1 fail");
  });

  it("lets a claim hold only where all cases do", () => {
    expect(verdictOf([true, true])).to.equal("holds");
    expect(verdictOf([true, false])).to.equal("holds in part");
    expect(verdictOf([false])).to.equal("fails");
  });
});
