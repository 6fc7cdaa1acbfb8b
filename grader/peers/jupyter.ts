import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { canImport, type PythonEnvironment, peersDir, pythonOf } from "./python-environment.js";

export const environment: PythonEnvironment = {
  folder: join(peersDir, "jupyter"),
  requirements: join(import.meta.dirname, "jupyter.requirements.txt"),
  modules: ["nbclient", "nbconvert"],
};
export const kernelName = "tslab";

/** edgelab's kernel, as students get it. */
export const launcher = resolve(import.meta.dirname, "../../dist/src/notebook/kernel/launcher.js");

/** A Python with nbclient and nbconvert, and the environment in which it finds edgelab's kernel. */
export interface Jupyter {
  readonly python: string;
  readonly env: NodeJS.ProcessEnv;
}

/** Where the kernel's specification stands. */
export const jupyterDir = join(peersDir, "share/jupyter");

/** Jupyter as `ensure-jupyter` left it, or the reason why there is none. */
export function findJupyter(): Jupyter | { readonly missing: string } {
  const python = pythonOf(environment);
  if (!existsSync(join(jupyterDir, "kernels", kernelName)))
    return { missing: "run grader/peers/ensure-jupyter.ts first" };
  if (!existsSync(launcher)) return { missing: "the kernel launcher is not built: npm run build" };
  if (!canImport(python, environment.modules))
    return { missing: `${python} cannot import nbclient and nbconvert` };
  const env = {
    ...process.env,
    // Both, so that kernels, settings and connection files of the user's own Jupyter are neither read nor written.
    JUPYTER_PATH: jupyterDir,
    JUPYTER_DATA_DIR: jupyterDir,
    JUPYTER_CONFIG_DIR: join(peersDir, "config"),
    JUPYTER_RUNTIME_DIR: join(peersDir, "runtime"),
    PYTHONDONTWRITEBYTECODE: "1",
  };
  return { python, env };
}

/** JupyterLab 4 beside it, or the reason why there is none. */
export function findLab(): Jupyter | { readonly missing: string } {
  const jupyter = findJupyter();
  if ("missing" in jupyter || canImport(jupyter.python, ["jupyterlab"])) return jupyter;
  return {
    missing: "pip could not install JupyterLab 4; Debian's packages hold the classic notebook 6 only",
  };
}

/**
 * The same Jupyter with the kernel as tslab's own package starts it, without edgelab's launcher: what who has
 * tslab already opens a notebook with. The folder is to hold the kernel's specification.
 */
export function withStockKernel(jupyter: Jupyter, folder: string): Jupyter {
  const tslab = createRequire(import.meta.url).resolve("tslab/package.json");
  const program = join(dirname(tslab), "bin/tslab");
  writeKernelSpec(folder, [process.execPath, program, "kernel", "--config-path", "{connection_file}"]);
  return { ...jupyter, env: { ...jupyter.env, JUPYTER_PATH: folder, JUPYTER_DATA_DIR: folder } };
}

/** Lets Jupyter find a kernel below this folder, by the name that the notebooks ask for. */
export function writeKernelSpec(folder: string, argv: readonly string[]): void {
  const kernel = join(folder, "kernels", kernelName);
  mkdirSync(kernel, { recursive: true });
  const spec = { argv, display_name: "TypeScript", language: "typescript" };
  writeFileSync(join(kernel, "kernel.json"), `${JSON.stringify(spec, null, 2)}\n`);
}
