import type { Kysely } from "kysely";
import { refuseChanges } from "../append-only.js";

/** Answers in words, which a person grades. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable("written_answers")
    .addColumn("attempt_id", "integer", (column) => column.notNull().references("attempts.id"))
    .addColumn("question_id", "text", (column) => column.notNull())
    .addColumn("position", "integer", (column) => column.notNull())
    .addColumn("title", "text", (column) => column.notNull())
    .addColumn("max_score", "double precision", (column) => column.notNull())
    .addColumn("rubric", "text", (column) => column.notNull())
    .addColumn("answer", "text", (column) => column.notNull())
    .addPrimaryKeyConstraint("written_answers_key", ["attempt_id", "question_id"])
    .execute();
  await refuseChanges(db, "written_answers");
}
