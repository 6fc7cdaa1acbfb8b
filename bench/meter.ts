import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmdirSync } from "node:fs";
import { join } from "node:path";
import { processTree, proportionalBytes } from "../grader/sandbox/processes.js";

const sampleMs = 250;

/**
 * Measures all processes that it starts, with all that these start: CPU time, and the sum of their memory.
 *
 * CPU time comes from a control group where one can be made. That counts every process to the last
 * microsecond, also those that are killed and that no parent waits for: a sandbox ends like that, so that what
 * the shell's `time` prints would leave most of the grader's work out. Elsewhere it is summed from samples of
 * /proc, four a second, and misses what a process did after its last sample.
 */
export class Meter {
  readonly cpuSource: string;
  readonly #group: Group | undefined;
  readonly #roots = new Set<number>();
  readonly #seenCpuMs = new Map<number, number>();
  readonly #timer: NodeJS.Timeout;
  #peakBytes = 0;

  constructor() {
    this.#group = makeGroup();
    this.cpuSource = this.#group ? "control group" : `samples of /proc every ${sampleMs} ms`;
    this.#timer = setInterval(() => this.#sample(), sampleMs);
  }

  /** CPU time of all processes up to now. */
  cpuSeconds(): number {
    if (this.#group) return this.#group.cpuSeconds();
    this.#sample();
    return [...this.#seenCpuMs.values()].reduce((sum, ms) => sum + ms, 0) / 1000;
  }

  /** The highest sum of PSS that a sample saw. */
  get peakBytes(): number {
    return this.#peakBytes;
  }

  spawn(command: string, args: readonly string[], options: SpawnOptions): ChildProcess {
    const child = this.#group
      ? spawn(
          "/bin/sh",
          ["-c", 'echo $$ > "$0" && exec "$@"', this.#group.members, command, ...args],
          options,
        )
      : spawn(command, args, options);
    const { pid } = child;
    if (pid !== undefined) {
      this.#roots.add(pid);
      child.once("close", () => this.#roots.delete(pid));
    }
    return child;
  }

  close(): void {
    clearInterval(this.#timer);
    this.#group?.remove();
  }

  #sample(): void {
    const pids = [...this.#roots].flatMap((root) => processTree(root));
    this.#peakBytes = Math.max(
      this.#peakBytes,
      pids.reduce((sum, pid) => sum + proportionalBytes(pid), 0),
    );
    if (this.#group) return;
    for (const pid of pids) this.#seenCpuMs.set(pid, Math.max(this.#seenCpuMs.get(pid) ?? 0, ownCpuMs(pid)));
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
  remove(): void;
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
    return { members: join(folder, "cgroup.procs"), cpuSeconds, remove: () => rmdirSync(folder) };
  }
  return undefined;
}
