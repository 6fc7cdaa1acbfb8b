import type { Answer, Verdicts } from "./answers.js";
import type { LabFacts, QuestionFacts } from "./facts.js";
import { freeNames } from "./free-names.js";

export interface ExpectedQuestion {
  /** What was done, in words. */
  readonly answer: string;
  /** The score is exactly this, or lies between the two where tests may fail. */
  readonly least: number;
  readonly most: number;
  readonly fails: readonly string[];
  /** Tests that depend on the inputs that are drawn. */
  readonly mayFail: readonly string[];
}

export interface ExpectedSubmission {
  readonly status: "graded" | "invalid";
  readonly least: number;
  readonly most: number;
  /** Empty where the submission is invalid. */
  readonly questions: Readonly<Record<string, ExpectedQuestion>>;
  /** The answers in words that were given. */
  readonly written: readonly string[];
  /** What is odd about the whole of it, in words. */
  readonly oddity: string;
}

/** What a notebook with these answers, in the lab's order, is worth: from the tests' points, and no run. */
export function predict(
  { questions, given }: LabFacts,
  answers: readonly Answer[],
): Readonly<Record<string, ExpectedQuestion>> {
  const answerNames = new Set(questions.flatMap(({ declares }) => [...declares]));
  const named = new Set(given);
  const expected: Record<string, ExpectedQuestion> = {};
  for (const [index, question] of questions.entries()) {
    const answer = answers[index];
    if (!answer) throw new Error(`there is no answer to ${question.id}`);
    let verdicts: Verdicts = { fails: [...question.points.keys()], mayFail: [] };
    for (const piece of answer.pieces) {
      if (!piece.verdicts) continue;
      // It names what an earlier cell should have defined, and did not: the kernel refuses it.
      if ([...freeNames(piece.text)].some((name) => answerNames.has(name) && !named.has(name))) continue;
      verdicts = piece.verdicts;
      if (piece.isNamed) for (const name of question.declares) named.add(name);
    }
    expected[question.id] = { answer: answer.kind, ...scoresOf(question, verdicts) };
  }
  return expected;
}

function scoresOf({ points }: QuestionFacts, { fails, mayFail }: Verdicts): Omit<ExpectedQuestion, "answer"> {
  const worth = (titles: readonly string[]): number =>
    titles.reduce((sum, title) => sum + (points.get(title) ?? Number.NaN), 0);
  const most = worth([...points.keys()]) - worth(fails);
  return { least: most - worth(mayFail), most, fails, mayFail };
}
