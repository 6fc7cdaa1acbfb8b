/*
 * Makes `.peers/jupyter`, a Python environment with the Jupyter programs that edgelab is compared with, and a
 * kernel specification beside it. Asks nothing, changes nothing outside of `.peers`, and does nothing where
 * that is done already. Debian's packages serve where pip cannot: those are installed only by root.
 *
 *   npx tsx grader/peers/ensure-jupyter.ts
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { canImport, findJupyter, kernelSpec, launcher, venvDir } from "./jupyter.js";

const requirements = join(import.meta.dirname, "requirements.txt");
/** The requirements that the environment was made with, written last: an interrupted install starts again. */
const stamp = join(venvDir, "requirements.txt");
const python = join(venvDir, "bin/python");

function run(command: string, ...args: string[]): boolean {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive", PIP_DISABLE_PIP_VERSION_CHECK: "1" };
  const { status, error, stderr } = spawnSync(command, args, { env, stdio: ["ignore", "ignore", "pipe"] });
  if (status === 0) return true;
  const said = stderr?.toString().trim().split("\n").at(-1) ?? "";
  console.error(`could not: ${command} ${args.slice(0, 4).join(" ")}: ${error?.message ?? said}`);
  return false;
}

function isComplete(): boolean {
  const made = existsSync(stamp) && readFileSync(stamp, "utf8") === readFileSync(requirements, "utf8");
  return made && canImport(python);
}

function installByPip(): boolean {
  rmSync(venvDir, { recursive: true, force: true });
  return (
    run("python3", "-m", "venv", venvDir) &&
    run(python, "-m", "pip", "install", "--quiet", "--no-input", "--requirement", requirements)
  );
}

function installByApt(): boolean {
  const debian = "/usr/bin/python3";
  if (!canImport(debian)) {
    if (process.getuid?.() !== 0 || !existsSync("/usr/bin/apt-get")) return false;
    const packages = ["python3-nbclient", "python3-nbconvert"];
    run("apt-get", "update", "-qq");
    if (!run("apt-get", "install", "-qq", "--no-install-recommends", ...packages)) return false;
  }
  rmSync(venvDir, { recursive: true, force: true });
  return run(debian, "-m", "venv", "--without-pip", "--system-site-packages", venvDir) && canImport(python);
}

function writeKernelSpec(): void {
  const argv = [process.execPath, launcher, "kernel", "--config-path", "{connection_file}"];
  mkdirSync(dirname(kernelSpec), { recursive: true });
  writeFileSync(
    kernelSpec,
    `${JSON.stringify({ argv, display_name: "TypeScript", language: "typescript" }, null, 2)}\n`,
  );
}

writeKernelSpec();
if (!isComplete() && (installByPip() || installByApt())) {
  writeFileSync(stamp, readFileSync(requirements, "utf8"));
}
const jupyter = findJupyter();
console.log("missing" in jupyter ? `Jupyter: none (${jupyter.missing})` : `Jupyter: ${jupyter.python}`);
