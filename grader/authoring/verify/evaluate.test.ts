import { expect } from "chai";
import type { Workshop } from "./check.js";
import { checkCost } from "./checks/cost.js";
import { edited, findingsOf, problemsOf, TemporaryLabs } from "./fixtures/small-lab.js";

const evaluate = `import { LabError } from "edgelab/core";
export function half(x: unknown): number {
  if (typeof x !== "number") throw new LabError("NOT_A_NUMBER", "it is no number", "Return one.");
  return x / 2;
}
`;

describe("verify, of a lab that runs what functions return", function () {
  this.timeout(120_000);
  const labs = new TemporaryLabs();
  after(() => labs.remove());

  it("finds it fit, and counts the evaluator's share of what grading costs", async () => {
    const lab = await labs.write({
      "evaluate.ts": evaluate,
      "hidden/q1.test.ts": (text) =>
        edited(
          "{ student, rng, test }",
          "{ student, evaluator, rng, test }",
        )(text).replace(
          'await student.call("double", x)).to.equal(2 * x)',
          'await evaluator.call("half", await student.call("double", x))).to.equal(x)',
        ),
    });
    const findings = await findingsOf(lab);
    expect(problemsOf(findings)).to.deep.equal([]);
    const cost = findings.find(({ title }) => title.startsWith("grading the reference costs"))?.title ?? "";
    expect(cost).to.match(
      /costs \d+\.\d CPU seconds \(compiler, sandbox, evaluator and judge; starting compiler and evaluator is not counted\)$/,
    );
    expect(Number(/[\d.]+/.exec(cost)?.[0])).to.be.within(0.1, 5);
  });

  it("says where evaluate.ts is wrong", async () => {
    const findings = await findingsOf(await labs.write({ "evaluate.ts": "export function half( {" }));
    expect(findings.map(({ title }) => title)).to.deep.equal(["the lab can be loaded"]);
    expect(problemsOf(findings)[0]).to.match(/evaluate\.ts cannot be loaded: .*line 1/);
  });

  it("refuses a lab that costs more than five seconds of a processor", async () => {
    const { lab } = await labs.load();
    const costing = async (ms: number) => {
      const judges = { measure: async () => ms } as unknown as Workshop["judges"];
      const [finding] = await checkCost({ lab, judges } as Workshop);
      return finding;
    };
    expect(await costing(4_949)).to.include({
      title:
        "grading the reference costs 4.9 CPU seconds (compiler, sandbox and judge; starting the compiler is not counted)",
    });
    expect((await costing(5_000))?.problems).to.deep.equal([]);
    expect((await costing(5_001))?.problems).to.have.length(1);
  });
});
