import { createHash } from "node:crypto";
import type { Lab } from "../authoring/load-lab.js";
import type { SubmissionRecord } from "./record.js";
import { pointsOf } from "./written.js";

/** The record of a submission that nothing was run of. */
export function unjudgedRecord(
  lab: Lab,
  what: Pick<SubmissionRecord, "student" | "status" | "problem" | "isolation">,
): SubmissionRecord {
  const decided = [what.student, lab.manifest.id, lab.release, lab.testsHash, what.status, what.problem];
  return {
    ...what,
    lab: lab.manifest.id,
    score: 0,
    maxScore: pointsOf(lab.source),
    questions: [],
    written: [],
    durationMs: 0,
    receipt: createHash("sha256").update(JSON.stringify(decided)).digest("hex"),
    notices: [],
    release: lab.release,
    testsHash: lab.testsHash,
    notebookHash: "",
    seedHash: "",
  };
}
