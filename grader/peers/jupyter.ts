import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
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

const jupyterDir = join(peersDir, "share/jupyter");
export const kernelSpec = join(jupyterDir, "kernels", kernelName, "kernel.json");

/** Jupyter as `ensure-jupyter` left it, or the reason why there is none. */
export function findJupyter(): Jupyter | { readonly missing: string } {
  const python = pythonOf(environment);
  if (!existsSync(kernelSpec)) return { missing: "run grader/peers/ensure-jupyter.ts first" };
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
