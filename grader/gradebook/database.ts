import { Kysely, type Migration, Migrator, SqliteDialect, sql } from "kysely";
import { connect } from "./connection.js";
import { newerSchema, notAGradebook } from "./errors.js";
import type { Schema } from "./schema.js";

/** SQLite's own mark of whose file this is: "edge" in ASCII. */
const applicationId = 0x65646765;

export type Db = Kysely<Schema>;

/** Opens the file, and brings its tables to the newest form in one transaction. */
export async function openDatabase(
  path: string,
  migrations: Readonly<Record<string, Migration>>,
): Promise<Db> {
  const db = new Kysely<Schema>({
    dialect: new SqliteDialect({ database: async () => connect(path) }),
  });
  try {
    await configure(db);
    await immediately(db, (transaction) => migrate(transaction, path, migrations));
  } catch (error) {
    await db.destroy();
    throw error;
  }
  return db;
}

/**
 * Runs `work` in one transaction that holds the write lock from its start: a transaction that begins
 * by reading could not become a writer once another process has written.
 */
export async function immediately<Result>(
  db: Db,
  work: (transaction: Db) => Promise<Result>,
): Promise<Result> {
  return db.connection().execute(async (connection) => {
    await sql`begin immediate`.execute(connection);
    try {
      const result = await work(connection);
      await sql`commit`.execute(connection);
      return result;
    } catch (error) {
      // A full disk has already rolled back; then there is nothing left to undo.
      await sql`rollback`.execute(connection).catch(() => undefined);
      throw error;
    }
  });
}

async function configure(db: Db): Promise<void> {
  await sql`pragma foreign_keys = on`.execute(db);
  // So that the append-only triggers also see the delete within "insert or replace".
  await sql`pragma recursive_triggers = on`.execute(db);
  await sql`pragma journal_mode = wal`.execute(db);
  // What was acknowledged survives a power cut.
  await sql`pragma synchronous = full`.execute(db);
}

async function migrate(db: Db, path: string, migrations: Readonly<Record<string, Migration>>): Promise<void> {
  await refuseForeign(db, path);
  const migrator = new Migrator({ db, provider: { getMigrations: async () => ({ ...migrations }) } });
  await refuseNewer(db, path, migrations);
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined) throw error;
  await sql`pragma application_id = ${sql.raw(String(applicationId))}`.execute(db);
}

/** Another program's database would take our tables without a word. */
async function refuseForeign(db: Db, path: string): Promise<void> {
  const mark = await sql<{ application_id: number }>`pragma application_id`.execute(db);
  if (mark.rows[0]?.application_id === applicationId) return;
  if ((await tableNames(db)).length > 0) throw notAGradebook(path);
}

async function refuseNewer(
  db: Db,
  path: string,
  migrations: Readonly<Record<string, Migration>>,
): Promise<void> {
  if (!(await tableNames(db)).includes("kysely_migration")) return;
  const applied = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(db);
  const newest = applied.rows.at(-1)?.name;
  if (newest !== undefined && !(newest in migrations)) throw newerSchema(path, newest);
}

async function tableNames(db: Db): Promise<string[]> {
  const found = await sql<{ name: string }>`select name from sqlite_master where type = 'table'`.execute(db);
  return found.rows.map((row) => row.name);
}
