import { LabError } from "../../src/core/errors.js";
import { bubblewrap } from "./bubblewrap.js";
import type { IsolationBackend, IsolationKind, Probe, Strength } from "./jail.js";
import { none } from "./none.js";
import { utilLinux } from "./util-linux.js";

/** The backends that isolate, the preferred one first. */
export const isolating: readonly IsolationBackend[] = [bubblewrap, utilLinux];

/** What a user may ask for. */
export type IsolationChoice = "auto" | IsolationKind;

export interface Isolation {
  readonly backend: IsolationBackend;
  readonly strength: Strength;
}

/** What a probe found, once a process. */
export function probeOnce(backend: IsolationBackend): Promise<Probe> {
  const known = probes.get(backend.kind) ?? backend.probe();
  probes.set(backend.kind, known);
  return known;
}

const probes = new Map<IsolationKind, Promise<Probe>>();

/**
 * The backend to run jails in. "auto" takes the first that works, and never "none", which must be asked for.
 *
 * @throws LabError NO_ISOLATION in three lines when nothing works, ISOLATION_UNAVAILABLE when the kind asked
 * for does not.
 */
export async function chooseIsolation(kind: IsolationChoice): Promise<Isolation> {
  const candidates = kind === "auto" ? isolating : [none, ...isolating].filter((each) => each.kind === kind);
  const failures: Failure[] = [];
  for (const backend of candidates) {
    const probe = await probeOnce(backend);
    if (probe.works) return { backend, strength: probe.strength };
    failures.push({ kind: backend.kind, ...probe });
  }
  throw kind === "auto" ? nothingWorks(failures) : unavailable(failures);
}

interface Failure {
  readonly kind: IsolationKind;
  readonly why: string;
  readonly remedy: string;
}

export function nothingWorks(failures: readonly Failure[]): LabError {
  const whys = [...new Set(failures.map(({ why }) => why))];
  const kindsThat = (why: string) => failures.filter((each) => each.why === why).map(({ kind }) => kind);
  const reasons = whys.map((why) => `${kindsThat(why).join(", ")}: ${why}`).join("; ");
  const remedies = [...new Set(failures.map(({ remedy }) => remedy))];
  const nextStep = [
    `\nTo allow it: ${remedies.join(" -- or: ")}.`,
    "\n`grader doctor` says more. `--isolation none` runs code as you, with your files: for your own code only.",
  ];
  return new LabError(
    "NO_ISOLATION",
    `students' code can't be isolated here (${reasons})`,
    nextStep.join(""),
  );
}

function unavailable([failure]: readonly Failure[]): LabError {
  const { kind = "none", why = "", remedy = "" } = failure ?? {};
  return new LabError(
    "ISOLATION_UNAVAILABLE",
    `isolation "${kind}" does not work here: ${why}`,
    `${remedy}.`,
  );
}

/** As it is stored with a grade: the backend, and what it lacks. */
export function describeStrength(strength: Strength): string {
  if (strength.kind === "none") return "none";
  const lacks: string[] = [];
  if (!strength.seccomp) lacks.push("no seccomp");
  if (!strength.network) lacks.push("network reachable");
  if (!strength.nestedNamespacesRefused) lacks.push("nested namespaces allowed");
  return lacks.length === 0 ? strength.kind : `${strength.kind} (${lacks.join(", ")})`;
}
