/**
 * What the kernel prints of an error: the line that threw, unless the error was caught on its way, then the error
 * with its stack. `grader build` puts such a throw in the place of each solution.
 */
const missing =
  /(?:^evalmachine\.<anonymous>:\d+\n[^\n]*\n *\^\n\n)?^(?:Uncaught )?Error: (q\d+): write (.+)\n(?: +at [^\n]*\n?)+/gm;

/** Says in a sentence that a cell uses an answer that is not written yet; a stack would hide it. */
export function nameMissingAnswers(text: string): string {
  return text.replace(
    missing,
    (_, question: string, what: string) =>
      `${question}: write ${what}. This cell uses it: run the cell again when ${question} is answered.\n`,
  );
}
