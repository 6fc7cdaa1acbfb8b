import { pathToFileURL } from "node:url";
import { LabError } from "../../src/core/errors.js";

let registered = false;

/**
 * Imports a TypeScript file of a lab at run time, from plain Node too (which on version 20 strips no types).
 * The hook is registered without a namespace: a namespaced one would load a second copy of chai for the tests,
 * and an assertion that failed there would not be an instance of the judge's AssertionError.
 */
export async function importTypeScript(path: string): Promise<Record<string, unknown>> {
  if (!registered) {
    registered = true;
    const { register } = await import("tsx/esm/api");
    register({ tsconfig: false });
  }
  try {
    return await import(pathToFileURL(path).href);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.split("\n")[0] : String(cause);
    throw new LabError("CANNOT_LOAD", `${path} cannot be loaded: ${reason}`, "Correct the file.", { cause });
  }
}
