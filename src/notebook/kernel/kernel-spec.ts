import { mkdir, readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The name by which notebooks ask for the kernel: tslab's own, so that they open with a stock tslab as well. */
export const kernelName = "tslab";

/** What Jupyter knows of a kernel. */
export interface KernelSpec {
  readonly argv: readonly string[];
  readonly display_name: string;
  readonly language: string;
}

/** Where a project keeps what Jupyter reads of it, relative to its root. */
export const jupyterPath = join(".jupyter", "share", "jupyter");

/** The folder and file of the kernel in a project. */
export function kernelSpecFile(root: string): string {
  return join(root, jupyterPath, "kernels", kernelName, "kernel.json");
}

/** Starts this very edgelab's launcher with this very Node, wherever Jupyter runs and whatever its PATH says. */
export function kernelSpec(): KernelSpec {
  const here = fileURLToPath(import.meta.url);
  const launcher = fileURLToPath(new URL(`launcher${extname(here)}`, import.meta.url));
  // From source (in our own tests) Node 20 needs a loader.
  const loader = extname(here) === ".ts" ? ["--import", createRequire(import.meta.url).resolve("tsx")] : [];
  const argv = [process.execPath, ...loader, launcher, "kernel", "--config-path", "{connection_file}"];
  return { argv, display_name: "TypeScript", language: "typescript" };
}

/** Writes the kernel into a project, where it is not there as it should be; gives back its file. */
export async function installKernel(root: string): Promise<string> {
  const file = kernelSpecFile(root);
  const text = `${JSON.stringify(kernelSpec(), null, 2)}\n`;
  if ((await readFile(file, "utf8").catch(() => "")) === text) return file;
  await mkdir(join(file, ".."), { recursive: true });
  await writeFile(file, text);
  return file;
}
