import { applyMutant, type Mutant } from "../../../src/testing/mutant.js";
import { type Edit, type FileCell, linesOf, replace, write } from "../notebook-file.js";
import type { QuestionFacts } from "./facts.js";

/** How the tests judge what a cell defines. */
export interface Verdicts {
  readonly fails: readonly string[];
  /** Depends on the inputs that are drawn. */
  readonly mayFail: readonly string[];
}

/** One cell of an answer, as it runs. */
export interface Piece {
  readonly text: string;
  /** Undefined where the text can't run, or defines nothing. */
  readonly verdicts?: Verdicts;
  /** Whether later cells can name what it defines: not those of a cell that throws in the end. */
  readonly isNamed: boolean;
}

/** What a student did about one question. */
export interface Answer {
  /** In a few words, for whoever reads the prediction. */
  readonly kind: string;
  readonly edit: Edit;
  /** In the order in which they run. */
  readonly pieces: readonly Piece[];
}

const right: Verdicts = { fails: [], mayFail: [] };

export function rightAnswer({ id, reference }: QuestionFacts): Answer {
  return single("right", id, { text: reference, verdicts: right, isNamed: true });
}

/** Every other answer whose grade is known without asking the grader. */
export function otherAnswers(question: QuestionFacts): readonly Answer[] {
  const { needed, mutants } = question;
  // What others call has to be right, and what they name has to be right or not there at all: how they fare with a
  // wrong one, nobody has worked out.
  const safe = [...stillRight(question), ...(needed === "values" ? [] : withoutFunctions(question))];
  if (needed !== "nothing") return needed === "values" ? stillRight(question).filter(isWhollyNamed) : safe;
  const wrong = mutants.map((mutant) => wrongAnswer(question, mutant));
  return [...safe, untouched(question), ...wrong, ...besideTheRightOne(question)];
}

function isWhollyNamed({ pieces }: Answer): boolean {
  return pieces.some(({ verdicts, isNamed }) => verdicts !== undefined && isNamed);
}

function wrongAnswer(question: QuestionFacts, mutant: Mutant): Answer {
  return single(`mutant: ${mutant.misconception}`, question.id, mutated(question, mutant));
}

/** Two answers to one question: the last definition counts. */
function besideTheRightOne(question: QuestionFacts): Answer[] {
  const { id, reference, mutants } = question;
  const [first, last] = [mutants.at(0), mutants.at(-1)];
  if (!first || !last) return [];
  const good = { text: reference, verdicts: right, isNamed: true };
  return [
    copied(`right, and in a copy behind it the mutant: ${first.misconception}`, id, [
      good,
      mutated(question, first),
    ]),
    copied(`right, in a copy behind the mutant: ${last.misconception}`, id, [mutated(question, last), good]),
  ];
}

function mutated({ reference }: QuestionFacts, mutant: Mutant): Piece {
  const verdicts = { fails: mutant.caughtBy, mayFail: mutant.alsoFails ?? [] };
  return { text: applyMutant(reference, mutant), verdicts, isNamed: true };
}

/** Every test fails, as `grader verify` makes sure of. */
function untouched({ id, starter, points }: QuestionFacts): Answer {
  const verdicts = { fails: [...points.keys()], mayFail: [] };
  return single("untouched", id, { text: starter, verdicts, isNamed: true });
}

function stillRight({ id, reference }: QuestionFacts): Answer[] {
  const good = { text: reference, verdicts: right, isNamed: true };
  const broken = { text: typeError(reference), isNamed: false };
  return [
    single("right, and prints", id, { ...good, text: `${reference}\n\nconsole.log("${id} is done");` }),
    // The functions are defined by then, and graded, as Jupyter would go on using them.
    single("right, throws at its end", id, {
      ...good,
      text: `${reference}\n\nthrow new Error("left here while trying things out");`,
      isNamed: false,
    }),
    copied("right, with a copy behind it that has a type error", id, [good, broken]),
    copied("blank, with the right answer in a copy behind it", id, [{ text: "", isNamed: true }, good]),
  ];
}

function withoutFunctions({ id, reference }: QuestionFacts): Answer[] {
  const nothing = (kind: string, text: string): Answer => single(kind, id, { text, isNamed: false });
  const gone = (kind: string, edit: Edit): Answer => ({ kind, edit, pieces: [] });
  return [
    nothing("blank", ""),
    nothing("a comment only", "// I have run out of time."),
    nothing("throws before it defines anything", 'const halfDone = JSON.parse("{ half: ");'),
    nothing("a type error", typeError(reference)),
    nothing("a syntax error", reference.slice(0, Math.max(reference.lastIndexOf("}"), 0)) || "{"),
    gone(
      "missing",
      replace(id, () => []),
    ),
    gone(
      "made a text cell",
      replace(id, (cell) => [{ ...withoutOutputs(cell), cell_type: "markdown" }]),
    ),
  ];
}

function typeError(text: string): string {
  return `${text}\n\nconst neverANumber: number = "text";`;
}

function withoutOutputs(cell: FileCell): FileCell {
  const { id, metadata, source, cell_type } = cell;
  return { cell_type, id, metadata, source };
}

function single(kind: string, id: string, piece: Piece): Answer {
  return { kind, edit: write(id, piece.text), pieces: [piece] };
}

/** A copy made in Jupyter: an id of its own, and the metadata of the cell that was copied. */
function copied(kind: string, id: string, [first, second]: readonly [Piece, Piece]): Answer {
  const edit = replace(id, (cell) => [
    { ...cell, source: linesOf(first.text) },
    { ...cell, id: `copy-of-${id}`, source: linesOf(second.text) },
  ]);
  return { kind, edit, pieces: [first, second] };
}
