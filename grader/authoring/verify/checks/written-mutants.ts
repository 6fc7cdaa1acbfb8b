import { applyMutant, type Mutant } from "../../../../src/testing/mutant.js";
import type { JudgedQuestion } from "../../../judge/judge-question.js";
import { type Finding, inOrder, seedNames, type Workshop } from "../check.js";
import { messageOf } from "../message.js";
import { firstOfEach } from "../sample.js";

/** Each mutant that the course has written down is caught at every seed, by the tests that it names. */
export async function checkWrittenMutants(workshop: Workshop): Promise<Finding[]> {
  const { mutants, options, events } = workshop;
  const chosen = firstOfEach(mutants, ({ question }) => question, options.mutantsAQuestion);
  if (chosen.length === 0) return [];
  events.onWork("mutants that were written down", chosen.length);
  const findings: Finding[] = [];
  await inOrder(
    workshop,
    chosen,
    (mutant) => problemsOf(workshop, mutant),
    (problems, { question, misconception }) => {
      findings.push({ title: `${question}, ${misconception}: caught`, problems });
    },
  );
  return findings;
}

async function problemsOf(workshop: Workshop, mutant: Mutant): Promise<readonly string[]> {
  const { judges, slices, library, broken, options, told } = workshop;
  const why = broken.get(mutant);
  if (why !== undefined) return [why];
  const cells = (slices.get(mutant.question)?.cells ?? []).map((cell) =>
    cell.question === mutant.question ? { ...cell, source: applyMutant(cell.source, mutant) } : cell,
  );
  try {
    const seeds = seedNames(options.seeds);
    const judged = await judges.judge({ cells, seeds, question: mutant.question, library });
    const found = new Map<string, string[]>();
    for (const { seed, questions } of judged.seeds)
      for (const question of questions) {
        told.push(question.record);
        for (const problem of mutantProblems(mutant, question))
          found.set(problem, [...(found.get(problem) ?? []), seed]);
      }
    return [...found].map(([problem, where]) => `${where.join(", ")}: ${problem}`);
  } catch (error) {
    return [messageOf(error)];
  }
}

/** Caught for the right reason: by assertions of the tests that it names, and of no others. */
function mutantProblems(mutant: Mutant, { record, failedByAssertion }: JudgedQuestion): string[] {
  const failed = record.tests.filter(({ verdict }) => verdict !== "pass").map(({ title }) => title);
  const named = new Set([...mutant.caughtBy, ...(mutant.alsoFails ?? [])]);
  const known = new Set(record.tests.map(({ title }) => title));
  const wronglyCaught = mutant.caughtBy.filter(
    (title) => failed.includes(title) && !failedByAssertion.includes(title),
  );
  const failureOf = (title: string): string =>
    record.tests.find((test) => test.title === title)?.message ?? "";
  return [
    ...(record.cellError ? [`its cell does not run: ${record.cellError}`] : []),
    ...[...named].filter((title) => !known.has(title)).map((title) => `there is no test "${title}"`),
    ...mutant.caughtBy
      .filter((title) => known.has(title) && !failed.includes(title))
      .map((title) => `not caught by "${title}"`),
    ...wronglyCaught.map((title) => `fails "${title}" without an assertion: ${failureOf(title)}`),
    ...failed
      .filter((title) => !named.has(title))
      .map((title) => `fails "${title}" too, which it does not name`),
    ...(record.misconceptions.includes(mutant.feedback) ? [] : ["its own feedback line does not come up"]),
  ];
}
