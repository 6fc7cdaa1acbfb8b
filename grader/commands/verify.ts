import path from "node:path";
import { LabError } from "../../src/core/errors.js";
import { printable } from "../../src/lab/printable.js";
import { findLab, listLabs } from "../authoring/find-lab.js";
import type { Finding, VerifyOptions } from "../authoring/verify/check.js";
import { Interrupted } from "../authoring/verify/judges.js";
import { verifyLab } from "../authoring/verify/verify-lab.js";
import { paint } from "../terminal/colours.js";
import { type Progress, startProgress } from "../terminal/progress.js";
import { untilStopped } from "../terminal/stop.js";
import type { ExitReason, Terminal } from "../terminal/terminal.js";

/** `grader verify`: one lab, or all that there are; a line for each thing that was verified. */
export async function verify(
  lab: string | undefined,
  options: VerifyOptions,
  terminal: Terminal,
): Promise<ExitReason> {
  const folders = lab === undefined ? allLabs() : [findLab(lab)];
  const counts = { passed: 0, failed: 0 };
  try {
    await untilStopped(async (stop) => {
      for (const folder of folders) {
        terminal.print(folder);
        await verifyOne(folder, options, { terminal, counts, stop });
      }
    });
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error;
    return "interrupted";
  }
  terminal.print(`${counts.passed} passed, ${counts.failed} failed`);
  return counts.failed === 0 ? "done" : "mistake";
}

function allLabs(): string[] {
  const labs = listLabs();
  if (labs.length > 0) return labs;
  throw new LabError(
    "NO_LABS",
    `there is no lab in ${path.resolve("labs")}`,
    "Go to the folder of your course, or make a lab: npx --no-install grader new 05-search.",
  );
}

interface Surroundings {
  readonly terminal: Terminal;
  readonly counts: { passed: number; failed: number };
  readonly stop: AbortSignal;
}

async function verifyOne(
  folder: string,
  options: VerifyOptions,
  { terminal, counts, stop }: Surroundings,
): Promise<void> {
  let progress: Progress | undefined;
  const endWork = (): void => {
    progress?.stop();
    progress = undefined;
  };
  const events = {
    onFinding: (finding: Finding) => {
      endWork();
      counts[finding.problems.length === 0 ? "passed" : "failed"]++;
      terminal.print(lines(finding, terminal));
    },
    onWork: (what: string, total: number) => {
      endWork();
      progress = startProgress(what);
      progress.start(total);
    },
    onStep: () => progress?.step(),
  };
  try {
    await verifyLab(folder, options, { events, stop });
  } finally {
    endWork();
  }
}

const shownProblems = 20;

function lines({ title, problems, notes = [] }: Finding, { colour }: Terminal): string {
  const sign = problems.length === 0 ? paint("pass", "✓", colour) : paint("fail", "✗", colour);
  const shown = problems.slice(0, shownProblems);
  if (problems.length > shownProblems) shown.push(`and ${problems.length - shownProblems} more`);
  return [`  ${sign} ${title}`, ...[...shown, ...notes].map(indented)].join("\n");
}

/** A problem's own lines, one below the other. */
function indented(text: string): string {
  return text
    .split("\n")
    .map((line) => `      ${printable(line, 300)}`)
    .join("\n");
}
