/*
 * Makes a cohort of submissions for any lab, and says what each is worth before the grader has seen it:
 *
 *   npm run cohort -- 01-quantization 60
 */
import { availableParallelism } from "node:os";
import path from "node:path";
import { Command, CommanderError, InvalidArgumentError } from "commander";
import { findLab } from "../../../grader/authoring/find-lab.js";
import { loadLab } from "../../../grader/authoring/load-lab.js";
import { startProgress } from "../../../grader/terminal/progress.js";
import { LabError } from "../../../src/core/errors.js";
import { drawCohort } from "./draw.js";
import { factsOf } from "./facts.js";
import { gradeCohort, surprises } from "./grade.js";
import { type Expectations, writeCohort } from "./write.js";

const mostStudents = 10_000;

interface Options {
  readonly seed: string;
  readonly out?: string;
  readonly grade: boolean;
  readonly jobs: number;
}

function wholeUpTo(most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (Number.isInteger(value) && value >= 1 && value <= most) return value;
    throw new InvalidArgumentError(`a whole number from 1 to ${most}, please`);
  };
}

async function make(name: string, count: number, options: Options): Promise<void> {
  const lab = await loadLab(findLab(name));
  const out = path.resolve(options.out ?? path.join("build", "cohort", lab.manifest.id));
  const drawn = drawCohort(await factsOf(lab), { count, seed: options.seed });
  const expectations = await writeCohort(out, { lab, seed: options.seed, drawn });
  console.log(table(expectations));
  console.log(`\n${count} submissions of ${lab.manifest.id}, and expected.json: ${out}`);
  if (options.grade) await gradeAndCompare(lab.dir, out, options.jobs, expectations);
}

async function gradeAndCompare(
  lab: string,
  out: string,
  jobs: number,
  expected: Expectations,
): Promise<void> {
  const progress = startProgress("grading");
  progress.start(Object.keys(expected.submissions).length);
  const records = await gradeCohort({ lab, out, jobs, onGraded: () => progress.step() }).finally(() =>
    progress.stop(),
  );
  const different = surprises(expected, records);
  console.log(
    different.length === 0 ? `All ${records.length} grades are as predicted.` : different.join("\n"),
  );
  if (different.length > 0) process.exitCode = 2;
}

/** A line for each student. */
function table({ submissions, maxScore }: Expectations): string {
  return Object.entries(submissions)
    .map(([student, { status, least, most, questions, oddity }]) => {
      const score = least === most ? `${most}` : `${least} to ${most}`;
      const done = Object.entries(questions).map(([id, { answer }]) => `${id} ${answer}`);
      const what = [...(oddity === "" ? [] : [oddity]), ...done].join("; ");
      return `${student}  ${status.padEnd(7)}  ${`${score} of ${maxScore}`.padEnd(12)}  ${what}`;
    })
    .join("\n");
}

const program = new Command("npm run cohort --")
  .description("make a cohort of submissions of a lab, with the grade that each has to get")
  .argument("<lab>", "its name, or its folder")
  .argument("[count]", "how many submissions", wholeUpTo(mostStudents), 60)
  .option("--seed <text>", "another text draws other submissions", "1")
  .option("--out <dir>", "where they go (default: build/cohort/LAB)")
  .option("--grade", "grade them too, and compare; needs npm run build", false)
  .option("--jobs <n>", "how many are graded at a time", wholeUpTo(64), availableParallelism())
  .exitOverride()
  .action(make);

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 1;
  else if (error instanceof LabError) {
    console.error(`cohort: ${error.message}`);
    process.exitCode = 1;
  } else throw error;
}
