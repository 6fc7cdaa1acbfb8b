import type { Duplex } from "node:stream";

/** A file or folder of the host, mounted read-only. `target` is absolute inside the jail. */
export interface Mount {
  readonly source: string;
  readonly target: string;
}

export interface JailLimits {
  /** Sum of PSS over all processes of the jail; the watchdog kills above it. */
  readonly memoryBytes: number;
  /** Private writable pages of one process (RLIMIT_DATA). */
  readonly dataBytes: number;
  /** Processes and threads. */
  readonly processes: number;
  readonly tmpBytes: number;
  readonly shmBytes: number;
  /** What is kept of stdout and stderr; the rest is read and dropped. */
  readonly outputBytes: number;
  /** Above this much on stdout and stderr the jail is killed. */
  readonly floodBytes: number;
}

export interface JailSpec {
  readonly mounts: readonly Mount[];
  readonly cwd: string;
  /** Arguments for Node, which every backend mounts itself. */
  readonly nodeArgs: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly limits: JailLimits;
}

/** Why a jail is gone, by who ended it: the program itself, or the grader for a stated reason. */
export type JailEnd =
  | { readonly kind: "exited"; readonly code: number | null; readonly signal: string | null }
  | { readonly kind: "killed"; readonly reason: KillReason };

export type KillReason = "memory" | "output" | "cpu-time" | "wall-time" | "protocol" | "done";

export interface JailUsage {
  /** CPU time of the whole tree since the start. */
  readonly cpuMs: number;
  /**
   * The longest time that one of its threads was ready to run and waited for a processor. Tells "starved"
   * from "asleep"; not the sum, which a program could raise by waking many threads at once.
   */
  readonly runDelayMs: number;
}

export interface Jail {
  /** Both directions of the private pipe, file descriptor 3 inside. */
  readonly channel: Duplex;
  readonly ended: Promise<JailEnd>;
  /** What it wrote to file descriptors 1 and 2 since the last call, capped. */
  takeOutput(): string;
  usage(): JailUsage;
  kill(reason: KillReason): void;
}

export type IsolationKind = "bubblewrap" | "util-linux" | "none";

/** What one backend holds on this machine; stored with each grade. */
export interface Strength {
  readonly kind: IsolationKind;
  readonly seccomp: boolean;
  readonly network: boolean;
  readonly nestedNamespacesRefused: boolean;
  readonly separateUser: boolean;
}

export type Probe =
  | { readonly works: true; readonly strength: Strength }
  | { readonly works: false; readonly why: string; readonly remedy: string };

export interface IsolationBackend {
  readonly kind: IsolationKind;
  /** Runs a real jail and looks from inside what holds; cached by the caller. */
  probe(): Promise<Probe>;
  spawn(spec: JailSpec): Jail;
}
