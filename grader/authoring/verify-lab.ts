import type { LabCell } from "../../src/lab/cells.js";
import { applyMutant, type Mutant } from "../../src/testing/mutant.js";
import type { JudgedQuestion } from "../judge/judge-question.js";
import { Grader } from "../pipeline/grader.js";
import type { RunCell } from "../pipeline/restore.js";
import type { IsolationChoice } from "../sandbox/choose.js";
import { loadMutants } from "./load-tests.js";

export interface VerifyOptions {
  readonly isolation: IsolationChoice;
  /** Every check runs once for each seed. */
  readonly seeds: number;
  /** At most so many mutants of each question; all of them if left out. */
  readonly mutantsAQuestion?: number;
}

/** One thing that was verified; `problems` is empty when it holds. */
export interface Check {
  readonly title: string;
  readonly problems: readonly string[];
}

/** Is the lab fit to be handed out? Reference full marks, starter none, every mutant caught by the tests that should. */
export async function verifyLab(
  lab: string,
  options: VerifyOptions,
  onCheck: (check: Check) => void,
): Promise<readonly Check[]> {
  const grader = await Grader.open(lab, options.isolation);
  const checks: Check[] = [];
  const add = (title: string, problems: readonly string[]): void => {
    checks.push({ title, problems });
    onCheck({ title, problems });
  };
  try {
    const seeds = Array.from({ length: options.seeds }, (_, index) => `seed ${index + 1}`);
    const { cells } = grader.lab.source;
    add("the reference scores full marks", await verifyReference(grader, seeds));
    add("the starter runs and scores nothing", await verifyStarter(grader, seeds));
    for (const mutant of sample(await loadMutants(grader.lab), options.mutantsAQuestion)) {
      const problems: string[] = [];
      for (const seed of seeds) {
        const [judged] = await grader.judge(mutated(cells, mutant), seed, mutant.question);
        if (judged) problems.push(...mutantProblems(mutant, judged).map((problem) => `${seed}: ${problem}`));
      }
      add(`${mutant.question}, ${mutant.misconception}: caught`, problems);
    }
  } finally {
    await grader.close();
  }
  return checks;
}

async function verifyReference(grader: Grader, seeds: readonly string[]): Promise<string[]> {
  const problems: string[] = [];
  for (const seed of seeds) {
    for (const { record } of await grader.judge(runnable(grader.lab.source.cells, "reference"), seed)) {
      if (record.cellError) problems.push(`${seed}: ${record.id} does not run: ${record.cellError}`);
      for (const test of record.tests) {
        if (test.verdict !== "pass")
          problems.push(`${seed}: ${record.id}, "${test.title}": ${test.verdict}, ${test.message}`);
      }
      const points = grader.lab.source.questions.find(({ id }) => id === record.id)?.points;
      if (record.maxScore !== points)
        problems.push(`${record.id} is worth ${points} points, its tests ${record.maxScore}`);
    }
  }
  return problems;
}

async function verifyStarter(grader: Grader, seeds: readonly string[]): Promise<string[]> {
  const problems: string[] = [];
  for (const { record } of await grader.judge(runnable(grader.lab.source.cells, "source"), seeds[0] ?? "")) {
    if (record.cellError) problems.push(`${record.id} does not run: ${record.cellError}`);
    for (const test of record.tests) {
      if (test.verdict !== "fail") problems.push(`${record.id}, "${test.title}": ${test.verdict}`);
    }
  }
  return problems;
}

/** Caught for the right reason: by assertions of the tests that it names, and of no others. */
function mutantProblems(mutant: Mutant, { record, failedByAssertion }: JudgedQuestion): string[] {
  const failed = record.tests.filter(({ verdict }) => verdict !== "pass").map(({ title }) => title);
  const named = new Set([...mutant.caughtBy, ...(mutant.alsoFails ?? [])]);
  const known = new Set(record.tests.map(({ title }) => title));
  const wronglyCaught = mutant.caughtBy.filter(
    (title) => failed.includes(title) && !failedByAssertion.includes(title),
  );
  const messageOf = (title: string): string =>
    record.tests.find((test) => test.title === title)?.message ?? "";
  return [
    ...[...named].filter((title) => !known.has(title)).map((title) => `there is no test "${title}"`),
    ...mutant.caughtBy
      .filter((title) => known.has(title) && !failed.includes(title))
      .map((title) => `not caught by "${title}"`),
    ...wronglyCaught.map((title) => `fails "${title}" without an assertion: ${messageOf(title)}`),
    ...failed
      .filter((title) => !named.has(title))
      .map((title) => `fails "${title}" too, which it does not name`),
    ...(record.misconceptions.includes(mutant.feedback) ? [] : ["its own feedback line does not come up"]),
  ];
}

/** The cells that a question depends on come before its answer: what follows need not run. */
function mutated(cells: readonly LabCell[], mutant: Mutant): readonly RunCell[] {
  const end = cells.findIndex(({ role, question }) => role === "answer" && question === mutant.question);
  return runnable(cells.slice(0, end + 1), "reference").map((cell) =>
    cell.question === mutant.question ? { ...cell, source: applyMutant(cell.source, mutant) } : cell,
  );
}

function runnable(cells: readonly LabCell[], text: "reference" | "source"): readonly RunCell[] {
  return cells.flatMap(({ id, role, question, ...cell }) =>
    role === "code" || role === "answer"
      ? [{ id, role, source: cell[text], ...(question ? { question } : {}) }]
      : [],
  );
}

function sample(mutants: readonly Mutant[], aQuestion: number | undefined): readonly Mutant[] {
  if (aQuestion === undefined) return mutants;
  const taken = new Map<string, number>();
  return mutants.filter(({ question }) => {
    taken.set(question, (taken.get(question) ?? 0) + 1);
    return (taken.get(question) ?? 0) <= aQuestion;
  });
}
