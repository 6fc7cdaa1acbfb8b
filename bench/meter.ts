import { type SpawnOptions, spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { processTree, proportionalBytes } from "../grader/sandbox/processes.js";

/** Looking at the memory of a dozen processes takes tens of milliseconds of the machine that is measured. */
const memoryEveryMs = 1000;
const cpuEveryMs = 100;

/**
 * Measures all processes that it starts, with all that these start: CPU time, and the sum of their memory.
 *
 * CPU time comes from a control group where one can be made. That counts every process to the last
 * microsecond, also those that are killed and that no parent waits for: a sandbox ends like that, so that what
 * the shell's `time` prints would leave most of the grader's work out. Elsewhere it is summed from samples of
 * /proc, ten a second, and misses what a process did after its last sample.
 */
export class Meter {
  readonly cpuSource: string;
  readonly #group: Group | undefined;
  readonly #roots = new Set<number>();
  readonly #seenCpuMs = new Map<number, number>();
  readonly #timers: readonly NodeJS.Timeout[];
  #peakBytes = 0;

  constructor() {
    this.#group = makeGroup();
    this.cpuSource = this.#group ? "control group" : `samples of /proc every ${cpuEveryMs} ms`;
    const memory = setInterval(() => this.#sampleMemory(), memoryEveryMs);
    this.#timers = this.#group ? [memory] : [memory, setInterval(() => this.#sampleCpu(), cpuEveryMs)];
  }

  /** CPU time of all processes up to now. */
  cpuSeconds(): number {
    if (this.#group) return this.#group.cpuSeconds();
    this.#sampleCpu();
    return [...this.#seenCpuMs.values()].reduce((sum, ms) => sum + ms, 0) / 1000;
  }

  /** The highest sum of PSS that a sample saw. */
  get peakBytes(): number {
    return this.#peakBytes;
  }

  /** Runs a program to its end. Its own group of processes: Ctrl-C reaches it through the signal, once. */
  async run(
    command: string,
    args: readonly string[],
    options: SpawnOptions & { readonly signal: AbortSignal },
    onStdout: (text: string) => void = () => {},
  ): Promise<number | null> {
    const joined = ["-c", 'echo $$ > "$0" && exec "$@"', this.#group?.members ?? "", command, ...args];
    const own: SpawnOptions = { ...options, detached: true, killSignal: "SIGINT" };
    const child = this.#group ? spawn("/bin/sh", joined, own) : spawn(command, args, own);
    child.stdout?.setEncoding("utf8").on("data", onStdout);
    const { pid } = child;
    if (pid !== undefined) this.#roots.add(pid);
    return new Promise((resolve, reject) => {
      child.once("close", (code) => {
        if (pid !== undefined) this.#roots.delete(pid);
        resolve(code);
      });
      // An interrupted program is still waited for, so that it can put away what it had begun.
      child.on("error", (error) => (pid === undefined ? reject(error) : undefined));
    });
  }

  async close(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    await this.#group?.remove();
  }

  #sampleMemory(): void {
    const bytes = this.#pids().reduce((sum, pid) => sum + proportionalBytes(pid), 0);
    this.#peakBytes = Math.max(this.#peakBytes, bytes);
  }

  #sampleCpu(): void {
    for (const pid of this.#pids()) {
      this.#seenCpuMs.set(pid, Math.max(this.#seenCpuMs.get(pid) ?? 0, ownCpuMs(pid)));
    }
  }

  #pids(): readonly number[] {
    return [...this.#roots].flatMap((root) => processTree(root));
  }
}

/** Without the time of ended children, which has been counted while they lived. */
function ownCpuMs(pid: number): number {
  if (!existsSync(`/proc/${pid}/stat`)) return 0;
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const [user = 0, system = 0] = stat
    .slice(stat.lastIndexOf(")") + 2)
    .split(" ")
    .slice(11, 13)
    .map(Number);
  return (user + system) * 10;
}

interface Group {
  /** The file that takes the ids of the group's processes. */
  readonly members: string;
  cpuSeconds(): number;
  remove(): Promise<void>;
}

/** Version 2 mounts alone or beside version 1; in either the time is counted without any controller. */
const hierarchies = [
  {
    root: "/sys/fs/cgroup",
    file: "cpu.stat",
    seconds: (text: string) => Number(/usage_usec (\d+)/.exec(text)?.[1]) / 1e6,
  },
  { root: "/sys/fs/cgroup/cpuacct", file: "cpuacct.usage", seconds: (text: string) => Number(text) / 1e9 },
] as const;

function makeGroup(): Group | undefined {
  for (const { root, file, seconds } of hierarchies) {
    const folder = join(root, `edgelab-bench-${process.pid}-${process.hrtime.bigint()}`);
    if (!existsSync(join(root, file))) continue;
    try {
      mkdirSync(folder);
    } catch {
      continue;
    }
    const cpuSeconds = (): number => seconds(readFileSync(join(folder, file), "utf8"));
    return { members: join(folder, "cgroup.procs"), cpuSeconds, remove: () => removeGroup(folder) };
  }
  return undefined;
}

/** The system keeps a group for as long as the last of its processes takes to disappear. */
async function removeGroup(folder: string): Promise<void> {
  for (let tries = 0; tries < 50; tries++) {
    try {
      return rmdirSync(folder);
    } catch {
      await sleep(100);
    }
  }
}
