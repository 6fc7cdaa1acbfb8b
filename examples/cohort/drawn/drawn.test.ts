import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { expect } from "chai";
import { loadLab } from "../../../grader/authoring/load-lab.js";
import { TemporaryLabs } from "../../../grader/authoring/verify/fixtures/small-lab.js";
import { packageRoot } from "../../../grader/package-root.js";
import type { QuestionRecord, SubmissionRecord } from "../../../grader/pipeline/record.js";
import { type Answer, otherAnswers, rightAnswer } from "./answers.js";
import { drawCohort } from "./draw.js";
import { factsOf, type LabFacts } from "./facts.js";
import { linkedLab } from "./fixtures/linked-lab.js";
import { freeNames } from "./free-names.js";
import { gradeCohort, surprises } from "./grade.js";
import { predict } from "./predict.js";
import { type Expectations, writeCohort } from "./write.js";

const frozenLab = path.join(packageRoot(), "bench", "fixtures", "01-quantization");

describe("a drawn cohort", function () {
  this.timeout(120_000);
  const labs = new TemporaryLabs();
  let folder: string;
  let facts: LabFacts;
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "edgelab-cohort-"));
    facts = await factsOf(await loadLab(await labs.write(linkedLab)));
  });
  after(async () => {
    await labs.remove();
    await rm(folder, { recursive: true, force: true });
  });

  const made = async (name: string, of: LabFacts, count: number): Promise<[string, Expectations]> => {
    const out = path.join(folder, name);
    const drawn = drawCohort(of, { count, seed: "test" });
    return [out, await writeCohort(out, { lab: of.lab, seed: "test", drawn })];
  };
  const answer = (id: string, kind: string): Answer => {
    const question = facts.questions.find((each) => each.id === id);
    const found =
      question && [rightAnswer(question), ...otherAnswers(question)].find((each) => each.kind === kind);
    if (!found) throw new Error(`${id} has no answer "${kind}"`);
    return found;
  };
  const predicted = (q1: string, q2: string, q3: string): string[] => {
    const answers = [answer("q1", q1), answer("q2", q2), answer("q3", q3)];
    return Object.values(predict(facts, answers)).map(({ least, most }) =>
      least === most ? `${most}` : `${least} to ${most}`,
    );
  };

  describe("is graded as it was predicted", () => {
    let expected: Expectations;
    let records: SubmissionRecord[];
    before(async () => {
      const [out, expectations] = await made("linked", facts, 18);
      expected = expectations;
      records = await gradeCohort({ lab: facts.lab.dir, out, jobs: 1 });
    });

    it("where one question uses the function of another", () => {
      const kinds = Object.values(expected.submissions).flatMap(({ questions }) =>
        Object.entries(questions).map(([id, question]) => ({ id, ...question })),
      );
      // Right in itself, and worth nothing: that is what this lab is here for.
      expect(kinds.some(({ id, answer, most }) => id === "q2" && answer === "right" && most === 0)).to.equal(
        true,
      );
      expect(kinds.some(({ mayFail }) => mayFail.length > 0)).to.equal(true);
      expect(surprises(expected, records)).to.deep.equal([]);
    });

    it("and what comes out otherwise is told", () => {
      const changed = records.map((record) => {
        if (record.student === "s001")
          return { ...record, status: "error" as const, score: record.score + 15 };
        if (record.student === "s002") return { ...record, questions: record.questions.map(unjudged) };
        return record.student === "s003" ? { ...record, student: "s100" } : record;
      });
      const told = surprises(expected, changed);
      for (const line of [
        /^s001: status: error, expected graded$/,
        /^s001: score: \d+, expected \d+ to \d+$/,
        /^s002: failed tests of q\d \(.*\): .*, expected /,
        /^s003: not graded$/,
        /^s100: not expected$/,
      ])
        expect(
          told.filter((each) => line.test(each)),
          String(line),
        ).not.to.deep.equal([]);
      expect(told.filter((line) => !/^s(001|002|003|100)/.test(line))).to.deep.equal([]);
    });
  });

  it("predicts by the points of the tests that an answer fails", () => {
    expect(predicted("right", "right", "right")).to.deep.equal(["4", "3", "5"]);
    expect(predicted("right", "right", "mutant: A half is a whole number.")).to.deep.equal([
      "4",
      "3",
      "0 to 3",
    ]);
    expect(predicted("right", "untouched", "blank")).to.deep.equal(["4", "0", "0"]);
    expect(predicted("right", "missing", "right, throws at its end")).to.deep.equal(["4", "0", "5"]);
  });

  it("knows that a later cell can't be compiled where an earlier one defines nothing", () => {
    for (const kind of ["blank", "a type error", "missing"])
      expect(predicted(kind, "right", "right"), kind).to.deep.equal(["0", "0", "5"]);
    // Its functions are there and graded; only the compiler does not know them.
    expect(predicted("right, throws at its end", "right", "right")).to.deep.equal(["4", "0", "5"]);
  });

  it("draws no wrong answer to what another question rests on", () => {
    const kinds = otherAnswers(facts.questions[0] ?? expect.fail()).map(({ kind }) => kind);
    expect(kinds).to.include("blank").and.not.include("untouched");
    expect(kinds.filter((kind) => kind.includes("mutant"))).to.deep.equal([]);
    expect(facts.questions.map(({ needed }) => needed)).to.deep.equal(["names", "nothing", "nothing"]);
  });

  it("sees the difference between a cell's own name and one that it uses", () => {
    const used = (text: string): string[] => [...freeNames(text)].filter((name) => name !== "Math");
    expect(used("function half(double: number) { return double / 2; }")).to.deep.equal([]);
    expect(used("const f = (x: number) => Math.abs(double(x.half));")).to.deep.equal(["double"]);
    expect(used("const p: Params = { scale };")).to.deep.equal(["Params", "scale"]);
  });

  it("is the same for the same seed, begins alike however long it is, and holds each kind at least once", () => {
    const draw = (count: number, seed = "a") => drawCohort(facts, { count, seed });
    expect(draw(9)).to.deep.equal(draw(9));
    expect(draw(20).slice(0, 9)).to.deep.equal(draw(9));
    expect(draw(9, "b")).not.to.deep.equal(draw(9));
    const many = draw(200);
    expect(many.map(({ student }) => student).slice(0, 2)).to.deep.equal(["s001", "s002"]);
    const seen = new Set(
      many.flatMap(({ expected }) =>
        Object.entries(expected.questions).map(([id, { answer }]) => `${id} ${answer}`),
      ),
    );
    const all = facts.questions.flatMap((question) =>
      [rightAnswer(question), ...otherAnswers(question)].map(({ kind }) => `${question.id} ${kind}`),
    );
    expect([...seen]).to.have.members(all);
    expect(new Set(many.map(({ expected }) => expected.oddity)).size).to.equal(17);
  });

  describe("made by the command", () => {
    const main = path.join(import.meta.dirname, "main.ts");
    const run = (...args: readonly string[]) =>
      promisify(execFile)(process.execPath, ["--import", "tsx", main, ...args], { cwd: packageRoot() }).then(
        ({ stdout }) => ({ code: 0, stdout, stderr: "" }),
        ({ code, stdout, stderr }) => ({
          code: Number(code),
          stdout: String(stdout),
          stderr: String(stderr),
        }),
      );

    it("lies where the grader looks, with a line for each student", async () => {
      const out = path.join(folder, "made");
      const { code, stdout } = await run(frozenLab, "2", "--out", out);
      expect(code).to.equal(0);
      expect(stdout).to.match(/^s001 {2}(graded|invalid) .* of 30 .*\ns002 /);
      expect(existsSync(path.join(out, "submissions", "s002", "01-quantization"))).to.equal(true);
      const expected = JSON.parse(await readFile(path.join(out, "expected.json"), "utf8"));
      expect(Object.keys(expected.submissions)).to.deep.equal(["s001", "s002"]);
    });

    it("says in one line what is wrong, and spoils nothing", async () => {
      const mine = path.join(folder, "thesis.txt");
      await writeFile(mine, "mine");
      const { code, stderr } = await run(frozenLab, "2", "--out", folder);
      expect(stderr).to.match(/^[^\n]+ holds something else than a cohort\. [^\n]+\n$/);
      expect(code).to.equal(1);
      expect(existsSync(mine)).to.equal(true);
    });
  });
});

/** As if no test had come to an end. */
function unjudged(question: QuestionRecord): QuestionRecord {
  const tests = question.tests.map((test) => ({ ...test, verdict: "cannot-judge" as const }));
  return { ...question, tests };
}
