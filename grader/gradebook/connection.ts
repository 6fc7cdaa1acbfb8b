import type { SqliteDatabase, SqliteStatement } from "kysely";
import Sqlite from "libsql";

/** For locks that are held within one statement, such as recovery after a crash. SQLite waits with the whole process. */
const statementWaitMs = 5_000;

/**
 * A libsql connection as Kysely's SQLite dialect wants it.
 *
 * A `begin immediate` that finds the lock taken stays "in progress" until its prepared statement is
 * garbage collected, and no commit succeeds before that. `exec` drops the statement at once, so the
 * words that begin and end a transaction go through it. They also don't wait for the lock in here,
 * as its holder may be this very process: `patiently` does.
 */
export function connect(path: string): SqliteDatabase {
  const sqlite = new Sqlite(path, { timeout: statementWaitMs });
  return {
    prepare: (text) => (isTransactionWord(text) ? viaExec(sqlite, text) : sqlite.prepare(text)),
    close: () => sqlite.close(),
  };
}

function isTransactionWord(text: string): boolean {
  return /^(begin( immediate)?|commit|rollback)$/.test(text.trim());
}

function viaExec(sqlite: Sqlite.Database, text: string): SqliteStatement {
  return {
    reader: false,
    run: () => {
      sqlite.exec("pragma busy_timeout = 0");
      try {
        sqlite.exec(text);
      } finally {
        sqlite.exec(`pragma busy_timeout = ${statementWaitMs}`);
      }
      return { changes: 0, lastInsertRowid: 0 };
    },
    all: () => [],
    iterate: () => [].values(),
  };
}
