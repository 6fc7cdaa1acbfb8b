import { doctorText } from "./doctor/report.js";
import { runChecks } from "./doctor/run-checks.js";
import { findCourse } from "./find-course.js";
import type { Terminal } from "./terminal.js";

export interface DoctorOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
}

/**
 * Tries all that a student's evening needs, and prints a line for each; false where something is broken.
 *
 * @throws LabError NO_COURSE outside of a course.
 */
export async function doctor({ cwd, env, signal }: DoctorOptions, terminal: Terminal): Promise<boolean> {
  const place = { course: findCourse(cwd), cwd, env, signal };
  const findings = await runChecks(place, (what) => terminal.status(`Looking at ${what} …`));
  terminal.status("");
  terminal.print(doctorText(findings, terminal));
  return findings.every(({ state }) => state !== "broken");
}
