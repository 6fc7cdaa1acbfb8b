import { type Kysely, sql } from "kysely";
import { refuseChanges } from "../append-only.js";

type Db = Kysely<unknown>;

const tables = [
  "course",
  "students",
  "releases",
  "submissions",
  "attempts",
  "question_results",
  "test_results",
] as const;

export async function up(db: Db): Promise<void> {
  await createCourse(db);
  await createReleases(db);
  await createSubmissions(db);
  await createAttempts(db);
  await createQuestionResults(db);
  await createTestResults(db);
  for (const table of tables) await refuseChanges(db, table);
}

async function createCourse(db: Db): Promise<void> {
  await db.schema
    .createTable("course")
    .addColumn("key", "text", (column) => column.primaryKey())
    .addColumn("value", "text", (column) => column.notNull())
    .execute();
  await db.schema
    .createTable("students")
    .addColumn("id", "text", (column) => column.primaryKey())
    .addColumn("first_seen", "text", (column) => column.notNull())
    .execute();
}

async function createReleases(db: Db): Promise<void> {
  await db.schema
    .createTable("releases")
    .addColumn("id", "integer", (column) => column.primaryKey().autoIncrement())
    .addColumn("lab", "text", (column) => column.notNull())
    .addColumn("release", "text", (column) => column.notNull())
    .addColumn("tests_hash", "text", (column) => column.notNull())
    .addColumn("first_used", "text", (column) => column.notNull())
    .addUniqueConstraint("releases_once", ["lab", "release", "tests_hash"])
    .execute();
}

async function createSubmissions(db: Db): Promise<void> {
  await db.schema
    .createTable("submissions")
    .addColumn("id", "integer", (column) => column.primaryKey().autoIncrement())
    .addColumn("student_id", "text", (column) => column.notNull().references("students.id"))
    .addColumn("lab", "text", (column) => column.notNull())
    .addColumn("notebook_hash", "text", (column) => column.notNull())
    .addColumn("first_seen", "text", (column) => column.notNull())
    .addUniqueConstraint("submissions_once", ["lab", "student_id", "notebook_hash"])
    .execute();
}

async function createAttempts(db: Db): Promise<void> {
  await db.schema
    .createTable("attempts")
    .addColumn("id", "integer", (column) => column.primaryKey().autoIncrement())
    .addColumn("submission_id", "integer", (column) => column.notNull().references("submissions.id"))
    .addColumn("release_id", "integer", (column) => column.notNull().references("releases.id"))
    .addColumn("started_at", "text", (column) => column.notNull())
    .addColumn("status", "text", (column) =>
      column.notNull().check(sql`status in ('graded', 'invalid', 'needs-review', 'error')`),
    )
    .addColumn("score", "double precision", (column) => column.notNull())
    .addColumn("max_score", "double precision", (column) => column.notNull())
    .addColumn("isolation", "text", (column) => column.notNull())
    .addColumn("duration_ms", "double precision", (column) => column.notNull())
    .addColumn("receipt", "text", (column) => column.notNull())
    .addColumn("seed_hash", "text", (column) => column.notNull())
    .addColumn("problem", "text", (column) => column.notNull())
    .addColumn("notices", "text", (column) => column.notNull())
    .addUniqueConstraint("attempts_once", ["submission_id", "release_id", "started_at", "receipt"])
    .execute();
}

async function createQuestionResults(db: Db): Promise<void> {
  await db.schema
    .createTable("question_results")
    .addColumn("attempt_id", "integer", (column) => column.notNull().references("attempts.id"))
    .addColumn("question_id", "text", (column) => column.notNull())
    .addColumn("position", "integer", (column) => column.notNull())
    .addColumn("title", "text", (column) => column.notNull())
    .addColumn("score", "double precision", (column) => column.notNull())
    .addColumn("max_score", "double precision", (column) => column.notNull())
    .addColumn("answer", "text", (column) => column.notNull())
    .addColumn("cell_error", "text", (column) => column.notNull())
    .addColumn("printed", "text", (column) => column.notNull())
    .addColumn("misconceptions", "text", (column) => column.notNull())
    .addPrimaryKeyConstraint("question_results_key", ["attempt_id", "question_id"])
    .execute();
}

async function createTestResults(db: Db): Promise<void> {
  await db.schema
    .createTable("test_results")
    .addColumn("attempt_id", "integer", (column) => column.notNull())
    .addColumn("question_id", "text", (column) => column.notNull())
    .addColumn("position", "integer", (column) => column.notNull())
    .addColumn("title", "text", (column) => column.notNull())
    .addColumn("verdict", "text", (column) =>
      column.notNull().check(sql`verdict in ('pass', 'fail', 'cannot-judge')`),
    )
    .addColumn("points", "double precision", (column) => column.notNull())
    .addColumn("visibility", "text", (column) =>
      column.notNull().check(sql`visibility in ('public', 'hidden')`),
    )
    .addColumn("message", "text", (column) => column.notNull())
    .addColumn("hint", "text", (column) => column.notNull())
    .addPrimaryKeyConstraint("test_results_key", ["attempt_id", "question_id", "position"])
    .addForeignKeyConstraint("test_results_question", ["attempt_id", "question_id"], "question_results", [
      "attempt_id",
      "question_id",
    ])
    .execute();
}
