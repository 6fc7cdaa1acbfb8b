import type { FoundFile } from "./listing.js";

/** By what a learning platform, or whoever made the folder, names a student. */
export interface Owner {
  /** As it is shown when nobody fits. */
  readonly shown: string;
  /** An id, an alias, an e-mail address or a full name. */
  readonly name: string;
  /** The platform's own number: it is known as an alias only. */
  readonly number?: string;
  /** Tells accounts apart: on a platform two people can have one name, or take another's. */
  readonly account: string;
  /** The name of the file without what the platform put in front. */
  readonly file: string;
  /** The platform says that it came late. */
  readonly markedLate: boolean;
}

/** Moodle: `Full Name_123_assignsubmission_file_`, a folder, or in front of a file's name. */
const moodle = /^(.+)_(\d+)_assignsubmission_[a-z]+_?(.*)$/i;
/** Canvas: `doejane_12345_678_file.ipynb`, `doejane_LATE_12345_678_file-1.ipynb`. */
const canvas = /^(.+?)_(LATE_)?(\d+)_(\d+)_(.+)$/;

/**
 * Whose a file is, by the layout: Moodle's, Canvas's, `{student}/…` (nbgrader's is one of these), `{student}.ipynb`.
 *
 * @example
 * ```ts
 * ownerOf(["doejane_12345_678_lab.ipynb"]).name; // "doejane"
 * ```
 */
export function ownerOf(path: FoundFile["path"]): Owner {
  const [first = ""] = path;
  const last = path.at(-1) ?? "";
  const [, fullName, participant, rest] = moodle.exec(first) ?? [];
  if (fullName !== undefined)
    return {
      shown: fullName,
      name: fullName,
      account: `${fullName} (${participant})`,
      file: path.length > 1 ? last : (rest ?? ""),
      markedLate: false,
    };
  const [, name, late, number, , file] = path.length === 1 ? (canvas.exec(last) ?? []) : [];
  if (name !== undefined && number !== undefined && file !== undefined)
    // A second hand-in is called file-1.ipynb.
    return {
      shown: last,
      name,
      number,
      account: `${name} (${number})`,
      file: file.replace(/-\d+(\.\w+)$/, "$1"),
      markedLate: late !== undefined,
    };
  if (path.length > 1) return { shown: first, name: first, account: first, file: last, markedLate: false };
  const bare = last.replace(/\.\w+$/, "");
  return { shown: last, name: bare, account: bare, file: last, markedLate: false };
}
