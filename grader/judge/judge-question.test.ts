import { expect } from "chai";
import { CallServer } from "../../src/lab/serve-call.js";
import { StudentError } from "../../src/lab/student.js";
import { question } from "../../src/testing/question.js";
import { QuestionJudge, type QuestionTests, type Respondent } from "./judge-question.js";
import type { MutantLibrary } from "./misconceptions.js";

const info = { id: "q1", title: "Doubling", points: 4 };
const tests: QuestionTests = {
  public: [
    question("q1", ({ student, test }) => {
      test(1, "doubles one", async () => expect(await student.call("double", 1)).to.equal(2));
    }),
  ],
  hidden: [
    question("q1", ({ student, rng, test }) => {
      test(
        3,
        "doubles",
        async () => {
          const x = rng.integer(2, 9);
          expect(await student.call("double", x)).to.equal(2 * x);
        },
        { hint: "Twice." },
      );
    }),
    question("q2", ({ test }) => test(9, "is of another question", () => {})),
  ],
};
const mutants: MutantLibrary = {
  of: async () => [
    {
      feedback: "Squares are not doubles.",
      caughtBy: ["doubles one"],
      functions: { double: (x: number) => x * x },
    },
    {
      feedback: "Nothing was added.",
      caughtBy: ["doubles one", "doubles"],
      functions: { double: (x: number) => x },
    },
  ],
};

function notebook(functions: Record<string, unknown>): Respondent {
  const server = new CallServer(functions);
  return { call: (_question, _name, request) => server.serve(request), printed: (id) => `printed for ${id}` };
}

async function judge(respondent: Respondent) {
  const judge = new QuestionJudge(info, tests, respondent, { seed: "s", mutants });
  await judge.run("public");
  await judge.run("hidden");
  return (await judge.finish({ answer: "the text", cellError: "" })).record;
}

describe("judging a question", () => {
  it("gives the points of the tests that held, public and hidden, and of this question only", async () => {
    const record = await judge(notebook({ double: (x: number) => 2 * x }));
    expect(record).to.include({
      id: "q1",
      score: 4,
      maxScore: 4,
      printed: "printed for q1",
      answer: "the text",
    });
    expect(record.tests.map(({ visibility, verdict }) => `${visibility} ${verdict}`)).to.deep.equal([
      "public pass",
      "hidden pass",
    ]);
    expect(record.misconceptions).to.deep.equal([]);
  });

  it("gives part of the points", async () => {
    const record = await judge(notebook({ double: (x: number) => (x === 1 ? 2 : 0) }));
    expect(record.score).to.equal(1);
    expect(record.tests[1]).to.include({ verdict: "fail", hint: "Twice." });
  });

  it("names the misconception that would have answered the same, and no other", async () => {
    expect((await judge(notebook({ double: (x: number) => x * x }))).misconceptions).to.deep.equal([
      "Squares are not doubles.",
    ]);
    expect((await judge(notebook({ double: (x: number) => x * x + 1 }))).misconceptions).to.deep.equal([]);
  });

  it("names none that would have failed a test which the answer passed", async () => {
    const squaresButOne = notebook({ double: (x: number) => (x === 1 ? 2 : x * x) });
    const record = await judge(squaresButOne);
    expect(record.tests.map(({ verdict }) => verdict)).to.deep.equal(["pass", "fail"]);
    expect(record.misconceptions).to.deep.equal([]);
  });

  it("names none where a call was stopped, whatever the calls before it gave", async () => {
    const stopped = notebook({});
    const record = await judge({
      ...stopped,
      call: () => Promise.reject(new StudentError("stopped", "too long")),
    });
    expect(record.tests.map(({ verdict }) => verdict)).to.deep.equal(["fail", "fail"]);
    expect(record.misconceptions).to.deep.equal([]);
  });

  it("can't judge when the failure is ours", async () => {
    const record = await judge({
      ...notebook({}),
      call: () => Promise.reject(new Error("no file descriptors left")),
    });
    expect(record.tests.map(({ verdict }) => verdict)).to.deep.equal(["cannot-judge", "cannot-judge"]);
    expect(record.score).to.equal(0);
  });
});
