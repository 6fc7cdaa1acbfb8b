import { appendFile } from "node:fs/promises";
import path from "node:path";
import { expect } from "chai";
import { loadLab } from "../load-lab.js";
import { isVerified } from "../verified.js";
import type { Finding } from "./check.js";
import { edited, findingsOf, problemsOf, TemporaryLabs } from "./fixtures/small-lab.js";
import { isInFull } from "./verify-lab.js";

describe("grader verify", function () {
  this.timeout(180_000);
  const labs = new TemporaryLabs();
  after(() => labs.remove());

  it("writes down that a lab is fit, one with an answer in words too, until it is changed", async () => {
    const inWords = `// %% written w1 points=2 title="Why" rubric="says why"
// BEGIN SOLUTION
// Because.
// END SOLUTION
`;
    const lab = await labs.write({ "notebook.ts": (text) => text + inWords });
    expect(problemsOf(await findingsOf(lab, { seeds: 3 }))).to.deep.equal([]);
    expect(await isVerified(await loadLab(lab))).to.equal(true);
    await appendFile(path.join(lab, "hidden", "q1.test.ts"), "// changed\n");
    expect(await isVerified(await loadLab(lab))).to.equal(false);
  });

  it("does so only when it has looked at all of it, and has run code apart", () => {
    const options = { isolation: "auto", jobs: 1 } as const;
    expect(isInFull({ ...options, seeds: 3 }, "bubblewrap")).to.equal(true);
    expect(isInFull({ ...options, seeds: 2 }, "bubblewrap")).to.equal(false);
    expect(isInFull({ ...options, seeds: 3, mutantsAQuestion: 100 }, "bubblewrap")).to.equal(false);
    expect(isInFull({ ...options, seeds: 3 }, "none")).to.equal(false);
  });

  it("ends a lab that can't be loaded with one line", async () => {
    const findings = await findingsOf(await labs.write({ "hidden/q1.test.ts": "export default {" }));
    expect(findings.map(({ title }) => title)).to.deep.equal(["the lab can be loaded"]);
    expect(problemsOf(findings)[0]).to.match(/hidden\/q1\.test\.ts cannot be loaded/);
  });

  it("says which tests a wrong reference fails, and what a starter gets for nothing", async () => {
    const lab = await labs.write({
      "notebook.ts": edited("return (one + 1) * x;", "return x > 50 ? -1 : (one + 1) * x;"),
      "public/q1.test.ts": edited("test(1,", 'test(1, "is always true", () => {});\n  test(1,'),
    });
    const problems = problemsOf(await findingsOf(lab, { mutantsAQuestion: 1 }));
    expect(problems).to.include('q1, "is always true": pass');
    expect(problems.join("\n")).to.match(
      /q1, "doubles what is drawn" holds for seed \d+, and not for seed \d+/,
    );
  });

  describe("of a lab that is wrong all over", () => {
    let findings: readonly Finding[] = [];
    before(async () => {
      findings = await findingsOf(await labs.write(wrongAllOver));
    });
    const problemsIn = (title: RegExp): readonly string[] =>
      findings.find((finding) => title.test(finding.title))?.problems ?? ["there is no such finding"];

    it("names the line of what the kernel refuses, of type errors in explore cells too", () => {
      expect(problemsIn(/kernel takes every cell/).map((problem) => problem.slice(0, 44))).to.deep.equal([
        "notebook.ts:18: the kernel sees no await bef",
        "notebook.ts:20: Type 'number' is not assigna",
      ]);
    });

    it("shows mutants that survive, as code, and counts those that don't compile", () => {
      const finding = findings.find(({ title }) => title.includes("automatic mutants"));
      expect(finding?.title).to.match(
        /^q1: \d+ of \d+ automatic mutants caught, 1 equivalent, \d+ not caught, [1-9]\d* more did not compile$/,
      );
      expect(finding?.problems).to.include(
        ["not caught: notebook.ts:13", "  - return Math.max(sum, 0);", "  + return sum;"].join("\n"),
      );
      expect(finding?.notes).to.deep.equal([
        [
          "equivalent: notebook.ts:13",
          "  - return Math.max(sum, 0);",
          "  + return Math.max(sum, -1);",
          "  Sums here are positive.",
        ].join("\n"),
      ]);
    });

    it("stops a mutant that loops for ever, and counts it as caught", () => {
      const problems = problemsIn(/automatic mutants/).join("\n");
      expect(problems).not.to.include("i--");
    });

    it("says which entries of equivalent.ts are wrong", () => {
      expect(problemsIn(/automatic mutants/)).to.include(
        ["listed as equivalent, and caught:", "  - let sum = 0;", "  + let sum = 1;"].join("\n"),
      );
      expect(problemsIn(/listed as equivalent is a mutant/)).to.deep.equal([
        ["no automatic mutant of q1 is this:", "  - let sum = 0;", "  + let sum = 5;"].join("\n"),
      ]);
    });

    it("says when a written mutant survives, is caught for another reason, or changes nothing", () => {
      expect(problemsIn(/q1, nobody/)).to.deep.equal([
        'seed 1: not caught by "doubles three"',
        "seed 1: its own feedback line does not come up",
      ]);
      const otherwise = problemsIn(/q1, throws/).join("\n");
      expect(otherwise).to.match(/fails "doubles three" without an assertion/);
      expect(otherwise).to.match(/fails "doubles what is drawn" too, which it does not name/);
      expect(problemsIn(/q1, elsewhere/).join()).to.match(/which the answer has 0 times/);
    });

    it("finds an expected value of a hidden test in a hint", () => {
      expect(problemsIn(/feedback gives nothing/)).to.deep.equal([
        'q1: "It is 2718.28." shows 2718.28, which only hidden tests hold',
      ]);
    });
  });
});

const mutantOf = (name: string, change: string): string => `import { mutant } from "edgelab/testing";
export default mutant("q1", {
  misconception: "${name}",
  changes: [${change}],
  caughtBy: ["doubles three"],
  feedback: "Feedback for ${name}.",
});
`;

const wrongAllOver = {
  "notebook.ts": `// %% [markdown]
// ## 1 · Doubling
// %%
const one = 1;
// %% question q1 points=4 title="Doubling"
function double(x: number): number {
  // BEGIN SOLUTION
  let sum = 0;
  for (let i = 0; i < x; i++) sum += one + one;
  const label: string = "sum " + sum;
  if (label === "") return NaN;

  return Math.max(sum, 0);
  // END SOLUTION
}

// %% explore
await (async () => double(1))();
// %% explore
const text: string = double(2);
`,
  "hidden/q1.test.ts": `import { expect } from "chai";
import { question } from "edgelab/testing";
export default question("q1", ({ student, test }) => {
  test(3, "doubles what is drawn", async () => expect(await student.call("double", 1359.14)).to.be.closeTo(2718.28, 2), {
    hint: "It is 2718.28.",
  });
});
`,
  "mutants/q1-squares.ts": mutantOf("nobody", '["sum, 0", "sum, -7"]'),
  "mutants/q1-throws.ts": mutantOf("throws", '["let sum = 0", "let sum = JSON.parse(\'{\')"]'),
  "mutants/q1-elsewhere.ts": mutantOf("elsewhere", '["no such text", ""]'),
  "mutants/equivalent.ts": `import { equivalents } from "edgelab/testing";
export default equivalents([
  { question: "q1", change: ["return Math.max(sum, 0);", "return Math.max(sum, -1);"], reason: "Sums here are positive." },
  { question: "q1", change: ["let sum = 0;", "let sum = 1;"], reason: "Not so." },
  { question: "q1", change: ["let sum = 0;", "let sum = 5;"], reason: "Never made." },
]);
`,
};
