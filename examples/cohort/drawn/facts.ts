import type { Lab } from "../../../grader/authoring/load-lab.js";
import { loadMutants, loadTests } from "../../../grader/authoring/load-tests.js";
import { declaredTests } from "../../../grader/authoring/verify/checks/points.js";
import { parseTypeScript } from "../../../grader/authoring/verify/kernel-typescript.js";
import { declaredNames } from "../../../grader/authoring/verify/slice.js";
import { calledBy } from "../../../grader/authoring/verify/slices.js";
import type { Mutant } from "../../../src/testing/mutant.js";
import { freeNames } from "./free-names.js";

/** What others of a lab's questions need of one: nothing; that it can be compiled; that it is right. */
export type Need = "nothing" | "names" | "values";

/** All that a prediction about one question rests on. */
export interface QuestionFacts {
  readonly id: string;
  readonly starter: string;
  readonly reference: string;
  /** What each test is worth, by its title, public and hidden. */
  readonly points: ReadonlyMap<string, number>;
  readonly mutants: readonly Mutant[];
  readonly declares: ReadonlySet<string>;
  readonly needed: Need;
}

export interface LabFacts {
  readonly lab: Lab;
  readonly questions: readonly QuestionFacts[];
  /** The names that cells of the release give, whatever a student does. */
  readonly given: ReadonlySet<string>;
}

export async function factsOf(lab: Lab): Promise<LabFacts> {
  const [tests, mutants] = [await loadTests(lab), await loadMutants(lab)];
  const { cells, questions } = lab.source;
  const answers = await Promise.all(
    questions.map(async ({ id }) => {
      const cell = cells.find(({ role, question }) => role === "answer" && question === id);
      if (!cell) throw new Error(`the question ${id} has no answer cell`);
      const own = [...tests.public, ...tests.hidden].filter((test) => test.id === id);
      return {
        id,
        starter: cell.source,
        reference: cell.reference,
        points: new Map(own.flatMap(declaredTests).map(({ title, points }) => [title, points])),
        mutants: mutants.filter(({ question }) => question === id),
        declares: namesIn(cell.reference),
        uses: freeNames(cell.reference),
        called: await calledBy(lab, tests, id),
      };
    }),
  );
  const given = new Set(
    cells.filter(({ role }) => role === "code").flatMap(({ source }) => [...namesIn(source)]),
  );
  return {
    lab,
    given,
    questions: answers.map((answer) => {
      const others = answers.filter(({ id }) => id !== answer.id);
      const isIn = (pick: (other: (typeof answers)[number]) => ReadonlySet<string>): boolean =>
        others.some((other) =>
          [...answer.declares].some((name) => pick(other).has(name) && !other.declares.has(name)),
        );
      const needed: Need = isIn(({ called }) => called)
        ? "values"
        : isIn(({ uses }) => uses)
          ? "names"
          : "nothing";
      const { uses: _, called: __, ...facts } = answer;
      return { ...facts, needed };
    }),
  };
}

function namesIn(text: string): ReadonlySet<string> {
  return new Set(parseTypeScript(text).statements.flatMap(declaredNames));
}
