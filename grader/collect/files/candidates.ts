import { createHash } from "node:crypto";
import { LabError } from "../../../src/core/errors.js";
import { notebookLimits } from "../../../src/lab/notebook.js";
import { printable } from "../../../src/lab/printable.js";
import type { EvidentVersion } from "../describe.js";
import { CannotTake } from "../outcome.js";
import { readHandedIn } from "./handed-in.js";
import { baseName, type FoundFile, isAside } from "./listing.js";
import type { Owner } from "./owner.js";
import { openZip } from "./zip.js";

/** A file that belongs to a student, and what the platform says of it. */
export interface OwnedFile {
  readonly file: FoundFile;
  readonly owner: Owner;
}

/** A notebook that may be the student's answer. */
export interface Candidate {
  /** For messages, with the zip that it was in. */
  readonly shown: string;
  /** Without what the platform put in front of it. */
  readonly name: string;
  readonly folders: readonly string[];
  readonly at: Date;
  readonly markedLate: boolean;
  /** Whose it is by the platform. */
  readonly account: string;
  readonly bytes: Uint8Array;
  /** What `submit` wrote beside it, which is the student's own word. */
  readonly submitSays?: string;
}

export interface FileVersion extends EvidentVersion {
  readonly candidate: Candidate;
}

/** Of a zip that a student made: a notebook and what belongs to it. */
const studentsZip = { entries: 2_000, entryBytes: notebookLimits.bytes, totalBytes: 64 * 2 ** 20 };
const zipBytes = 64 * 2 ** 20;
const filesRead = 40;
/** Of all notebooks of a student: they are compared, and so are in memory together. */
const studentBytes = 128 * 2 ** 20;

/** Reads a student's notebooks, those in the student's zips too; a zip within that one is left alone. */
export async function readCandidates(
  files: readonly OwnedFile[],
): Promise<{ readonly candidates: Candidate[]; readonly problems: string[] }> {
  const candidates: Candidate[] = [];
  const problems: string[] = [];
  const budget = { bytes: studentBytes };
  for (const owned of files.slice(0, filesRead)) {
    try {
      candidates.push(...(await candidatesIn(owned, problems, budget)));
    } catch (error) {
      if (!(error instanceof LabError)) throw error;
      problems.push(error.message);
    }
  }
  if (files.length > filesRead) problems.push(`only ${filesRead} of ${files.length} files were read`);
  return { candidates, problems };
}

/** What may still be read of a student's. */
interface Budget {
  bytes: number;
}

function spend(budget: Budget, { bytes }: FoundFile, shown: string): void {
  budget.bytes -= bytes;
  if (budget.bytes < 0)
    throw new CannotTake(
      "failed",
      `${shown} is left out: there are more than ${studentBytes / 2 ** 20} MiB of notebooks`,
      "Keep the right one.",
    );
}

async function candidatesIn(
  { file, owner }: OwnedFile,
  problems: string[],
  budget: Budget,
): Promise<Candidate[]> {
  const shown = printable(file.path.join("/"));
  const folders = file.path.slice(0, -1);
  const common = { at: file.at, markedLate: owner.markedLate, account: owner.account };
  if (/\.ipynb$/i.test(baseName(file))) {
    spend(budget, file, shown);
    const bytes = await readBounded(file, shown, notebookLimits.bytes);
    return [{ ...common, shown, name: file.path.length === 1 ? owner.file : baseName(file), folders, bytes }];
  }
  if (!/\.zip$/i.test(baseName(file))) return [];
  const zip = await openZip(await readBounded(file, shown, zipBytes), shown, studentsZip);
  try {
    problems.push(...zip.ignored);
    const notebooks = zip.files.filter((inner) => /\.ipynb$/i.test(baseName(inner)) && !isAside(inner.path));
    const found: Candidate[] = [];
    for (const inner of notebooks.slice(0, filesRead)) {
      spend(budget, inner, shown);
      const bytes = await inner.read();
      const says = await readHandedIn(zip.files, inner, bytes);
      found.push({
        ...common,
        shown: `${shown}/${printable(inner.path.join("/"))}`,
        name: baseName(inner),
        folders: [...folders, ...inner.path.slice(0, -1)],
        bytes,
        ...(says === undefined ? {} : { submitSays: says }),
      });
    }
    return found;
  } finally {
    zip.close();
  }
}

async function readBounded(file: FoundFile, shown: string, limit: number): Promise<Uint8Array> {
  if (file.bytes > limit)
    throw new CannotTake(
      "failed",
      `${shown} has more than ${limit / 2 ** 20} MiB`,
      "Ask for it without outputs.",
    );
  return file.read();
}

/**
 * The candidates that are this lab's: those of its name, else the only notebook that is not in another lab's place.
 *
 * @throws CannotTake with what is there instead.
 */
export function chooseNotebooks(
  candidates: readonly Candidate[],
  lab: string,
  otherLabs: readonly string[],
): readonly Candidate[] {
  const ours = candidates.filter(
    ({ name, folders }) => ![...folders, name.replace(/\.\w+$/, "")].some((part) => otherLabs.includes(part)),
  );
  const named = ours.filter(({ name }) => name === `${lab}.ipynb`);
  if (named.length > 0) return named;
  const [only, ...others] = ours;
  if (only && new Set(ours.map(({ name }) => name)).size === 1) return [only, ...others];
  const shown = (list: readonly Candidate[]): string =>
    list
      .slice(0, 3)
      .map((one) => one.shown)
      .join(", ");
  if (only)
    throw new CannotTake(
      "failed",
      `${ours.length} notebooks, none is ${lab}.ipynb: ${shown(ours)}`,
      "Keep the right one.",
    );
  const instead = candidates.length > 0 ? `; instead ${shown(candidates)}` : "";
  throw new CannotTake("nothing", `no ${lab}.ipynb${instead}`, "Nothing was taken.");
}

/** The candidates as versions, the oldest first. */
export function fileVersions(candidates: readonly Candidate[], now: Date): FileVersion[] {
  const versions = candidates.map((candidate): FileVersion => {
    const { at, markedLate, bytes, shown } = candidate;
    return {
      id: shown,
      candidate,
      content: createHash("sha256").update(bytes).digest("hex"),
      by: now,
      ownDate: at,
      evidence: "file-time",
      // The platform's mark is a server's word; a file's time alone may be that of the download.
      lateNeedsPerson: !markedLate,
    };
  });
  return versions.sort((a, b) => a.ownDate.getTime() - b.ownDate.getTime());
}

/** Two different notebooks of one time: which of them is the last can't be told. */
export function isTie(versions: readonly FileVersion[]): boolean {
  const [last, before] = [versions.at(-1), versions.at(-2)];
  return (
    last !== undefined &&
    before !== undefined &&
    last.content !== before.content &&
    last.ownDate.getTime() === before.ownDate.getTime()
  );
}
