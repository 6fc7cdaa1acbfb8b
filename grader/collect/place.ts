import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { lstat, mkdir, open, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { LabError } from "../../src/core/errors.js";
import { printable } from "../../src/lab/printable.js";
import { replaceFile } from "../feedback/replace-file.js";

export interface Shelf {
  /** The folder with the students' folders; what is late goes into another one beside it. */
  readonly submissions: string;
  readonly lab: string;
  /** Where a file goes that has to make room: nothing that was collected is thrown away. */
  readonly replaced: string;
}

export interface Placed {
  readonly onTime?: Uint8Array;
  readonly late?: Uint8Array;
}

export interface PlacedPaths {
  readonly path: string | null;
  readonly latePath: string | null;
}

export const lateFolder = (submissions: string): string => `${submissions.replace(/\/+$/, "")}-late`;

/** Puts a student's notebooks where `grader run` looks for them. Unchanged files are left alone. */
export async function place(shelf: Shelf, student: string, { onTime, late }: Placed): Promise<PlacedPaths> {
  if (!isName(student) || !isName(shelf.lab))
    throw new LabError(
      "BAD_ID",
      `"${printable(student)}" can't name a folder`,
      "Give the student another id.",
    );
  const path = onTime ? await put(shelf, shelf.submissions, student, onTime) : null;
  const lateDir = lateFolder(shelf.submissions);
  const latePath = late ? await put(shelf, lateDir, student, late) : null;
  // After an extension, what was late is on time: it must not be graded a second time.
  if (onTime && !late) await clear(shelf, lateDir, student, onTime);
  return { path, latePath };
}

export interface OnShelf {
  readonly path: string;
  readonly sha256: string;
}

/** The student's on-time notebook that lies there already. */
export async function onShelf({ submissions, lab }: Shelf, student: string): Promise<OnShelf | undefined> {
  const path = join(submissions, student, lab, `${lab}.ipynb`);
  const bytes = await readRegular(path);
  return bytes && { path, sha256: createHash("sha256").update(bytes).digest("hex") };
}

function isName(id: string): boolean {
  return /^[^/\\\p{Cc}]{1,100}$/u.test(id) && !/^\.+$/.test(id);
}

async function put(shelf: Shelf, dir: string, student: string, bytes: Uint8Array): Promise<string> {
  await mkdir(dir, { recursive: true });
  await realFolder(join(dir, student));
  const folder = join(dir, student, shelf.lab);
  await realFolder(folder);
  const file = join(folder, `${shelf.lab}.ipynb`);
  const there = await readRegular(file);
  if (there && Buffer.compare(there, bytes) === 0) return file;
  if (there) await keep(shelf, student, there);
  await replaceFile(file, (temporary) => writeSynced(temporary, bytes));
  return file;
}

async function clear(shelf: Shelf, dir: string, student: string, onTime: Uint8Array): Promise<void> {
  const file = join(dir, student, shelf.lab, `${shelf.lab}.ipynb`);
  for (const folder of [join(dir, student), join(dir, student, shelf.lab)])
    if (!(await lstat(folder).catch(() => undefined))?.isDirectory()) return;
  const there = await readRegular(file);
  if (there && Buffer.compare(there, onTime) === 0) await rm(file);
}

/** Makes the folder where it is not there; one that is there must be none that leads somewhere else. */
async function realFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true }).catch((error: unknown) => {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  });
  if (!(await lstat(folder)).isDirectory()) throw inTheWay(folder);
}

async function readRegular(file: string): Promise<Buffer | undefined> {
  const stats = await lstat(file).catch(() => undefined);
  if (stats === undefined) return undefined;
  if (!stats.isFile()) throw inTheWay(file);
  const handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}

function inTheWay(path: string): LabError {
  return new LabError(
    "IN_THE_WAY",
    `${path} is a link or no folder or file`,
    "Take it away and collect again.",
  );
}

async function keep(shelf: Shelf, student: string, bytes: Uint8Array): Promise<void> {
  const folder = join(shelf.replaced, shelf.lab, student);
  await mkdir(folder, { recursive: true });
  const hash = createHash("sha256").update(bytes).digest("hex").slice(0, 12);
  const file = join(folder, `${hash}.ipynb`);
  await writeFile(`${file}.tmp`, bytes);
  await rename(`${file}.tmp`, file);
}

async function writeSynced(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, "wx");
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}
