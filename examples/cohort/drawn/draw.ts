import { buildNotebooks } from "../../../grader/authoring/build.js";
import { type Rng, seeded } from "../../../src/core/random.js";
import { edited, write } from "../notebook-file.js";
import { type Answer, otherAnswers, rightAnswer } from "./answers.js";
import type { LabFacts } from "./facts.js";
import { type NotebookJson, type Oddity, odditiesOf } from "./oddities.js";
import { type ExpectedSubmission, predict } from "./predict.js";

export interface DrawnSubmission {
  readonly student: string;
  /** By name, in the folder of the lab. */
  readonly files: Readonly<Record<string, string>>;
  readonly expected: ExpectedSubmission;
}

/** How many hand-ins are odd as a whole, and how many answers in words are given. */
const oddShare = 1 / 5;
const writtenShare = 0.7;

/**
 * Submissions of a lab, drawn from a seed: strong and weak students, right answers and all that can be foreseen of
 * wrong ones. The first ones are the same however many are drawn.
 */
export function drawCohort(
  facts: LabFacts,
  { count, seed }: { count: number; seed: string },
): DrawnSubmission[] {
  const { source, manifest } = facts.lab;
  const rng = seeded(`cohort/${manifest.id}/${seed}`);
  const starter = buildNotebooks(source, manifest).student;
  const decks = facts.questions.map((question) => new Deck(otherAnswers(question), rng));
  const oddities = new Deck(odditiesOf(facts), rng);
  return Array.from({ length: count }, (_, index) => {
    const student = `s${String(index + 1).padStart(3, "0")}`;
    const ability = rng.uniform(0.1, 0.9);
    const answers = facts.questions.map((question, i) =>
      rng.uniform(0, 1) < ability ? rightAnswer(question) : (decks[i]?.draw() ?? rightAnswer(question)),
    );
    const written = source.written.map(({ id }) => id).filter(() => rng.uniform(0, 1) < writtenShare);
    const oddity = rng.uniform(0, 1) < oddShare ? oddities.draw() : undefined;
    return handIn({ facts, starter, student, answers, written, oddity });
  });
}

interface Drawn {
  readonly facts: LabFacts;
  readonly starter: string;
  readonly student: string;
  readonly answers: readonly Answer[];
  readonly written: readonly string[];
  readonly oddity: Oddity | undefined;
}

function handIn({ facts, starter, student, answers, written, oddity }: Drawn): DrawnSubmission {
  const inWords = written.map((id) => write(id, `Because of what ${student} measured in ${id}.`));
  const text = edited(starter, ...answers.map(({ edit }) => edit), ...inWords);
  const files = filesOf(`${facts.lab.manifest.id}.ipynb`, text, oddity);
  const kind = oddity?.kind ?? "";
  if (oddity && "invalid" in oddity) {
    const expected = {
      status: "invalid",
      least: 0,
      most: 0,
      questions: {},
      written: [],
      oddity: kind,
    } as const;
    return { student, files, expected };
  }
  const questions = predict(facts, answers);
  const sum = (pick: "least" | "most"): number =>
    Object.values(questions).reduce((total, question) => total + question[pick], 0);
  const scores = { least: sum("least"), most: sum("most") };
  return { student, files, expected: { status: "graded", ...scores, questions, written, oddity: kind } };
}

function filesOf(name: string, text: string, oddity: Oddity | undefined): Readonly<Record<string, string>> {
  if (!oddity) return { [name]: text };
  if ("files" in oddity) return oddity.files(name, text);
  if ("invalid" in oddity) return oddity.invalid(name, text);
  if ("retype" in oddity) return { [name]: oddity.retype(text) };
  const notebook: NotebookJson = JSON.parse(text);
  oddity.rewrite(notebook);
  return { [name]: `${JSON.stringify(notebook, null, 1)}\n` };
}

/** Deals every card once before any comes again. */
class Deck<Card> {
  readonly #cards: readonly Card[];
  readonly #rng: Rng;
  #left: Card[] = [];

  constructor(cards: readonly Card[], rng: Rng) {
    this.#cards = cards;
    this.#rng = rng;
  }

  draw(): Card | undefined {
    if (this.#left.length === 0 && this.#cards.length > 0)
      this.#left = [...this.#rng.permutation(this.#cards.length)].flatMap(
        (index) => this.#cards[index] ?? [],
      );
    return this.#left.pop();
  }
}
