import { findLab, listLabs } from "../authoring/find-lab.js";
import { type Check, type VerifyOptions, verifyLab } from "../authoring/verify-lab.js";
import { paint } from "../terminal/colours.js";
import type { ExitReason, Terminal } from "../terminal/terminal.js";

/** `grader verify`: one lab, or all that there are; a line for each thing that was verified. */
export async function verify(
  lab: string | undefined,
  options: VerifyOptions,
  terminal: Terminal,
): Promise<ExitReason> {
  const folders = lab === undefined ? listLabs() : [findLab(lab)];
  let passed = 0;
  let failed = 0;
  for (const folder of folders) {
    terminal.print(folder);
    await verifyLab(folder, options, (check) => {
      if (check.problems.length === 0) passed++;
      else failed++;
      terminal.print(line(check, terminal));
    });
  }
  terminal.print(`${passed} passed, ${failed} failed`);
  return failed === 0 ? "done" : "mistake";
}

const shownProblems = 5;

function line({ title, problems }: Check, { colour }: Terminal): string {
  const sign = problems.length === 0 ? paint("pass", "✓", colour) : paint("fail", "✗", colour);
  const shown = problems.slice(0, shownProblems);
  if (problems.length > shownProblems) shown.push(`and ${problems.length - shownProblems} more`);
  return [`  ${sign} ${title}`, ...shown.map((problem) => `      ${problem}`)].join("\n");
}
