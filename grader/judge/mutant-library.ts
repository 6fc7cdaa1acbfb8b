import { transformSync } from "esbuild";
import type { LabSource } from "../../src/lab/cells.js";
import type { Mutant } from "../../src/testing/mutant.js";
import { applyMutant } from "../../src/testing/mutant.js";
import type { CallableMutant, MutantLibrary } from "./misconceptions.js";

/** Builds a lab's mutants when a question first needs them, and keeps them. */
export function mutantLibrary(source: LabSource, mutants: readonly Mutant[]): MutantLibrary {
  const built = new Map<string, readonly CallableMutant[]>();
  return {
    async of(question) {
      const known = built.get(question);
      if (known) return known;
      const callable = mutants
        .filter((mutant) => mutant.question === question)
        .map((mutant) => ({ feedback: mutant.feedback, functions: mutantFunctions(source, mutant) }));
      built.set(question, callable);
      return callable;
    },
  };
}

/** The reference's answers, one of them changed, as functions of this process. */
function mutantFunctions(source: LabSource, mutant: Mutant): Readonly<Record<string, unknown>> {
  const answers = source.cells.filter(({ role }) => role === "answer");
  const text = answers
    .map((cell) => (cell.question === mutant.question ? applyMutant(cell.reference, mutant) : cell.reference))
    .join("\n");
  const names = [...text.matchAll(/^(?:async )?(?:function|const|let|class) ([A-Za-z_$][\w$]*)/gm)].map(
    (match) => match[1],
  );
  const { code } = transformSync(text, { loader: "ts", format: "cjs", target: "node20" });
  return new Function(`${code}\nreturn { ${names.join(", ")} };`)() as Readonly<Record<string, unknown>>;
}
