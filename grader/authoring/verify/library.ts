import type { Mutant } from "../../../src/testing/mutant.js";
import type { CallableMutant, MutantLibrary } from "../../judge/misconceptions.js";
import { mutantLibrary } from "../../judge/mutant-library.js";
import type { Lab } from "../load-lab.js";

export interface CheckedMutants {
  /** Those that could be made. */
  readonly library: MutantLibrary;
  /** Why the others could not. */
  readonly broken: ReadonlyMap<Mutant, string>;
}

/** Makes each mutant by itself: one that changes what is not there must not take the others with it. */
export async function checkedMutants(lab: Lab, mutants: readonly Mutant[]): Promise<CheckedMutants> {
  const made = new Map<string, CallableMutant[]>();
  const broken = new Map<Mutant, string>();
  for (const mutant of mutants) {
    try {
      const own = await mutantLibrary(lab, [mutant]).of(mutant.question);
      made.set(mutant.question, [...(made.get(mutant.question) ?? []), ...own]);
    } catch (error) {
      // Whatever it is, it comes from the course's own text.
      broken.set(mutant, error instanceof Error ? error.message : String(error));
    }
  }
  return { library: { of: async (question) => made.get(question) ?? [] }, broken };
}
