/*
 * Makes `.peers/jupyter`, a Python environment with the Jupyter programs that edgelab is compared with, and a
 * kernel specification beside it. Asks nothing, changes nothing outside of `.peers`, and does nothing where
 * that is done already. Debian's packages serve where pip cannot: those are installed only by root.
 *
 *   npx tsx grader/peers/ensure-jupyter.ts
 */
import { existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { environment, findJupyter, findLab, jupyterDir, launcher, writeKernelSpec } from "./jupyter.js";
import {
  canImport,
  installByPip,
  isComplete,
  markComplete,
  peersDir,
  pythonOf,
  run,
} from "./python-environment.js";

function installByApt(): boolean {
  const debian = "/usr/bin/python3";
  const { folder, modules } = environment;
  if (!canImport(debian, modules)) {
    if (process.getuid?.() !== 0 || !existsSync("/usr/bin/apt-get")) return false;
    const packages = ["python3-nbclient", "python3-nbconvert"];
    run("apt-get", "update", "-qq");
    if (!run("apt-get", "install", "-qq", "--no-install-recommends", ...packages)) return false;
  }
  rmSync(folder, { recursive: true, force: true });
  const made = run(debian, "-m", "venv", "--without-pip", "--system-site-packages", folder);
  return made && canImport(pythonOf(environment), modules);
}

/** JupyterLab's own scripts for Node are of the old kind; in a package of modules they end with an error. */
function writePackage(): void {
  writeFileSync(join(peersDir, "package.json"), `${JSON.stringify({ private: true, type: "commonjs" })}\n`);
}

writeKernelSpec(jupyterDir, [process.execPath, launcher, "kernel", "--config-path", "{connection_file}"]);
writePackage();
if (!isComplete(environment) && (installByPip(environment) || installByApt())) markComplete(environment);
const jupyter = findJupyter();
console.log("missing" in jupyter ? `Jupyter: none (${jupyter.missing})` : `Jupyter: ${jupyter.python}`);
const lab = findLab();
console.log("missing" in lab ? `JupyterLab: none (${lab.missing})` : "JupyterLab: 4");
