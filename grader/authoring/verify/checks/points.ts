import { LabError } from "../../../../src/core/errors.js";
import type { QuestionInfo } from "../../../../src/lab/cells.js";
import { type Evaluator, type Question, type Student, seeded } from "../../../../src/testing/index.js";
import type { Finding, Subject } from "../check.js";

interface DeclaredTest {
  readonly points: number;
  readonly title: string;
}

const kinds = ["public", "hidden"] as const;

/** Every question has public and hidden tests, each worth something, and together what the question is worth. */
export async function checkPoints({ lab, tests }: Subject): Promise<Finding[]> {
  const problems = lab.source.questions.flatMap((question) => {
    const own = kinds.map((kind) => tests[kind].filter(({ id }) => id === question.id));
    const missing = kinds.filter((_, index) => own[index]?.length === 0);
    const declared = own.flat().flatMap(declaredTests);
    return [
      ...missing.map((kind) => `${question.id} has no ${kind} tests: write ${kind}/${question.id}.test.ts`),
      ...problemsOf(question, declared),
    ];
  });
  return [{ title: "every question has tests, and their points add up", problems }];
}

function problemsOf({ id, points }: QuestionInfo, tests: readonly DeclaredTest[]): string[] {
  const titles = tests.map(({ title }) => title);
  const twice = new Set(titles.filter((title, index) => titles.indexOf(title) !== index));
  const worthless = tests.filter((test) => !(Number.isFinite(test.points) && test.points > 0));
  const sum = tests.reduce((total, test) => total + test.points, 0);
  return [
    ...(sum === points ? [] : [`${id} is worth ${points} points, its tests ${sum}`]),
    ...[...twice].map(
      (title) => `${id} has more than one test "${title}": a draw of inputs goes by the title`,
    ),
    ...worthless.map((test) => `${id}, "${test.title}": a test is worth more than ${test.points} points`),
  ];
}

/** A test file only registers its tests at first: there is no student to ask yet. */
export function declaredTests({ id, define }: Question): DeclaredTest[] {
  const declared: DeclaredTest[] = [];
  const nobody = {} as Student & Evaluator;
  try {
    define({
      student: nobody,
      evaluator: nobody,
      rng: seeded("points"),
      test: (points, title) => declared.push({ points, title }),
    });
  } catch (cause) {
    throw new LabError(
      "BAD_TEST_FILE",
      `a test file of ${id} fails before any of its tests runs: ${cause instanceof Error ? cause.message : cause}`,
      "Draw inputs and call the student's functions in the body of a test.",
      { cause },
    );
  }
  return declared;
}
