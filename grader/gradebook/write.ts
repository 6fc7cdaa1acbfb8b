import type { QuestionRecord, SubmissionRecord, WrittenRecord } from "../pipeline/record.js";
import { type Db, immediately } from "./database.js";

/** Adds the submission with everything that was found in it: all of it, or, if anything fails, nothing. */
export async function writeAttempt(db: Db, record: SubmissionRecord, startedAt: string): Promise<void> {
  await immediately(db, async (transaction) => {
    const submissionId = await findOrAddSubmission(transaction, record, startedAt);
    const releaseId = await findOrAddRelease(transaction, record, startedAt);
    const attempt = await transaction
      .insertInto("attempts")
      .values({
        submission_id: submissionId,
        release_id: releaseId,
        started_at: startedAt,
        status: record.status,
        score: record.score,
        max_score: record.maxScore,
        isolation: clean(record.isolation),
        duration_ms: record.durationMs,
        receipt: clean(record.receipt),
        seed_hash: clean(record.seedHash),
        problem: clean(record.problem),
        notices: lines(record.notices),
      })
      .onConflict((conflict) => conflict.doNothing())
      .returning("id")
      .executeTakeFirst();
    // The same attempt was recorded before: by a caller who didn't hear the answer and asked again.
    if (attempt === undefined) return;
    for (const [position, question] of record.questions.entries()) {
      await addQuestion(transaction, attempt.id, position, question);
    }
    await addWritten(transaction, attempt.id, record.written);
  });
}

async function findOrAddSubmission(db: Db, record: SubmissionRecord, seen: string): Promise<number> {
  const student = clean(record.student);
  const key = { student_id: student, lab: clean(record.lab), notebook_hash: clean(record.notebookHash) };
  await db
    .insertInto("students")
    .values({ id: student, first_seen: seen })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  await db
    .insertInto("submissions")
    .values({ ...key, first_seen: seen })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const found = await db
    .selectFrom("submissions")
    .select("id")
    .where((where) => where.and(key))
    .executeTakeFirstOrThrow();
  return found.id;
}

async function findOrAddRelease(db: Db, record: SubmissionRecord, used: string): Promise<number> {
  const key = {
    lab: clean(record.lab),
    release: clean(record.release),
    tests_hash: clean(record.testsHash),
  };
  await db
    .insertInto("releases")
    .values({ ...key, first_used: used })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const found = await db
    .selectFrom("releases")
    .select("id")
    .where((where) => where.and(key))
    .executeTakeFirstOrThrow();
  return found.id;
}

async function addQuestion(
  db: Db,
  attemptId: number,
  position: number,
  question: QuestionRecord,
): Promise<void> {
  const key = { attempt_id: attemptId, question_id: clean(question.id) };
  await db
    .insertInto("question_results")
    .values({
      ...key,
      position,
      title: clean(question.title),
      score: question.score,
      max_score: question.maxScore,
      answer: clean(question.answer),
      cell_error: clean(question.cellError),
      printed: clean(question.printed),
      misconceptions: lines(question.misconceptions),
    })
    .execute();
  if (question.tests.length === 0) return;
  const rows = question.tests.map((test, index) => ({
    ...key,
    position: index,
    title: clean(test.title),
    verdict: test.verdict,
    points: test.points,
    visibility: test.visibility,
    message: clean(test.message),
    hint: clean(test.hint),
  }));
  await db.insertInto("test_results").values(rows).execute();
}

async function addWritten(db: Db, attemptId: number, written: readonly WrittenRecord[]): Promise<void> {
  if (written.length === 0) return;
  const rows = written.map((answer, position) => ({
    attempt_id: attemptId,
    question_id: clean(answer.id),
    position,
    title: clean(answer.title),
    max_score: answer.maxScore,
    rubric: lines(answer.rubric),
    answer: clean(answer.answer),
  }));
  await db.insertInto("written_answers").values(rows).execute();
}

function lines(texts: readonly string[]): string {
  return JSON.stringify(texts.map(clean));
}

/** A text column ends at the first NUL, and UTF-8 has no half of a surrogate pair: U+FFFD stands for both. */
export function clean(text: string): string {
  return text.replace(/[\0\u{d800}-\u{dfff}]/gu, "\ufffd");
}
