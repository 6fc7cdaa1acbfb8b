import { randomBytes } from "node:crypto";
import type { SubmissionRecord } from "../pipeline/record.js";
import { type Db, openDatabase } from "./database.js";
import { explain } from "./errors.js";
import { gradebookPath, prepareFile } from "./location.js";
import { migrations } from "./migrations/index.js";
import { patiently } from "./patience.js";
import { readLatest } from "./read.js";
import { writeAttempt } from "./write.js";

/** What `--resume` needs of a submission that is done. */
export interface Finished {
  readonly notebookHash: string;
  readonly record: SubmissionRecord;
}

/** The course's grades. Several programs may have it open at once; what is in it is never changed. */
export interface Gradebook {
  /** Adds one attempt, whole or not at all; once this resolves, it survives a crash. */
  record(record: SubmissionRecord, startedAt: string): Promise<void>;
  /** By student, what needs no further grading against this release: last attempts that are graded or invalid. */
  finished(lab: string, release: string, testsHash: string): Promise<Map<string, Finished>>;
  /** Each student's last attempt at the lab, ordered by student. */
  latest(lab: string): Promise<SubmissionRecord[]>;
  /** The 32 bytes from which each student's inputs are drawn; made when they are first asked for. */
  courseSecret(): Promise<Uint8Array>;
  close(): Promise<void>;
}

/**
 * Opens a gradebook, and makes it if there is none. A LabError says why where it can't.
 *
 * @example
 * ```ts
 * const gradebook = await openGradebook("gradebook.db");
 * await gradebook.record(record, new Date().toISOString());
 * await gradebook.close();
 * ```
 */
export async function openGradebook(url: string): Promise<Gradebook> {
  const path = gradebookPath(url);
  prepareFile(path);
  const db = await explained(path, () => openDatabase(path, migrations));
  return gradebookOn(db, path);
}

/** A gradebook over a database that is already open. */
export function gradebookOn(db: Db, path: string): Gradebook {
  return {
    record: (record, startedAt) => explained(path, () => writeAttempt(db, record, startedAt)),
    finished: (lab, release, testsHash) =>
      explained(path, async () => onlyFinished(await readLatest(db, lab, { release, testsHash }))),
    latest: (lab) => explained(path, () => readLatest(db, lab)),
    courseSecret: () => explained(path, () => courseSecret(db)),
    close: () => db.destroy(),
  };
}

function onlyFinished(records: readonly SubmissionRecord[]): Map<string, Finished> {
  const done = records.filter((record) => record.status === "graded" || record.status === "invalid");
  return new Map(done.map((record) => [record.student, { notebookHash: record.notebookHash, record }]));
}

async function courseSecret(db: Db): Promise<Uint8Array> {
  const found = await readSecret(db);
  if (found !== undefined) return found;
  await db
    .insertInto("course")
    .values({ key: "secret", value: randomBytes(32).toString("hex") })
    // Another process may have been first: then its secret is the course's.
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const made = await readSecret(db);
  if (made === undefined) throw new Error("the course secret was written and is not there");
  return made;
}

async function readSecret(db: Db): Promise<Uint8Array | undefined> {
  const row = await db.selectFrom("course").select("value").where("key", "=", "secret").executeTakeFirst();
  return row === undefined ? undefined : new Uint8Array(Buffer.from(row.value, "hex"));
}

/** Waits for other processes, and says in the user's words what went wrong. */
async function explained<Result>(path: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await patiently(work);
  } catch (error) {
    throw explain(error, path);
  }
}
