import path from "node:path";
import type { SubmissionRecord } from "../pipeline/record.js";
import { startProgress } from "../terminal/progress.js";
import { untilStopped } from "../terminal/stop.js";
import { jsonLine, renderTable } from "../terminal/table.js";
import type { ExitReason, Terminal } from "../terminal/terminal.js";
import { type BatchEvents, type BatchOptions, type BatchResult, gradeBatch } from "./batch.js";

export interface RunOptions extends BatchOptions {
  readonly json: boolean;
}

/** `grader run`: grades, shows how far it is, and says at the end what came of it and what to do next. */
export async function run(options: RunOptions, terminal: Terminal): Promise<ExitReason> {
  const result = await runBatch(options, terminal, (record) => {
    if (options.json) terminal.print(jsonLine(record));
  });
  if (!options.json) terminal.print(summary(options, result, terminal));
  if (result.stopped) {
    const left = result.total - result.records.length;
    terminal.note(`grader: stopped; ${left} of ${result.total} are not graded. Go on with --resume.`);
    return "interrupted";
  }
  return result.records.some(({ status }) => status === "needs-review" || status === "error")
    ? "needsPerson"
    : "done";
}

/** Grades a batch with a progress line; Ctrl-C stops it after nothing was lost, a second one at once. */
export async function runBatch(
  options: BatchOptions,
  terminal: Terminal,
  onRecord: (record: SubmissionRecord) => void,
): Promise<BatchResult> {
  const progress = startProgress("grading");
  const events: BatchEvents = {
    onStart: (total) => progress.start(total),
    onRecord: (record) => {
      progress.around(() => onRecord(record));
      progress.step();
    },
    onRetry: (student) => progress.say(`again, alone: ${student}`),
    onFailure: (student, stack) =>
      progress.around(() => terminal.note(`grader: the grader failed on ${student}:\n${stack}`)),
  };
  try {
    return await untilStopped((stop) => gradeBatch(options, events, stop));
  } finally {
    progress.stop();
  }
}

function summary(options: RunOptions, { records, resumed, lab }: BatchResult, terminal: Terminal): string {
  const lines = [renderTable(records, terminal)];
  if (resumed > 0) lines.push(`${resumed} were graded before and have not changed.`);
  lines.push(
    `Feedback pages: ${path.join(options.feedback, lab.manifest.id)}   Grades: ${options.gradebook}`,
  );
  return lines.join("\n");
}
