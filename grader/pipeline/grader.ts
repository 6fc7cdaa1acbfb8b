import { createHash } from "node:crypto";
import { LabError } from "../../src/core/errors.js";
import { parseNotebook } from "../../src/lab/notebook.js";
import { type RunCell, restore } from "../../src/lab/restore/restore.js";
import { CannotJudge } from "../../src/testing/run-question.js";
import { bundleEvaluate } from "../authoring/bundle-evaluate.js";
import { findLab } from "../authoring/find-lab.js";
import { type Lab, loadLab } from "../authoring/load-lab.js";
import { type LabTests, loadMutants, loadTests } from "../authoring/load-tests.js";
import { Engine } from "../engine/engine.js";
import type { CellReport } from "../engine/notebook-session.js";
import { type JudgedQuestion, QuestionJudge } from "../judge/judge-question.js";
import type { MutantLibrary } from "../judge/misconceptions.js";
import { mutantLibrary } from "../judge/mutant-library.js";
import type { IsolationChoice } from "../sandbox/choose.js";
import { describeStrength } from "../sandbox/choose.js";
import { readSubmission } from "./intake.js";
import type { QuestionRecord, Status, SubmissionRecord } from "./record.js";
import { pointsOf, writtenRecords } from "./written.js";

export interface GradeJob {
  readonly student: string;
  readonly path: string;
  /** Hex; the inputs of hidden tests are drawn from it. */
  readonly seed: string;
}

/** What is known of a submission before anything runs. */
interface ReadSubmission extends Pick<SubmissionRecord, "notebookHash" | "notices" | "written"> {
  readonly started: number;
}

/** Grades one submission after the other for one lab: intake, restore, run, judge. */
export class Grader {
  readonly #lab: Lab;
  readonly #tests: LabTests;
  readonly #mutants: MutantLibrary;
  readonly #engine: Engine;

  private constructor(lab: Lab, tests: LabTests, mutants: MutantLibrary, engine: Engine) {
    this.#lab = lab;
    this.#tests = tests;
    this.#mutants = mutants;
    this.#engine = engine;
  }

  static async open(labDir: string, isolation: IsolationChoice): Promise<Grader> {
    const lab = await loadLab(findLab(labDir));
    const tests = await loadTests(lab);
    const mutants = mutantLibrary(lab, await loadMutants(lab));
    const evaluate = await bundleEvaluate(lab);
    const engine = await Engine.open({ isolation, ...lab.manifest, evaluate });
    return new Grader(lab, tests, mutants, engine);
  }

  get lab(): Lab {
    return this.#lab;
  }

  async grade(job: GradeJob): Promise<SubmissionRecord> {
    const started = performance.now();
    let read: ReadSubmission = { notebookHash: "", notices: [], written: [], started };
    try {
      const { bytes, sha256 } = await readSubmission(job.path);
      read = { ...read, notebookHash: sha256 };
      const { source, manifest } = this.#lab;
      const { cells, notices, written } = restore(parseNotebook(bytes), source, manifest.id);
      read = { ...read, notices, written: writtenRecords(source, written) };
      const questions = await this.judge(cells, job.seed);
      return this.#record(
        job,
        read,
        questions.map(({ record }) => record),
        "",
      );
    } catch (error) {
      if (!(error instanceof LabError) && !(error instanceof CannotJudge)) throw error;
      const status = error instanceof CannotJudge ? "needs-review" : "invalid";
      return this.#record(job, read, [], error.message, status);
    }
  }

  /** Runs the cells and judges every question, or only one. */
  async judge(cells: readonly RunCell[], seed: string, only?: string): Promise<readonly JudgedQuestion[]> {
    const session = this.#engine.session(cells);
    try {
      const reports = await session.start();
      blameNobodyForOurCells(cells, reports);
      const questions = this.#lab.source.questions.filter(({ id }) => only === undefined || id === only);
      const options = { seed, mutants: this.#mutants, evaluator: this.#engine.evaluator };
      const judges = questions.map((question) => new QuestionJudge(question, this.#tests, session, options));
      for (const visibility of ["public", "hidden"] as const) {
        for (const judge of judges) await judge.run(visibility);
      }
      return await Promise.all(
        judges.map((judge, i) => judge.finish(answerOf(questions[i]?.id ?? "", cells, reports))),
      );
    } finally {
      await session.close();
    }
  }

  close(): Promise<void> {
    return this.#engine.close();
  }

  #record(
    job: GradeJob,
    read: ReadSubmission,
    questions: readonly QuestionRecord[],
    problem: string,
    failed?: Status,
  ): SubmissionRecord {
    const unjudged = questions
      .flatMap(({ tests }) => tests)
      .find(({ verdict }) => verdict === "cannot-judge");
    const record = {
      student: job.student,
      lab: this.#lab.manifest.id,
      status: failed ?? (unjudged ? "needs-review" : "graded"),
      score: questions.reduce((sum, { score }) => sum + score, 0),
      maxScore: pointsOf(this.#lab.source),
      questions,
      written: read.written,
      isolation: describeStrength(this.#engine.strength),
      problem: problem || (unjudged ? `could not judge "${unjudged.title}": ${unjudged.message}` : ""),
      notices: read.notices,
      release: this.#lab.release,
      testsHash: this.#lab.testsHash,
      notebookHash: read.notebookHash,
      seedHash: createHash("sha256").update(job.seed).digest("hex"),
      durationMs: Math.round(performance.now() - read.started),
    } as const;
    return { ...record, receipt: receiptOf(record) };
  }
}

/** A cell of the release that does not run before any of the student's did is the lab's fault, or the machine's. */
function blameNobodyForOurCells(cells: readonly RunCell[], reports: readonly CellReport[]): void {
  for (const [i, { id, role }] of cells.entries()) {
    if (role !== "code") return;
    const report = reports[i];
    if (report?.status !== "ran")
      throw new CannotJudge(`the lab's own cell ${id} did not run: ${report?.message ?? ""}`);
  }
}

/** An answer may stand in several cells (copies): all of them are shown, and the first failure. */
function answerOf(
  question: string,
  cells: readonly RunCell[],
  reports: readonly CellReport[],
): { answer: string; cellError: string } {
  const own = cells.filter((cell) => cell.question === question);
  const failed = reports.find((report) => report.status !== "ran" && own.some(({ id }) => id === report.id));
  return { answer: own.map(({ source }) => source).join("\n\n"), cellError: failed?.message ?? "" };
}

/** Over what decided the grade; the same submission graded again the same way has the same receipt. */
function receiptOf(record: Omit<SubmissionRecord, "receipt">): string {
  const { student, lab, release, testsHash, notebookHash, seedHash, isolation, status } = record;
  const { questions, written } = record;
  const verdicts = questions.map(({ id, tests }) => [
    id,
    tests.map(({ title, points, verdict }) => [title, points, verdict]),
  ]);
  const inWords = written.map(({ id, maxScore, answer }) => ({ id, maxScore, answer }));
  const decided = [student, lab, release, testsHash, notebookHash, seedHash, isolation, status, verdicts];
  return createHash("sha256")
    .update(JSON.stringify([...decided, ...inWords]))
    .digest("hex");
}
