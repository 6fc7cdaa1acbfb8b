import { createHash } from "node:crypto";
import { constants, type Stats } from "node:fs";
import { type FileHandle, lstat, open } from "node:fs/promises";
import { basename } from "node:path";
import { LabError } from "../../src/core/errors.js";
import { notebookLimits } from "../../src/lab/notebook.js";
import { printable } from "../../src/lab/printable.js";

export interface SubmittedFile {
  readonly bytes: Uint8Array;
  readonly sha256: string;
}

/**
 * Reads a submitted file, and nothing but a regular file of a bounded size: a link could show another
 * student's work, a pipe or a device would never end, and half a gigabyte has to cost nothing.
 *
 * @throws LabError with the cause in one line.
 */
export async function readSubmission(path: string): Promise<SubmittedFile> {
  const name = printable(basename(path));
  try {
    refuse(await lstat(path), name); // before opening, since opening alone can have effects on a device
    // Whatever has taken the file's place since then: no link is followed, and no pipe waited for.
    const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      refuse(await file.stat(), name);
      const bytes = await readAll(file, name);
      return { bytes, sha256: createHash("sha256").update(bytes).digest("hex") };
    } finally {
      await file.close();
    }
  } catch (cause) {
    if (cause instanceof LabError) throw cause;
    throw unreadable(cause, name);
  }
}

// A file that grows while it is read is cut off by the buffer and refused.
async function readAll(file: FileHandle, name: string): Promise<Uint8Array> {
  const buffer = new Uint8Array((await file.stat()).size + 1);
  let length = 0;
  while (length < buffer.length) {
    const { bytesRead } = await file.read(buffer, length, buffer.length - length, length);
    if (bytesRead === 0) return buffer.subarray(0, length);
    length += bytesRead;
  }
  throw new LabError("UNREADABLE", `${name} was written to while it was read`, "Grade it again.");
}

function refuse(stats: Stats, name: string): void {
  const kind = kindOf(stats);
  if (kind !== "file")
    throw new LabError("NOT_A_FILE", `${name} is a ${kind}, not a file`, "Hand in the .ipynb file itself.");
  if (stats.size > notebookLimits.bytes)
    throw new LabError(
      "NOTEBOOK_TOO_LARGE",
      `${name} has ${Math.ceil(stats.size / 2 ** 20)} MiB, ${notebookLimits.bytes / 2 ** 20} are allowed`,
      "Clear the outputs, save it and hand it in again.",
    );
}

function kindOf(stats: Stats): string {
  if (stats.isFile()) return "file";
  if (stats.isSymbolicLink()) return "symbolic link";
  if (stats.isDirectory()) return "folder";
  return stats.isFIFO() ? "pipe" : stats.isSocket() ? "socket" : "device";
}

function unreadable(cause: unknown, name: string): LabError {
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  if (code === "ENOENT" || code === "ENOTDIR")
    return new LabError("NO_FILE", `there is no ${name}`, "Check the path.", { cause });
  if (code === "ELOOP")
    return new LabError("NOT_A_FILE", `${name} is a symbolic link`, "Hand in the file itself.", { cause });
  return new LabError("UNREADABLE", `${name} cannot be read (${code || cause})`, "Check its permissions.", {
    cause,
  });
}
