import { existsSync, readdirSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { LabError } from "../core/errors.js";
import type { Question } from "../testing/question.js";

const require = createRequire(import.meta.url);

/**
 * Loads a question's public tests from the folder `public` beside the notebook. An edited file is loaded
 * again.
 *
 * @throws LabError where there are no public tests, no such question, or the file doesn't load.
 */
export async function loadPublicTests(labDir: string, id: string): Promise<Question> {
  const ids = publicTestIds(labDir);
  if (ids.length === 0) {
    throw new LabError(
      "NO_PUBLIC_TESTS",
      `there are no public tests here, so ${id} was not checked`,
      "They lie in the folder public beside the notebook: open the notebook in its own folder.",
    );
  }
  if (!ids.includes(id)) {
    const meant = nearest(id, ids);
    throw new LabError(
      "UNKNOWN_QUESTION",
      id === undefined ? "no question is named" : `this lab has no public tests for ${JSON.stringify(id)}`,
      `${meant ? `Did you mean check("${meant}")? ` : ""}Check one of ${ids.join(", ")}.`,
    );
  }
  const loaded = await importDefault(join(labDir, "public", `${id}.test.ts`));
  if (!isQuestion(loaded)) {
    throw new LabError("BAD_TEST_FILE", `public/${id}.test.ts exports no question`, "Restore the file.");
  }
  return loaded;
}

/** "Q1", " q1 ", 1 and "question 1" mean q1. */
function nearest(id: unknown, ids: readonly string[]): string | undefined {
  const given = String(id).toLowerCase();
  const same = ids.find((known) => known.toLowerCase() === given.trim());
  const number = /\d+/.exec(given)?.[0];
  return same ?? ids.find((known) => number !== undefined && /\d+/.exec(known)?.[0] === number);
}

/** The questions that have public tests. */
export function publicTestIds(labDir: string): string[] {
  const folder = join(labDir, "public");
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith(".test.ts"))
    .map((name) => name.slice(0, -".test.ts".length))
    .sort();
}

function isQuestion(value: unknown): value is Question {
  return (
    typeof value === "object" && value !== null && "define" in value && typeof value.define === "function"
  );
}

/**
 * The default export of a TypeScript file, which Node 20 can't import by itself. The hooks are taken out again
 * afterwards: the notebook's own imports go on as the kernel has them. They have no namespace of their own,
 * because that would load a second chai, whose assertions the test runner would not know.
 */
export async function importDefault(path: string): Promise<unknown> {
  // A course's package.json decides whether its files are ES modules or CommonJS; either is fine.
  const [esm, cjs] = await Promise.all([import("tsx/esm/api"), import("tsx/cjs/api")]);
  const unregister = [cjs.register(), esm.register({ tsconfig: false })];
  try {
    // Two caches hold what was loaded before: one goes by the query, the other has to be emptied.
    const changed = statSync(path).mtimeMs;
    for (const key of Object.keys(require.cache)) if (key.startsWith(path)) delete require.cache[key];
    const { default: exported } = await import(`${pathToFileURL(path).href}?changed=${changed}`);
    return isCommonJs(exported) ? exported.default : exported;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.split("\n")[0] : String(cause);
    throw new LabError("CANNOT_LOAD", `${path} can't be loaded: ${reason}`, "Restore the file.", { cause });
  } finally {
    for (const undo of unregister) await undo();
  }
}

function isCommonJs(exported: unknown): exported is { readonly default: unknown } {
  return (
    typeof exported === "object" && exported !== null && "__esModule" in exported && "default" in exported
  );
}
