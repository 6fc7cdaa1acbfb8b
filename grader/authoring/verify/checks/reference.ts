import type { JudgedQuestion } from "../../../judge/judge-question.js";
import { type Finding, seedNames, type Workshop } from "../check.js";
import type { JudgedSeed } from "../judges.js";
import { runnable } from "../slice.js";

/** How many draws more the reference is tried with, all in one session: a call costs next to nothing. */
const furtherDraws = 20;

/** The reference scores full marks in a fresh notebook for each seed, and no test flips over many more. */
export async function checkReference({ judges, lab, options, events }: Workshop): Promise<Finding[]> {
  const cells = runnable(lab.source.cells, "reference");
  const seeds = seedNames(options.seeds);
  events.onWork("the reference", seeds.length + 1);
  const judge = async (drawn: readonly string[]) => {
    const judged = await judges.judge({ cells, seeds: drawn });
    events.onStep();
    return judged;
  };
  const fresh = await Promise.all(seeds.map((seed) => judge([seed])));
  const further = await judge(seedNames(furtherDraws, seeds.length + 1));
  const judged = fresh.flatMap(({ seeds }) => seeds);
  return [
    { title: "the reference scores full marks", problems: judged.flatMap(notPassed) },
    {
      title: `no test of the reference flips over ${furtherDraws} more draws of inputs`,
      problems: flips([...judged, ...further.seeds]),
    },
  ];
}

function notPassed({ seed, questions }: JudgedSeed): string[] {
  return questions.flatMap(({ record }) => [
    ...(record.cellError ? [`${seed}: ${record.id} does not run: ${record.cellError}`] : []),
    ...record.tests
      .filter(({ verdict }) => verdict !== "pass")
      .map(({ title, verdict, message }) => `${seed}: ${record.id}, "${title}": ${verdict}, ${message}`),
  ]);
}

/** Tests that hold for some inputs only. What fails for all of them is told as a wrong reference. */
function flips(judged: readonly JudgedSeed[]): string[] {
  const verdicts = judged.flatMap(({ seed, questions }) =>
    questions.flatMap(({ record }: JudgedQuestion) =>
      record.tests.map((test) => ({ seed, name: `${record.id}, "${test.title}"`, ...test })),
    ),
  );
  const names = [...new Set(verdicts.map(({ name }) => name))];
  return names.flatMap((name) => {
    const own = verdicts.filter((each) => each.name === name);
    const held = own.find(({ verdict }) => verdict === "pass");
    const failed = own.filter(({ verdict }) => verdict !== "pass");
    const [first] = failed;
    if (!held || !first) return [];
    const others = failed.length > 1 ? ` and ${failed.length - 1} more` : "";
    return [`${name} holds for ${held.seed}, and not for ${first.seed}${others}: ${first.message}`];
  });
}
