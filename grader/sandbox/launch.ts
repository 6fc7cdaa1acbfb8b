import { type ChildProcess, type IOType, spawn } from "node:child_process";
import { closeSync, openSync, readdirSync, readFileSync } from "node:fs";
import type { Duplex, Readable } from "node:stream";
import type { Jail, JailEnd, JailLimits, JailUsage, KillReason } from "./jail.js";
import { Output } from "./output.js";
import { processTree } from "./processes.js";
import { Watchdog } from "./watchdog.js";

export interface Launch {
  /** Program and arguments, as the backend wraps them. */
  readonly command: readonly [string, ...string[]];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly limits: JailLimits;
  /** Bytes that the program can read from file descriptor 4. */
  readonly input?: Uint8Array | null;
  /** Whether the program gets a /tmp of its own. */
  readonly ownTmp: boolean;
}

type StdioArray = (IOType | number)[];

/** As in Linux's asm-generic/fcntl.h; Node's constants leave it out. */
const O_CLOEXEC = 0o2000000;

/** How long after a program's end its last output may take to arrive. */
const DRAIN_MS = 250;

/** Starts a backend's command with the private pipe, and watches it to its end. */
export function launch(plan: Launch): Jail {
  const [program, ...args] = plan.command;
  const own: StdioArray = ["ignore", "pipe", "pipe", "pipe"];
  if (plan.input) own.push("pipe");
  const nothing = openSync("/dev/null", "r+");
  const child = spawn(program, args, {
    cwd: plan.cwd,
    env: { ...plan.env },
    // A session of its own: Ctrl-C in the grader's terminal does not reach it.
    detached: true,
    stdio: withoutInherited(own, nothing),
  });
  closeSync(nothing);
  if (child.stdio === undefined) {
    // So Node reports that it has no file descriptors left; the "error" event repeats it.
    child.once("error", () => undefined);
    throw new Error(`no file descriptors left to start ${program}`);
  }
  if (plan.input) send(child.stdio[4] as Duplex, plan.input);
  return new LaunchedJail(child, plan);
}

/**
 * Files that the grader was itself started with (a lock, a pipe of make or CI) would be open in the jail as
 * well; Node marks only the first few to be closed. They become `nothing` there.
 */
function withoutInherited(own: StdioArray, nothing: number): StdioArray {
  const stdio = [...own];
  for (const fd of inheritable()) {
    if (fd < own.length) continue;
    while (stdio.length < fd) stdio.push("ignore");
    stdio[fd] = nothing;
  }
  return stdio;
}

function inheritable(): readonly number[] {
  if (process.platform !== "linux") return [];
  return readdirSync("/proc/self/fd").map(Number).filter(staysOpenOnExec);
}

function staysOpenOnExec(fd: number): boolean {
  try {
    const flags = /^flags:\s+([0-7]+)/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, "utf8"))?.[1];
    return flags !== undefined && (Number.parseInt(flags, 8) & O_CLOEXEC) === 0;
  } catch {
    return false;
  }
}

function send(stream: Duplex, bytes: Uint8Array): void {
  // A program that ended before it read them says why on stderr.
  stream.on("error", () => stream.destroy());
  stream.resume();
  stream.end(bytes);
}

class LaunchedJail implements Jail {
  readonly channel: Duplex;
  readonly ended: Promise<JailEnd>;
  readonly #child: ChildProcess;
  readonly #output: Output;
  readonly #watchdog: Watchdog | null;
  #killedFor: KillReason | null = null;
  #running = true;

  constructor(child: ChildProcess, plan: Launch) {
    this.#child = child;
    this.channel = child.stdio[3] as Duplex;
    this.channel.on("error", () => this.channel.destroy());
    this.#output = new Output(plan.limits, () => this.kill("output"));
    const { pid } = child;
    this.#watchdog = pid === undefined ? null : new Watchdog({ ...plan, pid }, () => this.kill("memory"));
    this.ended = this.#end();
  }

  takeOutput(): string {
    return this.#output.take();
  }

  usage(): JailUsage {
    return this.#watchdog?.usage() ?? { cpuMs: 0, runDelayMs: 0 };
  }

  kill(reason: KillReason): void {
    if (this.#killedFor !== null || !this.#running) return;
    this.#killedFor = reason;
    this.#watchdog?.lookAgain();
    this.#killTree();
    this.channel.destroy();
    this.#child.stdout?.destroy();
    this.#child.stderr?.destroy();
  }

  /** The first process takes the whole jail with it; the others only matter while it is being set up. */
  #killTree(): void {
    const { pid } = this.#child;
    if (pid === undefined) return;
    for (const each of processTree(pid)) {
      try {
        process.kill(each, "SIGKILL");
      } catch {
        // It has ended by itself.
      }
    }
  }

  async #end(): Promise<JailEnd> {
    const streams = [this.#child.stdout, this.#child.stderr] as Readable[];
    const drained = Promise.all(streams.map((stream) => this.#drain(stream)));
    const exit = await new Promise<Exit>((resolve) => {
      this.#child.once("exit", (code, signal) => resolve({ code, signal }));
      this.#child.once("error", () => resolve({ code: null, signal: null }));
    });
    this.#running = false;
    this.#watchdog?.stop();
    await Promise.race([drained, delay(DRAIN_MS)]);
    for (const stream of streams) stream.destroy();
    // A last reply may still be on its way; nobody holds the other end any more.
    delay(DRAIN_MS).then(() => this.channel.destroy());
    if (this.#killedFor !== null) return { kind: "killed", reason: this.#killedFor };
    return { kind: "exited", ...exit };
  }

  #drain(stream: Readable): Promise<void> {
    this.#output.collect(stream);
    return new Promise((resolve) => stream.once("close", resolve));
  }
}

interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}
