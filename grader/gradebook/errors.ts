import { LabError } from "../../src/core/errors.js";
import { readOnly } from "./location.js";

/** Says in the user's words what SQLite says in codes; leaves alone what is no mistake of theirs. */
export function explain(error: unknown, path: string): unknown {
  const code = sqliteCode(error);
  if (code === undefined) return error;
  for (const [prefix, describe] of Object.entries(descriptions)) {
    if (code.startsWith(prefix)) return describe(path, error);
  }
  return error;
}

type Describe = (path: string, cause: unknown) => LabError;

const descriptions: Readonly<Record<string, Describe>> = {
  SQLITE_FULL: diskFull,
  SQLITE_READONLY: readOnly,
  SQLITE_CANTOPEN: readOnly,
  SQLITE_NOTADB: notAGradebook,
  SQLITE_CORRUPT: damaged,
  SQLITE_BUSY: busy,
  SQLITE_LOCKED: busy,
  SQLITE_IOERR: inputOutput,
};

/** Another process holds the lock; it will let go in a moment. */
export function isBusy(error: unknown): boolean {
  return sqliteCode(error)?.startsWith("SQLITE_BUSY") ?? false;
}

export function notAGradebook(path: string, cause?: unknown): LabError {
  return new LabError(
    "GRADEBOOK_FOREIGN",
    `${path} is not a gradebook`,
    "Name another file with --gradebook; this one was left as it is.",
    { cause },
  );
}

export function newerSchema(path: string, version: string): LabError {
  return new LabError(
    "GRADEBOOK_NEWER",
    `the gradebook ${path} was written by a newer edgelab (its schema is ${version})`,
    "Update edgelab on this machine.",
  );
}

function diskFull(path: string, cause: unknown): LabError {
  return new LabError(
    "GRADEBOOK_DISK_FULL",
    `the disk is full: the gradebook ${path} could not take the last submission`,
    "Make room, then go on with --resume; everything before it is kept.",
    { cause },
  );
}

function damaged(path: string, cause: unknown): LabError {
  return new LabError(
    "GRADEBOOK_DAMAGED",
    `the gradebook ${path} is damaged`,
    "Keep a copy of it, then restore your last backup, or rescue its rows with: sqlite3 FILE .recover",
    { cause },
  );
}

function busy(path: string, cause: unknown): LabError {
  return new LabError(
    "GRADEBOOK_BUSY",
    `the gradebook ${path} has been locked by another program for too long`,
    "Close the program that holds it, then go on with --resume.",
    { cause },
  );
}

function inputOutput(path: string, cause: unknown): LabError {
  return new LabError(
    "GRADEBOOK_DISK",
    `the disk refused to read or write the gradebook ${path}`,
    "Check the disk; a network folder can't hold a gradebook.",
    { cause },
  );
}

function sqliteCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error)) return undefined;
  return typeof error.code === "string" && error.code.startsWith("SQLITE_") ? error.code : undefined;
}
