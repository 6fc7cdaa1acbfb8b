import { type ChildProcess, spawn } from "node:child_process";
import { delimiter, join, relative, sep } from "node:path";
import { createInterface } from "node:readline";
import { jupyterPath } from "../kernel/kernel-spec.js";
import type { Interface, Jupyter } from "./find-jupyter.js";
import { jupyterLog } from "./log.js";

export interface StartOptions {
  readonly jupyter: Jupyter;
  readonly root: string;
  /** The notebook or folder to open, below the root. */
  readonly open: string;
  readonly browser: boolean;
  readonly extra: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly isRoot: boolean;
  readonly onUrl: (url: string) => void;
  readonly onLine: (line: string) => void;
}

/** Jupyter, running. */
export interface RunningJupyter {
  /** Its exit code, when it has ended; 0 where it was asked to. */
  readonly ended: Promise<number>;
  /** Asks it to end with all its kernels; a second time, it is ended. */
  stop(): void;
}

/**
 * Starts Jupyter on a course. It gets a process group of its own and no input: Ctrl-C goes to this program, which
 * ends Jupyter in order, and Jupyter does not ask whether that was meant.
 */
export function startJupyter(options: StartOptions): RunningJupyter {
  const [program, ...args] = [...options.jupyter.command, ...jupyterArguments(options)];
  const child = spawn(program ?? "", args, {
    cwd: options.root,
    env: jupyterEnvironment(options),
    stdio: ["ignore", "ignore", "pipe"],
    detached: true,
  });
  tellLog(child, options);
  let isAsked = false;
  const ended = new Promise<number>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve(isAsked ? 0 : (code ?? 1)));
  });
  const stop = (): void => {
    child.kill(isAsked ? "SIGKILL" : "SIGTERM");
    isAsked = true;
  };
  return { ended, stop };
}

function tellLog(child: ChildProcess, { onUrl, onLine }: StartOptions): void {
  if (child.stderr === null) return;
  const read = jupyterLog();
  let isTold = false;
  createInterface({ input: child.stderr }).on("line", (line) => {
    const { show, url } = read(line);
    if (show) onLine(line);
    if (url !== undefined && !isTold) onUrl(url);
    isTold ||= url !== undefined;
  });
}

/** What Jupyter is told by its arguments; those that the user gave come last and win. */
export function jupyterArguments(options: Omit<StartOptions, "env" | "onUrl" | "onLine">): string[] {
  const { jupyter, root, browser, isRoot, extra } = options;
  const kind = jupyter.interface;
  return [
    kind === "classic" ? `--NotebookApp.notebook_dir=${root}` : `--ServerApp.root_dir=${root}`,
    `--${application[kind]}.default_url=${openUrl(kind, relative(root, options.open))}`,
    ...(browser ? [] : ["--no-browser"]),
    // It refuses to run as root unless it is told to: in a container there is no other user.
    ...(isRoot ? ["--allow-root"] : []),
    ...extra,
  ];
}

const application: Readonly<Record<Interface, string>> = {
  lab: "LabApp",
  notebook: "JupyterNotebookApp",
  classic: "NotebookApp",
};

function openUrl(kind: Interface, path: string): string {
  const encoded = path.split(sep).map(encodeURIComponent).join("/");
  if (kind === "lab") return `/lab/tree/${encoded}`;
  return path.endsWith(".ipynb") ? `/notebooks/${encoded}` : `/tree/${encoded}`;
}

/** The user's own environment, and the project's kernels before all others. */
export function jupyterEnvironment({ env, root }: Pick<StartOptions, "env" | "root">): NodeJS.ProcessEnv {
  const path = [join(root, jupyterPath), ...(env.JUPYTER_PATH ? [env.JUPYTER_PATH] : [])].join(delimiter);
  return { ...env, JUPYTER_PATH: path };
}
