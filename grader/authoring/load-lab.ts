import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { basename, join, relative } from "node:path";
import { z } from "zod";
import { LabError } from "../../src/core/errors.js";
import type { LabSource } from "../../src/lab/cells.js";
import type { LabManifest } from "../../src/lab/manifest.js";
import { importTypeScript } from "./import-typescript.js";
import { parsePercent } from "./percent.js";

/** A lab's folder, read: enough to build it, to grade with it and to say what it was graded with. */
export interface Lab {
  readonly dir: string;
  readonly manifest: LabManifest;
  readonly source: LabSource;
  readonly release: string;
  /** Over names and contents of the tests, mutants and evaluate.ts, and of what they import. */
  readonly testsHash: string;
  /** Absolute paths, in the order of their names. */
  readonly files: {
    readonly public: string[];
    readonly hidden: string[];
    readonly mutants: string[];
    /** Other modules and JSON in the folders of hidden tests and mutants, for these to import. */
    readonly helpers: string[];
    /** `evaluate.ts`, where there is one: what the grader's second sandbox runs. */
    readonly evaluate: string[];
  };
}

/** Among the mutants, and none of them: what the author says of changes that make no wrong answer. */
export const equivalentsFile = "equivalent.ts";

const positive = z.number().int().positive();

const manifestSchema = z.strictObject({
  id: z.string(),
  title: z.string().min(1),
  packages: z.array(z.string().regex(/^(@[a-z0-9._-]+\/)?[a-z0-9][a-z0-9._-]*$/)),
  withheld: z.array(z.string().regex(/^[a-z0-9-]+(\/[a-z0-9-]+)*$/)),
  limits: z.strictObject({ cellCpuMs: positive, callCpuMs: positive, memoryBytes: positive }),
});

/** Reads the lab in a folder. Its tests are listed and hashed, and loaded by `loadTests`. */
export async function loadLab(dir: string): Promise<Lab> {
  const manifest = await loadManifest(dir);
  const source = parsePercent(await readSource(dir), `${manifest.id}/notebook.ts`);
  const tests = {
    public: await filesIn(join(dir, "public"), ".test.ts"),
    hidden: await filesIn(join(dir, "hidden"), ".test.ts"),
    mutants: await filesIn(join(dir, "mutants"), ".ts"),
  };
  const known = new Set([...tests.hidden, ...tests.mutants]);
  const below = [...(await modulesBelow(join(dir, "hidden"))), ...(await modulesBelow(join(dir, "mutants")))];
  const evaluate = (await filesIn(dir, ".ts")).filter((file) => basename(file) === "evaluate.ts");
  const files = { ...tests, helpers: below.filter((file) => !known.has(file)), evaluate };
  return { dir, manifest, source, release: source.release, testsHash: await hashOf(dir, files), files };
}

async function loadManifest(dir: string): Promise<LabManifest> {
  const id = basename(dir);
  const module = await importTypeScript(join(dir, "lab.ts"));
  const parsed = manifestSchema.safeParse(module.default);
  if (!parsed.success)
    throw new LabError(
      "BAD_MANIFEST",
      `${id}/lab.ts does not export a lab: ${z.prettifyError(parsed.error)}`,
      "Write export default defineLab({ id, title, packages, withheld }).",
    );
  if (parsed.data.id !== id)
    throw new LabError(
      "BAD_MANIFEST",
      `${id}/lab.ts says that its id is "${parsed.data.id}"`,
      "Give the folder and the id the same name.",
    );
  return parsed.data;
}

async function readSource(dir: string): Promise<string> {
  try {
    return await readFile(join(dir, "notebook.ts"), "utf8");
  } catch (cause) {
    throw new LabError(
      "NO_LAB_SOURCE",
      `${dir} has no notebook.ts that can be read`,
      "Write the lab's notebook.",
      {
        cause,
      },
    );
  }
}

// A folder that is not there is an empty one: a lab may have no public tests.
async function filesIn(folder: string, ending: string): Promise<string[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  return names
    .filter((name) => name.endsWith(ending))
    .sort()
    .map((name) => join(folder, name));
}

async function modulesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true }).catch(() => []);
  const modules = entries.filter((entry) => entry.isFile() && /^[^.].*\.([cm]?[jt]s|json)$/.test(entry.name));
  return modules.map((entry) => join(entry.parentPath, entry.name)).sort();
}

async function hashOf(dir: string, files: Lab["files"]): Promise<string> {
  const hash = createHash("sha256");
  for (const [kind, paths] of Object.entries(files))
    for (const path of paths) {
      const content = await readFile(path);
      // Helpers of one name may lie in several folders.
      const name = kind === "helpers" ? relative(dir, path) : basename(path);
      hash.update(`${kind}/${name} ${content.length}\n`).update(content);
    }
  return hash.digest("hex");
}
