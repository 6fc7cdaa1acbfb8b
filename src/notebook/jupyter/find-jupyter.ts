import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";

/** The pages in which notebooks open. */
export type Interface = "lab" | "notebook" | "classic";

/** A Jupyter that can be started. */
export interface Jupyter {
  readonly interface: Interface;
  readonly version: string;
  /** The program and its first arguments: `["/usr/bin/python3", "-m", "jupyterlab"]`. */
  readonly command: readonly [string, ...string[]];
}

export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The course: a virtual environment in it comes before what is on PATH. */
  readonly root: string;
}

/** The first is what is meant; the others are what else could be started. */
export async function findJupyter(where: Surroundings): Promise<readonly Jupyter[]> {
  const found = await Promise.all(candidates(where).map((candidate) => candidate.ask(where.env)));
  const all = found.flat();
  // A program and the Python beside it are the same.
  return all.filter((jupyter, index) => all.findIndex((other) => isSame(jupyter, other)) === index);
}

function isSame(a: Jupyter, b: Jupyter): boolean {
  return a.interface === b.interface && dirname(a.command[0]) === dirname(b.command[0]);
}

interface Candidate {
  ask(env: Surroundings["env"]): Promise<Jupyter[]>;
}

function candidates({ env, root }: Surroundings): Candidate[] {
  const active = [env.VIRTUAL_ENV, join(root, ".venv"), join(root, "venv"), env.CONDA_PREFIX];
  const first = active.flatMap((folder) => (folder ? [join(folder, "bin")] : []));
  const onPath = (env.PATH ?? "").split(delimiter).filter((folder) => folder.startsWith("/"));
  // Where Debian's own Python lies, although another one may come first or PATH may be short.
  const folders = [...new Set([...first, ...onPath, "/usr/bin", "/usr/local/bin", "/opt/homebrew/bin"])];
  return folders.flatMap((folder) => [
    ...pythons(folder),
    // As pipx makes them: their Python lies elsewhere.
    ...programs(folder, "jupyter-lab", "lab"),
    ...programs(folder, "jupyter-notebook", "notebook"),
  ]);
}

function pythons(folder: string): Candidate[] {
  const path = ["python3", "python"].map((name) => join(folder, name)).find(existsSync);
  return path === undefined ? [] : [{ ask: (env) => askPython(path, env) }];
}

function programs(folder: string, name: string, kind: "lab" | "notebook"): Candidate[] {
  const path = join(folder, name);
  if (!existsSync(path)) return [];
  const ask = async (env: Surroundings["env"]): Promise<Jupyter[]> => {
    const version = (await output(path, ["--version"], env)).trim();
    const found = versionOf(version) && toJupyter(kind, version, [path]);
    return found ? [found] : [];
  };
  return [{ ask }];
}

const question = `
from importlib.metadata import version
for name in ("jupyterlab", "notebook"):
    try:
        print(name, version(name))
    except Exception:
        pass
`;

/** What is installed, without loading it: that would take seconds for each. */
async function askPython(python: string, env: Surroundings["env"]): Promise<Jupyter[]> {
  const lines = (await output(python, ["-c", question], env)).trim().split("\n");
  return lines.flatMap((line) => {
    const [name = "", version = ""] = line.split(" ");
    if (name !== "jupyterlab" && name !== "notebook") return [];
    const found = toJupyter(name === "jupyterlab" ? "lab" : "notebook", version, [python, "-m", name]);
    return found ? [found] : [];
  });
}

/** JupyterLab before 4 and Notebook before 6 are older than what edgelab is tried with. */
function toJupyter(
  kind: "lab" | "notebook",
  version: string,
  command: Jupyter["command"],
): Jupyter | undefined {
  const major = versionOf(version) ?? 0;
  if (kind === "lab") return major >= 4 ? { interface: "lab", version, command } : undefined;
  if (major >= 7) return { interface: "notebook", version, command };
  return major === 6 ? { interface: "classic", version, command } : undefined;
}

function versionOf(text: string): number | undefined {
  const [, major] = /^(\d+)\.\d+[\w.]*$/.exec(text) ?? [];
  return major === undefined ? undefined : Number(major);
}

/** Empty where the program fails, as pyenv's shim of a program that another Python has. */
function output(file: string, args: readonly string[], env: Surroundings["env"]): Promise<string> {
  return new Promise((resolve) => {
    const options = { env: { ...env }, timeout: 20_000, maxBuffer: 64 * 1024 };
    execFile(file, args, options, (error, stdout) => resolve(error ? "" : stdout));
  });
}
