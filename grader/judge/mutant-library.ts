import { transformSync } from "esbuild";
import type { LabSource } from "../../src/lab/cells.js";
import { applyMutant, type Mutant } from "../../src/testing/mutant.js";
import { urlOfPackage } from "../authoring/lab-imports.js";
import type { Lab } from "../authoring/load-lab.js";
import type { CallableMutant, MutantLibrary } from "./misconceptions.js";

type Functions = Readonly<Record<string, unknown>>;

/** Builds a lab's mutants when a question first needs them, and keeps them. */
export function mutantLibrary(lab: Pick<Lab, "dir" | "source">, mutants: readonly Mutant[]): MutantLibrary {
  const built = new Map<string, Promise<readonly CallableMutant[]>>();
  const build = (question: string): Promise<readonly CallableMutant[]> =>
    Promise.all(
      mutants
        .filter((mutant) => mutant.question === question)
        .map(async (mutant) => ({
          feedback: mutant.feedback,
          caughtBy: mutant.caughtBy,
          functions: await functionsOf(mutatedText(lab.source, mutant), lab.dir),
        })),
    );
  return {
    of(question) {
      const known = built.get(question) ?? build(question);
      built.set(question, known);
      return known;
    },
  };
}

/** The lab's own code and the reference's answers, one of them changed. */
function mutatedText(source: LabSource, mutant: Mutant): string {
  return source.cells
    .filter(({ role }) => role === "code" || role === "answer")
    .map(({ question, reference }) =>
      question === mutant.question ? applyMutant(reference, mutant) : reference,
    )
    .join("\n");
}

/** Evaluates the course's own text in this process, and gives its top-level names. */
async function functionsOf(text: string, dir: string): Promise<Functions> {
  const names = [...text.matchAll(/^(?:async )?(?:function|const|let|class) ([A-Za-z_$][\w$]*)/gm)].map(
    (match) => match[1],
  );
  const modules = new Map<string, unknown>();
  for (const [, specifier = ""] of text.matchAll(/^import .*from "([^"]+)";?$/gm)) {
    modules.set(specifier, await import(urlOfPackage(specifier, dir)));
  }
  const { code } = transformSync(text, { loader: "ts", format: "cjs", target: "node20" });
  const evaluate = new Function("require", "exports", "module", `${code}\nreturn { ${names.join(", ")} };`);
  return evaluate((specifier: string) => modules.get(specifier), {}, {}) as Functions;
}
