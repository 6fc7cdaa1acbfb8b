import { existsSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { LabError } from "../../../src/core/errors.js";
import type { Equivalent } from "../../../src/testing/mutant.js";
import { importTypeScript } from "../import-typescript.js";
import { equivalentsFile, type Lab } from "../load-lab.js";
import type { AutomaticMutant } from "./mutate/mutate.js";

export type { Equivalent } from "../../../src/testing/mutant.js";

const schema = z.array(
  z.object({
    question: z.string(),
    change: z.tuple([z.string().min(1), z.string()]).readonly(),
    reason: z.string().min(1),
  }),
);

/** What the author says of mutants that no test can catch, since they are right answers too. */
export async function loadEquivalents(lab: Lab): Promise<readonly Equivalent[]> {
  const file = join(lab.dir, "mutants", equivalentsFile);
  if (!existsSync(file)) return [];
  const parsed = schema.safeParse((await importTypeScript(file)).default);
  if (parsed.success) return parsed.data;
  throw new LabError(
    "BAD_EQUIVALENTS",
    `${lab.manifest.id}/mutants/${equivalentsFile} exports something else than it should: ${z.prettifyError(parsed.error)}`,
    "Write export default equivalents([{ question, change: [before, after], reason }]).",
  );
}

/** Whether an entry means this mutant: the same lines before and after it, wherever they begin. */
export function isMeant({ question, change }: Equivalent, mutant: AutomaticMutant): boolean {
  const [before, after] = change;
  return (
    question === mutant.question &&
    trimmed(before.split("\n")) === trimmed(mutant.before) &&
    trimmed(after.split("\n")) === trimmed(mutant.after)
  );
}

function trimmed(lines: readonly string[]): string {
  return lines.map((line) => line.trim()).join("\n");
}
