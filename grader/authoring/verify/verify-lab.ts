import type { IsolationKind } from "../../sandbox/jail.js";
import { markVerified } from "../verified.js";
import type { Finding, Subject, VerifyOptions, Workshop } from "./check.js";
import { checkAutomaticMutants } from "./checks/automatic-mutants.js";
import { checkCompiles } from "./checks/compiles.js";
import { checkCost } from "./checks/cost.js";
import { checkImports } from "./checks/imports.js";
import { checkLeaks } from "./checks/leaks.js";
import { checkLinks } from "./checks/links.js";
import { checkPoints } from "./checks/points.js";
import { checkReadingTime } from "./checks/reading-time.js";
import { checkReference } from "./checks/reference.js";
import { checkStarter } from "./checks/starter.js";
import { checkWrittenMutants } from "./checks/written-mutants.js";
import { Interrupted, Judges } from "./judges.js";
import { messageOf } from "./message.js";
import { findSlices } from "./slices.js";
import { loadSubject } from "./subject.js";

/** What is read off the lab's files, and what the kernel's compiler says of them. */
const readingChecks: readonly ((subject: Subject) => Promise<readonly Finding[]>)[] = [
  checkPoints,
  checkReadingTime,
  checkLinks,
  checkImports,
  checkCompiles,
];

/** What is found by running cells and tests. `checkLeaks` looks at what the answers before it were told. */
const runningChecks: readonly ((workshop: Workshop) => Promise<readonly Finding[]>)[] = [
  checkReference,
  checkStarter,
  checkCost,
  checkWrittenMutants,
  checkLeaks,
  checkAutomaticMutants,
];

/** With fewer draws, or some mutants only, somebody is trying things out. */
export function isInFull({ seeds, mutantsAQuestion }: VerifyOptions, isolation: IsolationKind): boolean {
  return mutantsAQuestion === undefined && seeds >= 3 && isolation !== "none";
}

/**
 * Is the lab fit to be handed out? When all of it holds, that is written down for `grader publish`.
 *
 * @throws Interrupted when `stop` is set before the end; LabError where students' code can't be kept apart.
 */
export async function verifyLab(dir: string, options: VerifyOptions, watcher: Watcher): Promise<void> {
  const findings: Finding[] = [];
  const report = (found: readonly Finding[]): void => {
    findings.push(...found);
    for (const finding of found) watcher.events.onFinding(finding);
    if (watcher.stop.aborted) throw new Interrupted();
  };
  const failed = (title: string) => (error: unknown) => report([{ title, problems: [messageOf(error)] }]);
  const subject = await loadSubject(dir, options).catch(failed("the lab can be loaded"));
  if (!subject) return;
  const judges = await Judges.open(subject, options);
  try {
    await runChecks(subject, judges, { ...watcher, report }).catch(
      failed("the lab can be verified to its end"),
    );
    const holds = findings.every(({ problems }) => problems.length === 0);
    if (holds && isInFull(options, judges.isolation)) await markVerified(subject.lab);
  } finally {
    await judges.close();
  }
}

export type Watcher = Pick<Workshop, "events" | "stop">;

async function runChecks(
  subject: Subject,
  judges: Judges,
  { report, events, stop }: Watcher & { readonly report: (found: readonly Finding[]) => void },
): Promise<void> {
  // Compilers warm up while files are read.
  const slicing = findSlices(subject.lab, subject.tests, judges);
  slicing.catch(() => undefined);
  for (const check of readingChecks) report(await check(subject));
  const workshop: Workshop = { ...subject, judges, slices: await slicing, events, stop, told: [] };
  for (const check of runningChecks) report(await check(workshop));
}
