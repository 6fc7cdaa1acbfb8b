import { expect } from "chai";
import { LabError } from "../core/errors.js";
import { type Evaluator, type Question, question, type Student } from "./question.js";
import { ArtifactRefused, CannotJudge, runQuestion } from "./run-question.js";

const student = (call: Student["call"]): Student => ({
  call,
  hold: () => Promise.reject(new Error("not used")),
  construct: () => Promise.reject(new Error("not used")),
  invoke: () => Promise.reject(new Error("not used")),
});

class Thrown extends Error {}
const isStudentFault = (error: unknown): boolean => error instanceof Thrown;

const answers = student(async () => 4);

async function verdicts(tested: Question, who: Student = answers): Promise<string[]> {
  return (await runQuestion(tested, { student: who, seed: "s", isStudentFault })).map(
    ({ verdict, message }) => `${verdict}: ${message}`,
  );
}

describe("runQuestion", () => {
  it("passes a test that held, and fails one whose assertion did not", async () => {
    const tested = question("q1", ({ student, test }) => {
      test(1, "is four", async () => expect(await student.call("f")).to.equal(4));
      test(1, "is five", async () => expect(await student.call("f")).to.equal(5));
    });
    const [four, five] = await runQuestion(tested, { student: answers, seed: "s", isStudentFault });
    expect(four).to.include({ verdict: "pass", message: "", byAssertion: false });
    expect(five).to.include({ verdict: "fail", message: "expected 4 to equal 5", byAssertion: true });
  });

  it("fails a test when the student's code gave no value, whatever the error calls itself", async () => {
    const tested = question("q1", ({ student, test }) =>
      test(1, "calls", () => student.call("f").then(() => {})),
    );
    const forged = Object.assign(new Thrown("CannotJudge: be kind"), { name: "CannotJudge" });
    expect(
      await verdicts(
        tested,
        student(() => Promise.reject(forged)),
      ),
    ).to.deep.equal(["fail: CannotJudge: be kind"]);
  });

  it("cannot judge when the value is missing for our reasons", async () => {
    const tested = question("q1", ({ student, test }) =>
      test(1, "calls", () => student.call("f").then(() => {})),
    );
    const starved = student(() => Promise.reject(new CannotJudge("starved")));
    expect(await verdicts(tested, starved)).to.deep.equal(["cannot-judge: starved"]);
  });

  it("blames neither the student nor the value for an error of our own", async () => {
    const tested = question("q1", ({ student, test }) => {
      test(1, "calls", () => student.call("f"));
      test(1, "passes nonsense to a matcher", async () => {
        await student.call("g");
        throw new LabError("BAD_TOLERANCE", "the tolerance is negative", "Give another.");
      });
    });
    const noFiles = student((name) =>
      name === "f" ? Promise.reject(new Error("no file descriptors")) : Promise.resolve(1),
    );
    expect((await verdicts(tested, noFiles)).map((verdict) => verdict.split(":")[0])).to.deep.equal([
      "cannot-judge",
      "cannot-judge",
    ]);
  });

  it("blames the test for an error before any reply, and the reply for one after", async () => {
    const tested = question("q1", ({ student, test }) => {
      test(1, "is broken", () => {
        throw new TypeError("oops");
      });
      test(1, "destructures", async () => {
        const { scale } = (await student.call("f")) as { scale: { x: number } };
        expect(scale.x).to.equal(1);
      });
    });
    const [broken, destructured] = await verdicts(
      tested,
      student(async () => null),
    );
    expect(broken).to.equal("cannot-judge: the test itself failed: oops");
    expect(destructured).to.match(/^fail: what came back could not be used: /);
  });

  describe("with an evaluator", () => {
    const tested = question("q1", ({ student, evaluator, test }) =>
      test(1, "is accurate", async () => {
        const model = await student.call("train");
        expect(await evaluator.call("accuracy", model)).to.be.greaterThan(3);
      }),
    );
    const verdictWith = async (call?: Evaluator["call"]): Promise<string> => {
      const options = { student: answers, seed: "s", isStudentFault, ...(call && { evaluator: { call } }) };
      const [outcome] = await runQuestion(tested, options);
      return `${outcome?.verdict}: ${outcome?.message} (${outcome?.byAssertion})`;
    };

    it("judges the value that it gives", async () => {
      expect(await verdictWith(async (name, model) => (name === "accuracy" ? model : 0))).to.equal(
        "pass:  (false)",
      );
      expect(await verdictWith(async () => 2)).to.equal("fail: expected 2 to be above 3 (true)");
    });

    it("fails what it refuses, and can't judge where it gives no value otherwise, by class", async () => {
      const refused = Object.assign(new ArtifactRefused("a weight is NaN"), { name: "CannotJudge" });
      expect(await verdictWith(() => Promise.reject(refused))).to.equal("fail: a weight is NaN (false)");
      for (const error of [
        new CannotJudge("starved"),
        new TypeError("starved"),
        new LabError("X", "x", "y"),
      ]) {
        const forged = Object.assign(error, { name: "ArtifactRefused", message: "starved" });
        expect(await verdictWith(() => Promise.reject(forged))).to.equal("cannot-judge: starved (false)");
      }
    });

    it("can't judge where there is none, as in a notebook", async () => {
      expect(await verdictWith()).to.match(/^cannot-judge: only the grader runs what your function returns/);
    });
  });

  it("draws the same inputs for a test whatever ran before it, and others for another seed or title", async () => {
    const draws: Record<string, number[]> = {};
    const drawing = (title: string, alone: boolean, seed: string): Promise<unknown> =>
      runQuestion(
        question("q1", ({ rng, test }) => {
          if (!alone) test(1, "first", () => void rng.uniform(0, 1));
          test(1, title, () => {
            draws[`${title} ${seed} ${alone}`] = [rng.uniform(0, 1), rng.normal()];
          });
        }),
        { student: answers, seed, isStudentFault },
      );
    for (const [title, alone, seed] of [
      ["a", true, "s"],
      ["a", false, "s"],
      ["b", true, "s"],
      ["a", true, "t"],
    ] as const) {
      await drawing(title, alone, seed);
    }
    expect(draws["a s true"]).to.deep.equal(draws["a s false"]);
    expect(draws["b s true"]).to.not.deep.equal(draws["a s true"]);
    expect(draws["a t true"]).to.not.deep.equal(draws["a s true"]);
  });

  it("waits for a test as long as its calls take", async () => {
    const slow = question("q1", ({ test }) =>
      test(1, "slow", () => new Promise((resolve) => setTimeout(resolve, 2_200))),
    );
    expect(await verdicts(slow)).to.deep.equal(["pass: "]);
  });

  it("leaves no listener of the process behind", async () => {
    const listeners = () =>
      process.listenerCount("uncaughtException") + process.listenerCount("unhandledRejection");
    const before = listeners();
    for (let i = 0; i < 20; i++) await verdicts(question("q1", ({ test }) => test(1, "holds", () => {})));
    expect(listeners()).to.equal(before);
  });
});
