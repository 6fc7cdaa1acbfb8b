import { statfsSync, statSync } from "node:fs";
import type { JailLimits, JailUsage } from "./jail.js";
import { cpuMs, processTree, proportionalBytes, residentBytes, runDelays } from "./processes.js";

const INTERVAL_MS = 50;

/** Reading each thread's waiting time costs most, and is only asked for after seconds. */
const LOOKS_A_DELAY_SAMPLE = 4;

/** Empty files take kernel memory and no space in a tmpfs, and bubblewrap can't bound their number. */
const MAX_FILES = 20_000;

export interface Watched {
  readonly pid: number;
  readonly limits: Pick<JailLimits, "memoryBytes">;
  /** Whether the tree has a /tmp of its own, whose files are then counted. */
  readonly ownTmp: boolean;
}

/** Looks at a process tree 20 times a second, calls `onExcess` when it holds too much, and keeps its CPU time. */
export class Watchdog {
  readonly #watched: Watched;
  readonly #timer: NodeJS.Timeout;
  #cpuMs = 0;
  #waited: ReadonlyMap<string, number> = new Map();
  #looks = 0;

  constructor(watched: Watched, onExcess: () => void) {
    this.#watched = watched;
    this.#timer = setInterval(() => {
      const pids = processTree(watched.pid);
      this.#account(pids);
      if (this.#exceeds(pids)) onExcess();
    }, INTERVAL_MS);
    this.#timer.unref();
  }

  /** As of the last look, 50 ms ago at most; waiting times are up to 200 ms old. */
  usage(): JailUsage {
    return { cpuMs: this.#cpuMs, runDelayMs: Math.max(0, ...this.#waited.values()) };
  }

  /** Once more, before the processes are killed. */
  lookAgain(): void {
    this.#looks = 0;
    this.#account(processTree(this.#watched.pid));
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #account(pids: readonly number[]): void {
    // A child that ended unseen by its parent takes its time along: never count backwards.
    this.#cpuMs = Math.max(this.#cpuMs, total(pids.map(cpuMs)));
    if (this.#looks++ % LOOKS_A_DELAY_SAMPLE !== 0) return;
    const now = runDelays(pids);
    if (now.size > 0) this.#waited = now;
  }

  #exceeds(pids: readonly number[]): boolean {
    const { memoryBytes } = this.#watched.limits;
    // PSS is exact but slow, and never above RSS.
    if (total(pids.map(residentBytes)) > memoryBytes) {
      if (total(pids.map(proportionalBytes)) > memoryBytes) return true;
    }
    if (!this.#watched.ownTmp) return false;
    return OWN_FOLDERS.some((folder) => ownFilesIn(`/proc/${pids.at(-1)}/root`, folder) > MAX_FILES);
  }
}

function total(values: Iterable<number>): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum;
}

/** Files in a /tmp of its own; while a jail is being set up, that may still be the host's. */
/** How many files a jail has in a folder of its own; while it is being set up, the host's may still be there. */
function ownFilesIn(root: string, folder: string): number {
  try {
    if (statSync(root + folder).dev === statSync(folder).dev) return 0;
    const { type, files, ffree } = statfsSync(root + folder);
    return type === TMPFS_MAGIC ? files - ffree : 0;
  } catch {
    return 0;
  }
}

const OWN_FOLDERS = ["/tmp", "/dev/shm"] as const;
const TMPFS_MAGIC = 0x01021994;
