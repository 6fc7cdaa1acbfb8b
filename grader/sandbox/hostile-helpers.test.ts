/** Shared by the tests that play the attacker. Only a test by its name, so that it is left out of the build. */

import { readFileSync } from "node:fs";
import { expect } from "chai";
import { bubblewrap, spawnInBubblewrap } from "./bubblewrap.js";
import { probeOnce } from "./choose.js";
import type { IsolationBackend, Jail, JailEnd, JailLimits, JailSpec, Mount } from "./jail.js";
import { defaultJailLimits } from "./limits.js";
import { processTree } from "./processes.js";
import { spawnInUtilLinux, utilLinux } from "./util-linux.js";

export const MiB = 1024 * 1024;

export const isolated = [
  { backend: bubblewrap, spawnProgram: spawnInBubblewrap },
  { backend: utilLinux, spawnProgram: spawnInUtilLinux },
];

/** For a `before` hook: skips, and says why, where a backend does not work. */
export async function skipUnlessItWorks(context: Mocha.Context, backend: IsolationBackend): Promise<void> {
  const probe = await probeOnce(backend);
  if (probe.works) return;
  console.log(`    skipped, ${backend.kind} does not work here: ${probe.why}. ${probe.remedy}`);
  context.skip();
}

export interface Run {
  readonly mounts?: readonly Mount[];
  readonly limits?: Partial<JailLimits>;
  /** `process.argv` from index 1. */
  readonly args?: readonly string[];
}

export function jailSpec(nodeArgs: readonly string[], { mounts = [], limits = {} }: Run = {}): JailSpec {
  const all = { ...defaultJailLimits, ...limits };
  return { mounts, cwd: "/tmp", nodeArgs, env: { HOME: "/tmp" }, limits: all };
}

export async function finish(jail: Jail): Promise<{ end: JailEnd; printed: string }> {
  const timer = setTimeout(() => jail.kill("wall-time"), 15_000);
  const end = await jail.ended;
  clearTimeout(timer);
  return { end, printed: jail.takeOutput() };
}

const prelude = `
const fs = require("node:fs");
const attempt = (action) => {
  try { return action() ?? "done"; } catch (error) { return error.code ?? error.message; }
};
const say = (value) => fs.writeSync(1, JSON.stringify(value));
`;

/** Runs hostile code to its end and gives back what it says that it could do. */
export async function inside(backend: IsolationBackend, code: string, run: Run = {}): Promise<unknown> {
  const jail = backend.spawn(jailSpec(["-e", prelude + code, ...(run.args ?? [])], run));
  const { end, printed } = await finish(jail);
  expect(end, printed).to.deep.equal({ kind: "exited", code: 0, signal: null });
  return JSON.parse(printed);
}

/** Starts hostile code, and finds its jail's first process: the child of ours that was not there before. */
export function start(backend: IsolationBackend, code: string, limits: Partial<JailLimits> = {}) {
  const before = new Set(processTree(process.pid));
  const jail = backend.spawn(jailSpec(["-e", prelude + code], { limits }));
  started.add(jail);
  void jail.ended.then(() => started.delete(jail));
  const root = processTree(process.pid).find((pid) => !before.has(pid) && parentOf(pid) === process.pid);
  return { jail, root: root ?? 0 };
}

const started = new Set<Jail>();

/** For an `afterEach` hook: a test that failed half way leaves no jail running. */
export function killStarted(): void {
  for (const jail of started) jail.kill("done");
}

export function processStatus(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/status`, "utf8");
  } catch {
    return "";
  }
}

function parentOf(pid: number): number {
  return Number(/PPid:\s+(\d+)/.exec(processStatus(pid))?.[1]);
}

/** Whether a process is there and not merely waiting to be reaped. */
export function isRunning(pid: number): boolean {
  return /State:\s+[^ZX]/.test(processStatus(pid));
}

export async function until(holds: () => boolean, what: string): Promise<void> {
  for (let tries = 0; tries < 400; tries += 1) {
    if (holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`not within 10 s: ${what}`);
}

/** A program for another process: it starts a jail of this kind that runs `script`. */
export function startsJail(backend: IsolationBackend, script: string): string {
  return `
    const { isolating } = await import("./grader/sandbox/choose.ts");
    const { defaultJailLimits: limits } = await import("./grader/sandbox/limits.ts");
    const backend = isolating.find(({ kind }) => kind === ${JSON.stringify(backend.kind)});
    const nodeArgs = ["-e", ${JSON.stringify(prelude + script)}];
    const jail = backend.spawn({ mounts: [], cwd: "/tmp", nodeArgs, env: {}, limits });`;
}
