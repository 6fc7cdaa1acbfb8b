import { stat } from "node:fs/promises";
import path from "node:path";
import { LabError } from "../../../src/core/errors.js";
import { handedInFileName } from "../../../src/lab/handed-in.js";
import { printable } from "../../../src/lab/printable.js";
import type { Student } from "../../course/course.js";
import { classify } from "../classify.js";
import {
  type CollectEvents,
  type CollectOptions,
  chosenStudents,
  deadlineOf,
  lateCost,
  reportFailure,
  shelfOf,
} from "../collect.js";
import { describe } from "../describe.js";
import { type Collected, without } from "../outcome.js";
import { type OnShelf, onShelf, place } from "../place.js";
import {
  chooseNotebooks,
  type FileVersion,
  fileVersions,
  isTie,
  type OwnedFile,
  readCandidates,
} from "./candidates.js";
import { listFolder } from "./folder.js";
import type { FoundFile, Listing } from "./listing.js";
import { match, type Roster } from "./match.js";
import { ownerOf } from "./owner.js";
import { openZip } from "./zip.js";

/** Of a platform's download of a whole class. */
const downloadedZip = { entries: 50_000, entryBytes: 64 * 2 ** 20, totalBytes: 64 * 2 ** 30 };

/** Collects from a folder or a zip. Gives back a line for each thing in it that is nobody's, or was left out. */
export async function collectFromFiles(
  options: CollectOptions & { readonly from: string },
  events: CollectEvents,
  stop: AbortSignal,
): Promise<readonly string[]> {
  const students = chosenStudents(options);
  const listing = await openListing(options.from);
  try {
    const { owned, lines } = sortOut(listing, options.course, students);
    events.onStart(students.length);
    for (const student of students) {
      if (stop.aborted) break;
      const line = await collectStudent(options, student, owned.get(student.id) ?? []).catch(
        (error: unknown) => reportFailure(error, { student: student.id, lab: options.lab, events }),
      );
      events.onStudent(line);
    }
    return [...lines, ...listing.ignored];
  } finally {
    listing.close();
  }
}

async function openListing(from: string): Promise<Listing & { close(): void }> {
  const stats = await stat(from).catch((cause: unknown) => {
    throw new LabError("NO_SUBMISSIONS", `there is no ${printable(from)}`, "Give a folder or a zip file.", {
      cause,
    });
  });
  if (stats.isDirectory()) return { ...(await listFolder(from)), close: () => {} };
  return openZip(from, path.basename(from), downloadedZip);
}

interface Sorted {
  readonly owned: ReadonlyMap<string, OwnedFile[]>;
  readonly lines: string[];
}

/** Whose each file is. */
function sortOut({ files }: Listing, roster: Roster, chosen: readonly Student[]): Sorted {
  const owned = new Map<string, OwnedFile[]>();
  const lines = new Set<string>();
  const give = (student: Student, file: OwnedFile): void =>
    void owned.set(student.id, [...(owned.get(student.id) ?? []), file]);
  const [only, ...others] = chosen;
  if (files.some((file) => file.path.join("/") === handedInFileName)) {
    // What one student's submit made says not whose it is; with --student it is told.
    if (!only || others.length > 0)
      throw new LabError("WHOSE", "this is a zip of one student's submit", "Say whose it is: --student ID.");
    for (const file of files) give(only, { file, owner: ownerOf([only.id, ...file.path]) });
    return { owned, lines: [] };
  }
  for (const file of withoutWrapper(files, roster)) {
    const owner = ownerOf(file.path);
    const found = match(owner, roster);
    if ("students" in found) for (const student of found.students) give(student, { file, owner });
    else if ("unknown" in found) lines.add(`nobody in course.yaml is ${printable(owner.shown)}`);
    else
      lines.add(
        `${printable(owner.shown)} may be ${found.ambiguous.map(({ id }) => id).join(" or ")}: give aliases`,
      );
  }
  return { owned, lines: [...lines] };
}

/** Without the one folder that a zip program put around everything. */
function withoutWrapper(files: readonly FoundFile[], roster: Roster): readonly FoundFile[] {
  const tops = new Set(files.map(({ path: [top] }) => top));
  const isWrapped =
    tops.size === 1 &&
    files.every((file) => file.path.length > 1 && "unknown" in match(ownerOf(file.path), roster));
  return isWrapped ? files.map((file) => ({ ...file, path: file.path.slice(1) })) : files;
}

async function collectStudent(
  options: CollectOptions,
  student: Student,
  files: readonly OwnedFile[],
): Promise<Collected> {
  const { lab, submissions, course } = options;
  const { candidates, problems } = await readCandidates(files);
  if (candidates.length === 0)
    return without(
      student.id,
      lab,
      problems.length > 0 ? "failed" : "nothing",
      problems[0] ?? "nothing in it is theirs",
    );
  const others = [...course.labs.keys()].filter((id) => id !== lab);
  const versions = fileVersions(chooseNotebooks(candidates, lab, others), new Date());
  if (isTie(versions))
    return without(
      student.id,
      lab,
      "failed",
      "several notebooks of one time, and they differ. Keep the right one.",
    );
  const accounts = accountsOf(versions);
  if (accounts.length > 1)
    return without(
      student.id,
      lab,
      "failed",
      `different notebooks of several accounts: ${accounts.map((one) => printable(one, 40)).join(", ")}. Keep theirs.`,
    );
  const earlier = await onShelf(shelfOf(options), student.id);
  const { onTime, late } = classify(besides(earlier, versions), deadlineOf(options, student.id));
  const paths = await place(shelfOf(options), student.id, {
    ...(onTime ? { onTime: onTime.version.candidate.bytes } : {}),
    ...(late ? { late: late.version.candidate.bytes } : {}),
  });
  const says = (onTime ?? late)?.version.candidate.submitSays;
  return describe({
    ...{ student: student.id, lab, submissions, paths },
    ...(earlier && !onTime ? { leftThere: earlier.path } : {}),
    chosen: { ...(onTime ? { onTime } : {}), ...(late ? { late } : {}) },
    notes: [...lateCost(options, student.id, late), ...(says === undefined ? [] : [says]), ...problems],
    doubtful: problems.length > 0,
  });
}

/** On some platforms people choose their names: then another one's work must not take the place of theirs. */
function accountsOf(versions: readonly FileVersion[]): string[] {
  const same = new Set(versions.map(({ content }) => content)).size === 1;
  return same ? [] : [...new Set(versions.map(({ candidate }) => candidate.account))];
}

/** What is late by its time alone does not take the place of other work that was collected before. */
function besides(earlier: OnShelf | undefined, versions: readonly FileVersion[]): readonly FileVersion[] {
  if (earlier === undefined) return versions;
  return versions.map((version) =>
    version.content === earlier.sha256 ? version : { ...version, lateNeedsPerson: false },
  );
}
