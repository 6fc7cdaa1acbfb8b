import { isBuiltin } from "node:module";
import type { OnResolveArgs, OnResolveResult, Plugin, PluginBuild } from "esbuild";
import { LabError } from "../../src/core/errors.js";
import { isOffered, needsTensorFlow, tensorFlow } from "../../src/lab/offered.js";
import type { EvaluateProgram } from "../engine/evaluator.js";
import { reasonOf } from "./import-typescript.js";
import type { Lab } from "./load-lab.js";

type Needed = Pick<Lab, "dir" | "manifest" | "files">;

/**
 * The lab's `evaluate.ts` as one text, for a jail that has edgelab and its packages; undefined where there is none.
 * Of the lab's other files it may import modules in `hidden/` that are no tests.
 *
 * @throws LabError CANNOT_LOAD where it is not TypeScript, or imports what the jail doesn't have.
 */
export async function bundleEvaluate(lab: Needed): Promise<EvaluateProgram | undefined> {
  const [file] = lab.files.evaluate;
  if (file === undefined) return undefined;
  const packages = new Set(lab.manifest.packages);
  try {
    const { build } = await import("esbuild");
    const { outputFiles } = await build({
      entryPoints: [file],
      bundle: true,
      write: false,
      format: "cjs",
      platform: "node",
      target: "node20",
      plugins: [evaluateImports(lab, packages)],
      tsconfigRaw: {},
      // The lab's list of files has them as they are named, wherever links lead.
      preserveSymlinks: true,
      absWorkingDir: lab.dir,
      logLevel: "silent",
    });
    return { code: outputFiles[0]?.text ?? "", packages: [...packages] };
  } catch (cause) {
    throw new LabError("CANNOT_LOAD", `${file} cannot be loaded: ${reasonOf(cause)}`, "Correct the file.", {
      cause,
    });
  }
}

function evaluateImports(lab: Needed, packages: Set<string>): Plugin {
  return {
    name: "evaluate-imports",
    setup(build) {
      build.onResolve({ filter: /.*/ }, (args) => resolveImport(build, args, lab, packages));
    },
  };
}

async function resolveImport(
  build: PluginBuild,
  { path, kind, importer, resolveDir, pluginData }: OnResolveArgs,
  { files }: Needed,
  packages: Set<string>,
): Promise<OnResolveResult | undefined> {
  if (kind === "entry-point" || pluginData === "asked" || isBuiltin(path)) return undefined;
  if (/^[./]/.test(path)) {
    const found = await build.resolve(path, { kind, importer, resolveDir, pluginData: "asked" });
    if (found.errors.length > 0 || files.helpers.includes(found.path)) return found;
    return refused(`"${path}" is no module of the lab's folder hidden, or is a test`);
  }
  const [first = "", second = ""] = path.split("/");
  const name = first.startsWith("@") ? `${first}/${second}` : first;
  if (name !== "edgelab") packages.add(name);
  else {
    const subpath = path.slice("edgelab/".length);
    if (!isOffered(subpath, [])) return refused(`the evaluator does not have "${path}"`);
    if (needsTensorFlow(subpath)) packages.add(tensorFlow[0]);
  }
  return { path, external: true };
}

function refused(text: string): OnResolveResult {
  return { errors: [{ text }] };
}
