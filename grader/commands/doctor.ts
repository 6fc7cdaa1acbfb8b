import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { packageRoot } from "../package-root.js";
import { describeStrength, isolating, probeOnce } from "../sandbox/choose.js";
import type { IsolationKind, Probe, Strength } from "../sandbox/jail.js";
import { padEnd, safe } from "../terminal/cell.js";
import { paint } from "../terminal/colours.js";

export interface DoctorReport {
  readonly text: string;
  /** Whether students' work can be graded here. */
  readonly ok: boolean;
}

interface Check {
  readonly name: string;
  readonly holds: boolean;
  readonly says: string;
}

/** Says what works on this machine, how strong it is, and what is missing. */
export async function doctor({ colour = false }: { readonly colour?: boolean } = {}): Promise<DoctorReport> {
  const probes = await Promise.all(
    isolating.map(async (backend) => ({ kind: backend.kind, probe: await probeOnce(backend) })),
  );
  const checks = [nodeVersion(), schedulerStatistics(), ...LIBRARIES.map(load)];
  const isolated = probes.some(({ probe }) => probe.works);
  const lines = [
    "Isolation of students' code",
    ...isolationTable(probes, colour),
    "",
    ...chosen(probes),
    "",
    "Machine and libraries",
    ...checks.map(({ name, holds, says }) => `  ${mark(holds, colour)} ${padEnd(name, 30)}  ${says}`),
  ];
  return {
    text: lines.flatMap((line) => wrap(line)).join("\n"),
    ok: isolated && checks.every(({ holds }) => holds),
  };
}

interface Probed {
  readonly kind: IsolationKind;
  readonly probe: Probe;
}

/** What a column of the table says about a backend that works. */
const COLUMNS: readonly { readonly head: string; readonly cell: (strength: Strength) => string }[] = [
  { head: "network", cell: ({ network }) => (network ? "none" : "reachable") },
  { head: "seccomp", cell: ({ seccomp }) => (seccomp ? "yes" : "no") },
  { head: "nested namespaces", cell: (s) => (s.nestedNamespacesRefused ? "refused" : "allowed") },
  { head: "user", cell: ({ separateUser }) => (separateUser ? "nobody" : "yours, mapped") },
  { head: "limits", cell: () => "memory, CPU, threads, files" },
];

function isolationTable(probes: readonly Probed[], colour: boolean): readonly string[] {
  const rows = [
    ["", ...COLUMNS.map(({ head }) => head)],
    ...probes.map(({ kind, probe }) => [
      kind,
      ...COLUMNS.map(({ cell }) => (probe.works ? cell(probe.strength) : "–")),
    ]),
  ];
  const widths = rows.reduce<readonly number[]>(
    (widest, row) => row.map((cell, column) => Math.max(cell.length, widest[column] ?? 0)),
    [],
  );
  const line = (row: readonly string[]) =>
    row.map((cell, column) => padEnd(cell, widths[column] ?? 0)).join("  ");
  const signs = [" ", ...probes.map(({ probe }) => mark(probe.works, colour))];
  return rows.map((row, index) => `  ${signs[index]} ${line(row)}`.trimEnd());
}

/** The backend that grading takes, and how to get those that do not work. */
function chosen(probes: readonly Probed[]): readonly string[] {
  const lines: string[] = [];
  const first = probes.find(({ probe }) => probe.works);
  if (first?.probe.works)
    lines.push(`  Grades are recorded with isolation "${describeStrength(first.probe.strength)}".`);
  else lines.push("  Students' code can't be graded here. `--isolation none` is for your own code only.");
  for (const { kind, probe } of probes) {
    if (probe.works) continue;
    lines.push(`  ${kind}: ${safe(probe.why)}.`, `    To get it: ${probe.remedy}.`);
  }
  return lines;
}

const LIBRARIES = [
  { name: "libsql", use: "the gradebook" },
  { name: "onnxruntime-node", use: "inference" },
  { name: "@tensorflow/tfjs", use: "training" },
  { name: "@tensorflow/tfjs-backend-wasm", use: "training" },
] as const;

function load({ name, use }: (typeof LIBRARIES)[number]): Check {
  // Set before ONNX Runtime is loaded: versions that report usage then do not.
  process.env.ORT_DISABLE_TELEMETRY ??= "1";
  const require = createRequire(join(packageRoot(), "package.json"));
  try {
    require(name);
    return { name, holds: true, says: `loads (${use})` };
  } catch (error) {
    const [reason = ""] = String(error instanceof Error ? error.message : error).split("\n");
    return { name, holds: false, says: `does not load: ${safe(reason)}. Run npm install again.` };
  }
}

/** As package.json's "engines" says: from here on CommonJS can load ES modules, which the kernel needs. */
const OLDEST_NODE = [20, 19] as const;

function nodeVersion(): Check {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  const holds = major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1]);
  const needed = `needs ${OLDEST_NODE.join(".")} or later`;
  return {
    name: "Node.js",
    holds,
    says: holds ? process.versions.node : `${process.versions.node}, ${needed}`,
  };
}

/** Without them a busy machine can't be told from a program that sleeps. */
function schedulerStatistics(): Check {
  const holds = existsSync("/proc/self/schedstat");
  const says = holds
    ? "tell a busy machine from a slow answer"
    : "missing: on a busy machine a slow answer may fail. Use fewer --jobs";
  return { name: "scheduler statistics", holds, says };
}

function mark(holds: boolean, colour: boolean): string {
  return holds ? paint("pass", "✓", colour) : paint("fail", "✗", colour);
}

const WIDEST = 100;

/** Breaks a long line between words, with the indentation of its beginning. */
function wrap(line: string): readonly string[] {
  if (line.length <= WIDEST) return [line];
  const at = line.lastIndexOf(" ", WIDEST);
  const indent = /^ */.exec(line)?.[0] ?? "";
  if (at <= indent.length) return [line];
  return [line.slice(0, at), ...wrap(`${indent}  ${line.slice(at + 1)}`)];
}
