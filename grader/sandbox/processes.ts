import { readdirSync, readFileSync } from "node:fs";

/** All reading here is best effort: a process may end between two lines, and counts as nothing then. */
function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

function threads(pid: number): readonly string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    return [];
  }
}

/** The process and all its descendants, parents first. Any thread can have started a child. */
export function processTree(root: number): readonly number[] {
  const found = [root];
  for (const pid of found) {
    for (const thread of threads(pid)) {
      const children = read(`/proc/${pid}/task/${thread}/children`);
      for (const child of children.split(" ")) if (child.trim() !== "") found.push(Number(child));
    }
  }
  return found;
}

/** `stat` counts in units of 1/100 s on every architecture that Node runs on. */
const MS_PER_TICK = 10;

/** CPU time of a process, with that of the children it has waited for. */
export function cpuMs(pid: number): number {
  const stat = read(`/proc/${pid}/stat`);
  // The second field is the program's name in parentheses, and may itself hold spaces and parentheses.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const [utime = 0, stime = 0, cutime = 0, cstime = 0] = fields.slice(11, 15).map(Number);
  return (utime + stime + cutime + cstime) * MS_PER_TICK;
}

/** How long each thread was ready to run and waited for a processor, in ms, by "pid/thread". */
export function runDelays(pids: readonly number[]): ReadonlyMap<string, number> {
  const delays = new Map<string, number>();
  for (const pid of pids) {
    for (const thread of threads(pid)) {
      const waitedNs = Number(read(`/proc/${pid}/task/${thread}/schedstat`).split(" ")[1] ?? 0);
      delays.set(`${pid}/${thread}`, waitedNs / 1e6);
    }
  }
  return delays;
}

function kilobytes(text: string, ...names: readonly string[]): number {
  let sum = 0;
  for (const name of names) {
    const match = new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(text);
    sum += Number(match?.[1] ?? 0);
  }
  return sum * 1024;
}

/** Resident and swapped pages and page tables; shared pages count in full. Takes no lock of the process. */
export function residentBytes(pid: number): number {
  return kilobytes(read(`/proc/${pid}/status`), "VmRSS", "VmSwap", "VmPTE");
}

/** Each shared page divided among those that share it; what `residentBytes` says where that can't be read. */
export function proportionalBytes(pid: number): number {
  const rollup = read(`/proc/${pid}/smaps_rollup`);
  return rollup === "" ? residentBytes(pid) : kilobytes(rollup, "Pss", "SwapPss");
}
