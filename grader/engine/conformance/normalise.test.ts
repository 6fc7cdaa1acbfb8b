import { expect } from "chai";
import { normalise } from "./normalise.js";

const stderr = (text: string): string =>
  normalise({ status: "error", stdout: "", stderr: text, displays: [] }, "/tmp/here").stderr;

describe("normalising an answer", () => {
  it("takes stack frames out and leaves the error and its fields", () => {
    const printed =
      "TypeError: no\n    at f (evalmachine.<anonymous>:3:5)\n    at node:vm:1:1 {\n  code: 'E1'\n}\n";
    expect(stderr(printed)).to.equal("TypeError: no\n  code: 'E1'\n}\n");
  });

  it("takes out the line that threw in a package, but not in the cell", () => {
    const inPackage = "/x/chai/index.js:15\n  throw new AssertionError(\n  ^\n\nAssertionError: no\n";
    const inNode = "node:assert:90\n  throw new AssertionError(obj);\n  ^\n\nAssertionError: no\n";
    const inCell = "evalmachine.<anonymous>:7\nthrow new Error('first');\n^\n\nError: first\n";
    expect(stderr(inPackage)).to.equal("AssertionError: no\n");
    expect(stderr(inNode)).to.equal("AssertionError: no\n");
    expect(stderr(inCell)).to.equal(inCell);
  });

  it("takes out how many frames a cause shares", () => {
    expect(
      stderr("Error: a\n    ... 7 lines matching cause stack trace ...\n  [cause]: Error: b\n"),
    ).to.equal("Error: a\n  [cause]: Error: b\n");
  });

  it("replaces the notebook's folder", () => {
    expect(stderr("Require stack:\n- /tmp/here/src.js\n")).to.equal("Require stack:\n- <folder>/src.js\n");
  });

  it("leaves ordinary output alone", () => {
    const printed = "at first\nlook: /tmp/there:1\n  ^\n1:7 - Variable declaration expected.\n";
    expect(stderr(printed)).to.equal(printed);
  });
});
