import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { buildNotebooks } from "../../grader/authoring/build.js";
import { findLab } from "../../grader/authoring/find-lab.js";
import { type Lab, loadLab } from "../../grader/authoring/load-lab.js";
import { loadTests } from "../../grader/authoring/load-tests.js";
import { discover } from "../../grader/pipeline/discover.js";
import type { Rng } from "../../src/core/random.js";
import type { Evaluator, Student } from "../../src/testing/question.js";
import { cohort } from "./cohort.js";
import expected from "./expected.json" with { type: "json" };

const submissions = join(import.meta.dirname, "submissions");
const students = Object.entries(expected.submissions);

describe("the example cohort", () => {
  let lab: Lab;
  /** For each question, what each test is worth. */
  const points = new Map<string, Map<string, number>>();
  before(async () => {
    lab = await loadLab(findLab(expected.lab, join(import.meta.dirname, "../..")));
    const tests = await loadTests(lab);
    for (const question of [...tests.public, ...tests.hidden]) {
      const known = points.get(question.id) ?? new Map<string, number>();
      points.set(question.id, known);
      // Tests only register here; nothing of a student or a generator is touched before they run.
      question.define({
        student: {} as Student,
        rng: {} as Rng,
        evaluator: {} as Evaluator,
        test: (worth, title) => known.set(title, worth),
      });
    }
  });

  it("has the 16 submissions that are expected, where the grader looks for them", async () => {
    expect(students).to.have.length(16);
    const found = await discover(submissions, expected.lab);
    expect(found.map(({ student }) => student)).to.have.members(students.map(([student]) => student));
    for (const entry of found) expect(entry).to.have.property("path");
  });

  it("is what make.ts writes", () => {
    const made = cohort(lab.source, buildNotebooks(lab.source, lab.manifest).student);
    expect(readdirSync(submissions)).to.have.members([...made.keys()]);
    for (const [student, text] of made) {
      const file = join(submissions, student, expected.lab, `${expected.lab}.ipynb`);
      const isStale = readFileSync(file, "utf8") !== text;
      expect(isStale, `${student} is stale: run npx tsx examples/cohort/make.ts`).to.equal(false);
    }
  });

  for (const [student, { status, score, questions, why }] of students)
    it(`expects of ${student} what the points of the tests that it fails leave over`, () => {
      expect(why).to.match(/\.$/);
      const ids = status === "graded" ? lab.source.questions.map(({ id }) => id) : [];
      expect(Object.keys(questions)).to.deep.equal(ids);
      let sum = 0;
      for (const [id, result] of Object.entries(questions)) {
        const worth = points.get(id) ?? new Map<string, number>();
        const fails = typeof result.fails === "string" ? [...worth.keys()] : result.fails;
        const lost = fails.map((title) => worth.get(title) ?? Number.NaN);
        expect(result.score, `${id} of ${student}`).to.equal(total([...worth.values()]) - total(lost));
        sum += result.score;
      }
      expect(score).to.equal(sum);
    });

  it("expects no more than the lab gives", () => {
    const { questions, written } = lab.source;
    expect(expected.maxScore).to.equal(total([...questions, ...written].map(({ points: worth }) => worth)));
  });
});

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
