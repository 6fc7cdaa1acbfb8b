import { accessSync, closeSync, constants, openSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { LabError } from "../../src/core/errors.js";

/** The file that a gradebook's URL names: `gradebook.db`, `file:gradebook.db` or `file:///home/ta/gradebook.db`. */
export function gradebookPath(url: string): string {
  if (url.trim() === "" || url.includes("\0")) {
    throw new LabError("GRADEBOOK_URL", "--gradebook is empty", "Name a file, such as gradebook.db.");
  }
  if (url.startsWith("file://")) return fileUrlPath(url);
  if (url.startsWith("file:")) return resolve(url.slice("file:".length));
  const scheme = /^([a-z][a-z0-9+.-]+):\/\//i.exec(url)?.[1];
  if (scheme === undefined) return resolve(url);
  if (/^postgres(ql)?$/i.test(scheme)) {
    // The URL itself may hold a password: it is not repeated.
    throw new LabError(
      "GRADEBOOK_POSTGRES",
      "a gradebook on PostgreSQL is not in this version",
      "Use a file: --gradebook gradebook.db",
    );
  }
  throw new LabError(
    "GRADEBOOK_URL",
    `--gradebook can't be a ${scheme}: URL`,
    "Use a file: --gradebook gradebook.db",
  );
}

function fileUrlPath(url: string): string {
  try {
    return fileURLToPath(url);
  } catch (cause) {
    throw new LabError(
      "GRADEBOOK_URL",
      `--gradebook ${url} names no file of this machine`,
      "Use file:///folder/gradebook.db, or the path alone.",
      { cause },
    );
  }
}

/**
 * Sees to it that the file is there and can be written, as SQLite itself only says "unable to open".
 * A new file is for its owner alone: it will hold grades and the course's secret.
 */
export function prepareFile(path: string): void {
  const folder = dirname(path);
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
    throw new LabError(
      "GRADEBOOK_FOLDER",
      `the gradebook can't be made, as there is no folder ${folder}`,
      "Make the folder, or name another place with --gradebook.",
    );
  }
  const there = statSync(path, { throwIfNoEntry: false });
  if (there !== undefined && !there.isFile()) {
    throw new LabError(
      "GRADEBOOK_FOLDER",
      `the gradebook ${path} is not a file`,
      "Name a file in it: --gradebook gradebook.db",
    );
  }
  try {
    // SQLite keeps its journal beside the file, so that the folder must be writable too.
    accessSync(folder, constants.W_OK);
    closeSync(openSync(path, "a+", 0o600));
  } catch (cause) {
    throw readOnly(path, cause);
  }
}

export function readOnly(path: string, cause: unknown): LabError {
  return new LabError(
    "GRADEBOOK_READ_ONLY",
    `the gradebook ${path} can't be written`,
    "Give yourself the right to write the file and its folder, or name another place with --gradebook.",
    { cause },
  );
}
