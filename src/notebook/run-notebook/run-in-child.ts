import { fork } from "node:child_process";
import { createRequire } from "node:module";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import { type Job, type Report, type Step, triedVariable } from "./messages.js";

export interface ChildOptions {
  readonly stepTimeoutMs: number;
  readonly signal: AbortSignal | undefined;
  readonly onReport: (report: Report) => void;
}

/** How a child ended before its job did. */
export interface Stopped {
  /** What it was at; absent where it had not begun. */
  readonly step: Step | undefined;
  readonly why: string;
}

const here = fileURLToPath(import.meta.url);
const program = fileURLToPath(new URL(`child${extname(here)}`, import.meta.url));
// From source (in our own tests) Node 20 needs a loader.
const loader = extname(here) === ".ts" ? ["--import", createRequire(import.meta.url).resolve("tsx")] : [];
const startTimeoutMs = 60_000;

/** Runs a job in a process of its own; gives back nothing where all of it was done. */
export async function runInChild(job: Job, options: ChildOptions): Promise<Stopped | undefined> {
  const { stepTimeoutMs, signal, onReport } = options;
  signal?.throwIfAborted();
  const env = { ...process.env, [triedVariable]: "yes" };
  const child = fork(program, [], { env, execArgv: loader, stdio: ["ignore", "ignore", "pipe", "ipc"] });
  const stop = () => child.kill("SIGKILL");
  let step: Step | undefined;
  let why: string | undefined;
  let said = "";
  let isDone = false;
  const watch = (ms: number) =>
    setTimeout(() => {
      why = `it took longer than ${Math.round(ms / 1000)} s`;
      stop();
    }, ms);
  let timer = watch(startTimeoutMs);
  signal?.addEventListener("abort", stop, { once: true });
  child.stderr?.on("data", (chunk) => {
    said = `${said}${chunk}`.slice(-2000);
  });
  child.on("message", (report: Report) => {
    isDone ||= report.type === "done";
    if (report.type !== "begins") return onReport(report);
    step = report.step;
    clearTimeout(timer);
    timer = watch(stepTimeoutMs);
  });
  try {
    const ended = new Promise<void>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", () => resolve());
    });
    child.send(job, () => {}); // A child that is gone already closes, too.
    await ended;
    signal?.throwIfAborted();
    return isDone ? undefined : { step, why: why ?? (lastLine(said) || "it ended the notebook's process") };
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", stop);
    stop();
  }
}

function lastLine(text: string): string {
  return text.trim().split("\n").at(-1) ?? "";
}
