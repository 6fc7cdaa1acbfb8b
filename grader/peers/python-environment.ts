import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

/** Where the programs that edgelab is compared with are installed: nothing is written outside of it. */
export const peersDir = resolve(import.meta.dirname, "../../.peers");

/** A folder of Python packages: exactly those of a requirements file, and proof that they load. */
export interface PythonEnvironment {
  readonly folder: string;
  readonly requirements: string;
  readonly modules: readonly string[];
}

export function pythonOf({ folder }: PythonEnvironment): string {
  return join(folder, "bin/python");
}

export function canImport(python: string, modules: readonly string[]): boolean {
  return spawnSync(python, ["-c", `import ${modules.join(", ")}`], { stdio: "ignore" }).status === 0;
}

/** Whether the environment was made to its end, with the requirements of today. */
export function isComplete(environment: PythonEnvironment): boolean {
  const { requirements, modules } = environment;
  const stamp = stampOf(environment);
  const made = existsSync(stamp) && readFileSync(stamp, "utf8") === readFileSync(requirements, "utf8");
  return made && canImport(pythonOf(environment), modules);
}

export function installByPip(environment: PythonEnvironment): boolean {
  const { folder, requirements, modules } = environment;
  rmSync(folder, { recursive: true, force: true });
  const python = pythonOf(environment);
  return (
    run("python3", "-m", "venv", folder) &&
    run(python, "-m", "pip", "install", "--quiet", "--no-input", "--requirement", requirements) &&
    canImport(python, modules)
  );
}

/** Written last: an interrupted install starts again. */
export function markComplete(environment: PythonEnvironment): void {
  writeFileSync(stampOf(environment), readFileSync(environment.requirements, "utf8"));
}

function stampOf({ folder }: PythonEnvironment): string {
  return join(folder, "requirements.txt");
}

/** Runs an installer; what went wrong is told in one line. */
export function run(command: string, ...args: string[]): boolean {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive", PIP_DISABLE_PIP_VERSION_CHECK: "1" };
  const { status, error, stderr } = spawnSync(command, args, { env, stdio: ["ignore", "ignore", "pipe"] });
  if (status === 0) return true;
  const said = stderr?.toString().trim().split("\n").at(-1) ?? "";
  console.error(`could not: ${command} ${args.slice(0, 4).join(" ")}: ${error?.message ?? said}`);
  return false;
}
