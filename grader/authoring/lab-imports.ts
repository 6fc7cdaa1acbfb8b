import { readFile } from "node:fs/promises";
import { createRequire, isBuiltin } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";
import type { OnResolveArgs, OnResolveResult, PartialMessage, Plugin, PluginBuild } from "esbuild";

const require = createRequire(import.meta.url);

/**
 * What a lab's file imports. Files of the lab come into the bundle; everything else stays outside of it, named
 * by its absolute URL. `edgelab/…` and chai are those of the running grader, wherever the lab lies: with a
 * second copy of chai, an assertion that failed in a test would be no AssertionError to the judge.
 */
export const labImports: Plugin = {
  name: "lab-imports",
  setup(build) {
    build.onResolve({ filter: /.*/ }, (args) => resolveImport(build, args));
    build.onLoad({ filter: /\.[cm]?[jt]s$/ }, async ({ path: file }) => ({
      contents: placed(await readFile(file, "utf8"), file),
      loader: file.endsWith("ts") ? "ts" : "js",
    }));
  },
};

async function resolveImport(build: PluginBuild, args: OnResolveArgs): Promise<OnResolveResult | undefined> {
  const { path: specifier, kind, importer, resolveDir } = args;
  if (kind === "entry-point" || args.pluginData === "asked" || isBuiltin(specifier)) return undefined;
  if (isOfTheGrader(specifier)) return ofTheGrader(specifier);
  const found = await build.resolve(specifier, { kind, importer, resolveDir, pluginData: "asked" });
  if (found.errors.length > 0) return { errors: found.errors };
  const isPackage = found.path.split(path.sep).includes("node_modules");
  return isPackage ? { path: pathToFileURL(found.path).href, external: true } : { path: found.path };
}

function ofTheGrader(specifier: string): OnResolveResult {
  try {
    return { path: urlOfPackage(specifier, "."), external: true };
  } catch {
    return { errors: [{ text: `edgelab has no "${specifier}"` } satisfies PartialMessage] };
  }
}

function isOfTheGrader(specifier: string): boolean {
  return /^(edgelab|chai)(\/|$)/.test(specifier);
}

/** What a file in `dir` imports by a package's name, as something that can be imported from anywhere. */
export function urlOfPackage(specifier: string, dir: string): string {
  if (isBuiltin(specifier)) return specifier;
  const from = isOfTheGrader(specifier) ? require : createRequire(path.resolve(dir, "any.js"));
  return pathToFileURL(from.resolve(specifier)).href;
}

/** In a bundle `import.meta` is the bundle's: the file's own place stands before its text, on the first line. */
function placed(text: string, file: string): string {
  const place = { url: pathToFileURL(file).href, filename: file, dirname: path.dirname(file) };
  return text.includes("import.meta") ? `const ${placeName} = ${JSON.stringify(place)};${text}` : text;
}

/** What `import.meta` is replaced by. */
export const placeName = "edgelabPlaceOfThisFile";
