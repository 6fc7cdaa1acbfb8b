import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import type { Message } from "esbuild";
import { LabError } from "../../src/core/errors.js";

/**
 * Imports a TypeScript file of a lab at run time, from plain Node too (which on version 20 strips no types). It
 * is always an ES module, whatever the package.json above it says, and no package.json needs to be there. An
 * edited file is loaded anew.
 *
 * @throws LabError CANNOT_LOAD with the place where it is not TypeScript, imports what is not there, or throws.
 */
export async function importTypeScript(file: string): Promise<Record<string, unknown>> {
  try {
    // So that a stack names lines of the lab's file.
    process.setSourceMapsEnabled(true);
    return await importText(await bundled(file));
  } catch (cause) {
    throw new LabError("CANNOT_LOAD", `${file} cannot be loaded: ${reasonOf(cause)}`, "Correct the file.", {
      cause,
    });
  }
}

async function bundled(file: string): Promise<string> {
  const [{ build }, { labImports, placeName }] = await Promise.all([
    import("esbuild"),
    import("./lab-imports.js"),
  ]);
  const { outputFiles } = await build({
    entryPoints: [file],
    bundle: true,
    write: false,
    format: "esm",
    platform: "node",
    target: `node${process.versions.node}`,
    define: { "import.meta": placeName },
    plugins: [labImports],
    // A tsconfig.json of the course is for its editor.
    tsconfigRaw: {},
    sourcemap: "inline",
    absWorkingDir: path.dirname(file),
    sourceRoot: `${pathToFileURL(path.dirname(file)).href}/`,
    logLevel: "silent",
  });
  return outputFiles[0]?.text ?? "";
}

/** From a file, which is gone at once: stacks that pass through a data: URL show its whole text. */
async function importText(code: string): Promise<Record<string, unknown>> {
  const folder = await mkdtemp(path.join(tmpdir(), "edgelab-import-"));
  try {
    const module = path.join(folder, "module.mjs");
    await writeFile(module, code);
    return await import(pathToFileURL(module).href);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Why a file could not be bundled or loaded, in one line. */
export function reasonOf(cause: unknown): string {
  const [message] = messagesOf(cause);
  if (message) {
    const { location: at, text } = message;
    return at ? `${text} (${at.file}, line ${at.line}, column ${at.column + 1})` : text;
  }
  return cause instanceof Error ? (cause.message.split("\n")[0] ?? "") : String(cause);
}

/** What esbuild found, where that is why it failed. */
function messagesOf(cause: unknown): readonly Message[] {
  return cause instanceof Error && "errors" in cause && Array.isArray(cause.errors) ? cause.errors : [];
}
