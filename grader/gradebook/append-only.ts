import { type Kysely, sql } from "kysely";

/** A grade that was given stays in the book: a new attempt is added, no row is ever changed or taken out. */
export async function refuseChanges(db: Kysely<unknown>, table: string): Promise<void> {
  for (const change of ["update", "delete"]) {
    await sql`
      create trigger ${sql.id(`${table}_no_${change}`)} before ${sql.raw(change)} on ${sql.id(table)}
      begin
        select raise(abort, ${sql.lit(`${table} is append-only`)});
      end
    `.execute(db);
  }
}
