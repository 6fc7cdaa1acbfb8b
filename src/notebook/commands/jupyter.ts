import { existsSync } from "node:fs";
import { join } from "node:path";
import { LabError } from "../../core/errors.js";
import { findJupyter, type Jupyter } from "../jupyter/find-jupyter.js";
import { howToGetJupyter } from "../jupyter/how-to-get.js";
import { startJupyter } from "../jupyter/start.js";
import { installKernel } from "../kernel/kernel-spec.js";
import { type Course, findCourse, findNotebook } from "./find-course.js";
import type { Terminal } from "./terminal.js";

export interface JupyterOptions {
  readonly lab: string | undefined;
  readonly browser: boolean;
  /** Handed on to Jupyter. */
  readonly extra: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Called with what ends Jupyter: cli.ts listens for Ctrl-C. */
  readonly onStop: (stop: () => void) => void;
}

const names = {
  lab: "JupyterLab",
  notebook: "Jupyter Notebook",
  classic: "the classic Jupyter Notebook",
} as const;

/**
 * Opens a course's labs in Jupyter, with edgelab's kernel; gives back Jupyter's exit code.
 *
 * @throws LabError NO_JUPYTER with how to get it; UNKNOWN_LAB, NO_COURSE.
 */
export async function jupyter(options: JupyterOptions, terminal: Terminal): Promise<number> {
  const { cwd, env, browser, extra } = options;
  const course = findCourse(cwd);
  const open = target(course, options.lab, cwd);
  const [found] = await findJupyter({ env, root: course.root });
  if (found === undefined) throw noJupyter(env);
  await installKernel(course.root);
  const isRoot = process.getuid?.() === 0;
  for (const line of greeting(found, course, isRoot)) terminal.note(line);
  const running = startJupyter({
    jupyter: found,
    root: course.root,
    ...{ open, browser, extra, env, isRoot },
    onUrl: (url) => terminal.print(browser ? `If no browser opens, go to ${url}` : `Go to ${url}`),
    onLine: (line) => terminal.note(line),
  });
  options.onStop(running.stop);
  return await running.ended;
}

function greeting(found: Jupyter, { root }: Course, isRoot: boolean): string[] {
  return [
    `Starting ${names[found.interface]} ${found.version} (${found.command[0]}) in ${root}`,
    ...(isRoot
      ? ["You are root: Jupyter is told --allow-root. Its notebooks may do anything on this machine."]
      : []),
    "Ctrl-C ends it, and the kernels with it: save your notebooks first.",
  ];
}

function target(course: Course, lab: string | undefined, cwd: string): string {
  if (lab !== undefined) return findNotebook(course, lab, cwd).notebookPath;
  const shelf = join(course.root, "labs");
  return existsSync(shelf) ? shelf : course.root;
}

function noJupyter(env: JupyterOptions["env"]): LabError {
  const ways = howToGetJupyter(env).map((way) => `\n  ${way}`);
  return new LabError(
    "NO_JUPYTER",
    "no JupyterLab 4, Notebook 7 or Notebook 6 was found",
    `Get one and try again:${ways.join("")}`,
  );
}
