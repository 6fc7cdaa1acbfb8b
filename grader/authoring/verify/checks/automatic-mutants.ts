import type { QuestionInfo } from "../../../../src/lab/cells.js";
import { type Finding, inOrder, seedNames, type Workshop } from "../check.js";
import { type Equivalent, isMeant } from "../equivalents.js";
import { hasFailure, type JudgedCells } from "../judges.js";
import { messageOf } from "../message.js";
import { type AutomaticMutant, automaticMutants } from "../mutate/mutate.js";
import { roundingsIn } from "../mutate/roundings.js";
import { spread } from "../sample.js";

/** What became of a mutant; one that a test could not judge is nobody's. */
type Fate = "caught" | "survived" | "does not compile" | { readonly problem: string };

interface Tried {
  readonly mutant: AutomaticMutant;
  readonly fate: Fate;
}

/** Small changes of the reference, made by rule: each costs points, or its author says why it is right as well. */
export async function checkAutomaticMutants(workshop: Workshop): Promise<Finding[]> {
  const { lab, cells, options, events, equivalents } = workshop;
  const roundings = roundingsIn(lab.source.cells);
  const made = cells
    .filter(({ cell }) => cell.role === "answer")
    .flatMap((answer) => automaticMutants(answer, roundings));
  const chosen = lab.source.questions.flatMap(({ id }) =>
    spread(
      made.filter(({ question }) => question === id),
      options.mutantsAQuestion,
    ),
  );
  events.onWork("automatic mutants", chosen.length);
  const tried: Tried[] = [];
  await inOrder(
    workshop,
    chosen,
    (mutant) => fateOf(workshop, mutant),
    (fate, mutant) => tried.push({ mutant, fate }),
  );
  const unmatched = equivalents.filter((entry) => !made.some((mutant) => isMeant(entry, mutant)));
  return [
    ...lab.source.questions.map((question) => findingOf(question, tried, equivalents)),
    ...(unmatched.length > 0 ? [unmatchedFinding(unmatched)] : []),
  ];
}

/** One seed first: most are caught there. */
async function fateOf({ judges, slices, options }: Workshop, mutant: AutomaticMutant): Promise<Fate> {
  const slice = slices.get(mutant.question);
  if (!slice) throw new Error(`there is no slice for ${mutant.question}`);
  const cells = slice.cells.map((cell) =>
    cell.question === mutant.question ? { ...cell, source: mutant.source } : cell,
  );
  const { question } = mutant;
  const request = { cells, question, limits: slice.limits, untilFailure: true };
  try {
    const judged = await judges.judge({ ...request, seeds: seedNames(options.seeds) });
    return fateIn(judged, question, cells);
  } catch (error) {
    return { problem: messageOf(error) };
  }
}

function fateIn(
  { reports, seeds }: JudgedCells,
  question: string,
  cells: readonly { readonly id: string; readonly question?: string }[],
): Fate {
  const own = reports.find(({ id }) => cells.some((cell) => cell.id === id && cell.question === question));
  if (own?.status === "type-error") return "does not compile";
  const questions = seeds.flatMap((seed) => seed.questions);
  if (questions.some(hasFailure)) return "caught";
  const unjudged = questions.flatMap(({ record }) => record.tests).find(({ verdict }) => verdict !== "pass");
  return unjudged ? { problem: `"${unjudged.title}" could not judge it: ${unjudged.message}` } : "survived";
}

function findingOf({ id }: QuestionInfo, all: readonly Tried[], equivalents: readonly Equivalent[]): Finding {
  const tried = all.filter(({ mutant }) => mutant.question === id);
  const withFate = (fate: Fate) => tried.filter((each) => each.fate === fate).map(({ mutant }) => mutant);
  const [caught, refused] = [withFate("caught"), withFate("does not compile")];
  const survivors = withFate("survived").map((mutant) => ({
    mutant,
    reason: equivalents.find((entry) => isMeant(entry, mutant))?.reason,
  }));
  const open = survivors.filter(({ reason }) => reason === undefined);
  const excused = survivors.filter(({ reason }) => reason !== undefined);
  const counts = [
    `${caught.length} of ${tried.length - refused.length} automatic mutants caught`,
    ...(excused.length > 0 ? [`${excused.length} equivalent`] : []),
    ...(open.length > 0 ? [`${open.length} not caught`] : []),
    ...(refused.length > 0 ? [`${refused.length} more did not compile`] : []),
  ];
  const wrong = equivalents.filter(
    (entry) =>
      caught.some((mutant) => isMeant(entry, mutant)) &&
      !excused.some(({ mutant }) => isMeant(entry, mutant)),
  );
  return {
    title: `${id}: ${counts.join(", ")}`,
    problems: [
      ...open.map(({ mutant }) => `not caught: ${asDiff(mutant)}`),
      ...(open.length > 0 ? [wayOut] : []),
      ...wrong.map((entry) => `listed as equivalent, and caught:\n${asEntry(entry)}`),
      ...tried.flatMap(({ mutant, fate }) =>
        typeof fate === "string" ? [] : [`${fate.problem}: ${asDiff(mutant)}`],
      ),
    ],
    notes: excused.map(({ mutant, reason }) => `equivalent: ${asDiff(mutant)}\n  ${reason}`),
  };
}

const wayOut =
  "Write a test that these fail. One that is as right as the solution: list it in mutants/equivalent.ts, with the reason.";

function unmatchedFinding(entries: readonly Equivalent[]): Finding {
  return {
    title: "every change that is listed as equivalent is a mutant that is made",
    problems: entries.map((entry) => `no automatic mutant of ${entry.question} is this:\n${asEntry(entry)}`),
  };
}

function asDiff({ line, before, after }: AutomaticMutant): string {
  return [`notebook.ts:${line}`, ...signed("-", before), ...signed("+", after)].join("\n");
}

function asEntry({ change: [before, after] }: Equivalent): string {
  return [...signed("-", before.split("\n")), ...signed("+", after.split("\n"))].join("\n");
}

function signed(sign: "-" | "+", lines: readonly string[]): string[] {
  return lines.map((line) => `  ${sign} ${line}`);
}
