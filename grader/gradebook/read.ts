import { z } from "zod";
import type { QuestionRecord, SubmissionRecord, TestRecord, WrittenRecord } from "../pipeline/record.js";
import type { Db } from "./database.js";

export interface ReleaseKey {
  readonly release: string;
  readonly testsHash: string;
}

/** Each student's last attempt at a lab, by student; with a key, the last one graded against that release. */
export async function readLatest(db: Db, lab: string, key?: ReleaseKey): Promise<SubmissionRecord[]> {
  // One transaction is one view of the book: another grader may add an attempt between two queries.
  const rows = await db.transaction().execute(async (view) => ({
    attempts: await attemptRows(view, lab, key),
    questions: await questionRows(view, lab, key),
    tests: await testRows(view, lab, key),
    written: await writtenRows(view, lab, key),
  }));
  const questions = groupBy(rows.questions, (row) => row.attempt_id);
  const tests = groupBy(rows.tests, (row) => testKey(row.attempt_id, row.question_id));
  const written = groupBy(rows.written, (row) => row.attempt_id);
  return rows.attempts.map(
    (row): SubmissionRecord => ({
      student: row.student_id,
      lab: row.lab,
      status: row.status,
      score: row.score,
      maxScore: row.max_score,
      questions: (questions.get(row.id) ?? []).map((question) =>
        toQuestion(question, tests.get(testKey(row.id, question.question_id)) ?? []),
      ),
      written: (written.get(row.id) ?? []).map(toWritten),
      isolation: row.isolation,
      durationMs: row.duration_ms,
      receipt: row.receipt,
      problem: row.problem,
      notices: parseLines(row.notices),
      release: row.release,
      testsHash: row.tests_hash,
      notebookHash: row.notebook_hash,
      seedHash: row.seed_hash,
    }),
  );
}

function latestIds(db: Db, lab: string, key?: ReleaseKey) {
  const ids = db
    .selectFrom("attempts")
    .innerJoin("submissions", "submissions.id", "attempts.submission_id")
    .innerJoin("releases", "releases.id", "attempts.release_id")
    .where("submissions.lab", "=", lab)
    .groupBy("submissions.student_id")
    .select((select) => select.fn.max("attempts.id").as("id"));
  if (key === undefined) return ids;
  return ids.where("releases.release", "=", key.release).where("releases.tests_hash", "=", key.testsHash);
}

type QuestionRow = Awaited<ReturnType<typeof questionRows>>[number];
type TestRow = Awaited<ReturnType<typeof testRows>>[number];
type WrittenRow = Awaited<ReturnType<typeof writtenRows>>[number];

function attemptRows(db: Db, lab: string, key?: ReleaseKey) {
  return db
    .selectFrom("attempts")
    .innerJoin("submissions", "submissions.id", "attempts.submission_id")
    .innerJoin("releases", "releases.id", "attempts.release_id")
    .where("attempts.id", "in", latestIds(db, lab, key))
    .selectAll("attempts")
    .select(["submissions.student_id", "submissions.lab", "submissions.notebook_hash"])
    .select(["releases.release", "releases.tests_hash"])
    .orderBy("submissions.student_id")
    .execute();
}

function questionRows(db: Db, lab: string, key?: ReleaseKey) {
  return db
    .selectFrom("question_results")
    .selectAll()
    .where("attempt_id", "in", latestIds(db, lab, key))
    .orderBy("position")
    .execute();
}

function testRows(db: Db, lab: string, key?: ReleaseKey) {
  return db
    .selectFrom("test_results")
    .selectAll()
    .where("attempt_id", "in", latestIds(db, lab, key))
    .orderBy("position")
    .execute();
}

function writtenRows(db: Db, lab: string, key?: ReleaseKey) {
  return db
    .selectFrom("written_answers")
    .selectAll()
    .where("attempt_id", "in", latestIds(db, lab, key))
    .orderBy("position")
    .execute();
}

function toQuestion(row: QuestionRow, tests: readonly TestRow[]): QuestionRecord {
  return {
    id: row.question_id,
    title: row.title,
    score: row.score,
    maxScore: row.max_score,
    tests: tests.map(toTest),
    misconceptions: parseLines(row.misconceptions),
    answer: row.answer,
    cellError: row.cell_error,
    printed: row.printed,
  };
}

function toTest({ title, verdict, points, visibility, message, hint }: TestRow): TestRecord {
  return { title, verdict, points, visibility, message, hint };
}

function toWritten(row: WrittenRow): WrittenRecord {
  const { question_id: id, title, max_score: maxScore, answer } = row;
  return { id, title, maxScore, rubric: parseLines(row.rubric), answer };
}

function testKey(attemptId: number, questionId: string): string {
  return `${attemptId} ${questionId}`;
}

const linesColumn = z.array(z.string());

function parseLines(json: string): string[] {
  return linesColumn.parse(JSON.parse(json));
}

function groupBy<Row, Key>(rows: readonly Row[], keyOf: (row: Row) => Key): Map<Key, Row[]> {
  const groups = new Map<Key, Row[]>();
  for (const row of rows) {
    const key = keyOf(row);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row]);
    else group.push(row);
  }
  return groups;
}
