import { LabError } from "../core/errors.js";

/** A wrong answer that follows from one misconception, written as changes to the reference answer. */
export interface Mutant {
  readonly question: string;
  /** For teachers: what whoever writes this believes. */
  readonly misconception: string;
  /** Applied one after the other to the reference text of the answer cell; `from` occurs exactly once. */
  readonly changes: readonly (readonly [from: string, to: string])[];
  /** Titles of the tests that fail for every seed, each by an assertion. */
  readonly caughtBy: readonly string[];
  /** Titles of the tests that may fail, depending on the seed. Every other test of the question passes. */
  readonly alsoFails?: readonly string[];
  /** For the student whose answer does the same: names what to look at, never the answer. */
  readonly feedback: string;
}

/** Declares a mutant of one question; a file in `mutants/` exports one as its default. */
export function mutant(question: string, rest: Omit<Mutant, "question">): Mutant {
  return { question, ...rest };
}

/** A change of the reference answer that leaves it right, so that no test can tell. */
export interface Equivalent {
  readonly question: string;
  /** The whole line (or lines) that `grader verify` shows, before and after. */
  readonly change: readonly [before: string, after: string];
  /** Why no input can tell the two apart. */
  readonly reason: string;
}

/** Declares them: the default export of `mutants/equivalent.ts`. */
export function equivalents(list: readonly Equivalent[]): readonly Equivalent[] {
  return list;
}

/**
 * The text of the wrong answer.
 *
 * @throws LabError where a text to change is missing from the reference, or stands there more than once.
 *
 * @example
 * ```ts
 * const wrong = mutant("q1", {
 *   misconception: "256 values have 256 gaps",
 *   changes: [["2 ** bits - 1", "2 ** bits"]],
 *   caughtBy: ["reproduces the worked example"],
 *   feedback: "Count the values, and what lies between them.",
 * });
 * applyMutant("(high - low) / (2 ** bits - 1)", wrong); // "(high - low) / (2 ** bits)"
 * ```
 */
export function applyMutant(reference: string, mutant: Mutant): string {
  return mutant.changes.reduce((text, [from, to]) => {
    const parts = text.split(from);
    const [before, after] = parts;
    if (from === "" || parts.length !== 2 || before === undefined || after === undefined) {
      throw new LabError(
        "BAD_MUTANT",
        `a mutant of ${mutant.question} changes ${JSON.stringify(from)}, which the answer has ${from === "" ? 0 : parts.length - 1} times`,
        "Quote enough of the reference answer to mean one place.",
      );
    }
    return before + to + after;
  }, reference);
}
