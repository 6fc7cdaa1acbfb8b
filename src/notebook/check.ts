import { LabError } from "../core/errors.js";
import { type CheckResult, checkHtml, checkText } from "./check-view.js";
import { importNotes } from "./import-rule.js";
import { type KernelSession, kernelSession } from "./kernel-session.js";
import { loadPublicTests } from "./public-tests.js";

/**
 * Tries the functions of this notebook against the public tests of one question, and shows what each test
 * saw. The values take the same way as in the grader, so that they mean the same. Never throws: a notebook
 * runs on, here and where there are no public tests.
 *
 * @example
 * ```ts
 * await check("q1");
 * ```
 */
export async function check(question: string): Promise<void> {
  const session = kernelSession();
  try {
    const result = await runCheck(question, process.cwd(), session);
    if (!session.showHtml(checkHtml(result))) console.log(checkText(result));
  } catch (error) {
    if (!(error instanceof LabError)) throw error;
    console.log(`check: ${error.message}`);
  }
}

/** The same without showing it: `labDir` is the folder of the notebook. */
export async function runCheck(
  question: string,
  labDir: string,
  { names }: Pick<KernelSession, "names">,
): Promise<CheckResult> {
  const tests = await loadPublicTests(labDir, question);
  const [{ runQuestion }, { localStudent, StudentError }] = await Promise.all([
    import("../testing/index.js"),
    import("../lab/student.js"),
  ]);
  const ends = [performance.now()];
  // Always the same inputs: what fails once fails again until the answer changes.
  const outcomes = await runQuestion(tests, {
    student: localStudent(names),
    seed: "check",
    isStudentFault: (error) => error instanceof StudentError,
    onOutcome: () => ends.push(performance.now()),
  });
  const testMs = ends.slice(1).map((end, i) => end - (ends[i] ?? end));
  return { question, outcomes, testMs, notes: await importNotes(labDir) };
}
