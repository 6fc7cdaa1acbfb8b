/** One slot of the pool: a trusted process with mocha, chai and the test files; it owns its jails. */
import { type GradeJob, Grader } from "./grader.js";
import type { FromWorker, ToWorker } from "./pool.js";

const send = (message: FromWorker): void => {
  process.send?.(message);
};

let grader: Grader | undefined;

async function onMessage(message: ToWorker): Promise<void> {
  if (message.kind === "open") {
    grader = await Grader.open(message.lab, message.isolation);
    send({ kind: "ready" });
  } else {
    await gradeAndSend(message.job);
  }
}

async function gradeAndSend(job: GradeJob): Promise<void> {
  if (!grader) throw new Error("the worker was not opened");
  send({ kind: "record", record: await grader.grade(job) });
}

// The terminal sends Ctrl-C to the whole group: the parent decides, and ends us.
process.on("SIGINT", () => {});
process.on("disconnect", () => process.exit(0));
process.on("message", (message: ToWorker) => {
  onMessage(message).catch((error: unknown) => {
    send({ kind: "failed", stack: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  });
});
