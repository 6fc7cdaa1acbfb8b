import { basename, dirname, join } from "node:path";
import { z } from "zod";
import { LabError } from "../../src/core/errors.js";
import type { Mutant } from "../../src/testing/mutant.js";
import type { Question } from "../../src/testing/question.js";
import { importTypeScript } from "./import-typescript.js";
import { equivalentsFile, type Lab } from "./load-lab.js";

export interface LabTests {
  readonly public: readonly Question[];
  readonly hidden: readonly Question[];
}

const questionSchema = z.object({
  id: z.string(),
  define: z.custom<Question["define"]>((value) => typeof value === "function", "must be a function"),
});

const titles = z.array(z.string().min(1)).readonly();

const mutantSchema = z.object({
  question: z.string(),
  misconception: z.string().min(1),
  changes: z.array(z.tuple([z.string().min(1), z.string()]).readonly()).readonly(),
  caughtBy: titles.refine((list) => list.length > 0, "must name a test"),
  alsoFails: titles.optional(),
  feedback: z.string().min(1),
});

/** Loads a lab's test files. Each question must have hidden tests: a grade never rests on public ones alone. */
export async function loadTests(lab: Lab): Promise<LabTests> {
  const tests = {
    public: await loadAll(lab, lab.files.public, questionSchema, (test) => test.id),
    hidden: await loadAll(lab, lab.files.hidden, questionSchema, (test) => test.id),
  };
  const tested = new Set(tests.hidden.map((test) => test.id));
  const untested = lab.source.questions.filter(({ id }) => !tested.has(id));
  if (untested.length > 0)
    throw new LabError(
      "UNTESTED_QUESTION",
      `${lab.manifest.id} has no hidden tests for ${untested.map(({ id }) => id).join(", ")}`,
      `Write ${join("hidden", `${untested[0]?.id}.test.ts`)}.`,
    );
  return tests;
}

/** Loads a lab's mutants: wrong answers that its tests must catch. */
export async function loadMutants(lab: Lab): Promise<Mutant[]> {
  const files = lab.files.mutants.filter((path) => basename(path) !== equivalentsFile);
  const loaded = await loadAll(lab, files, mutantSchema, (mutant) => mutant.question);
  // zod types an absent `alsoFails` as possibly undefined; the interface wants it absent.
  return loaded.map(({ alsoFails, ...rest }) => (alsoFails ? { ...rest, alsoFails } : rest));
}

async function loadAll<T>(
  lab: Lab,
  paths: readonly string[],
  schema: z.ZodType<T>,
  questionOf: (item: T) => string,
): Promise<T[]> {
  const known = lab.source.questions.map(({ id }) => id);
  const items: T[] = [];
  for (const path of paths) {
    const name = `${lab.manifest.id}/${basename(dirname(path))}/${basename(path)}`;
    const parsed = schema.safeParse((await importTypeScript(path)).default);
    if (!parsed.success)
      throw new LabError(
        "BAD_TEST_FILE",
        `${name} exports something else than it should: ${z.prettifyError(parsed.error)}`,
        'Its default export is question("q1", …), or mutant("q1", …) in the folder of mutants.',
      );
    if (!known.includes(questionOf(parsed.data)))
      throw new LabError(
        "UNKNOWN_QUESTION",
        `${name} is about "${questionOf(parsed.data)}", which notebook.ts does not ask`,
        `Questions: ${known.join(", ")}.`,
      );
    items.push(parsed.data);
  }
  return items;
}
