import { constants, type Dirent } from "node:fs";
import { lstat, open, readdir } from "node:fs/promises";
import { join } from "node:path";
import { LabError } from "../../../src/core/errors.js";
import { printable } from "../../../src/lab/printable.js";
import { type FoundFile, isAside, isOfInterest, type Listing } from "./listing.js";

const maxDepth = 8;
const maxEntries = 200_000;

/** All notebooks and zips below a folder. No link is followed. */
export async function listFolder(dir: string): Promise<Listing> {
  const files: FoundFile[] = [];
  const ignored: string[] = [];
  let entries = 0;
  const walk = async (path: readonly string[]): Promise<void> => {
    for (const entry of await sorted(join(dir, ...path))) {
      entries += 1;
      if (entries > maxEntries)
        throw new LabError(
          "TOO_MUCH",
          `${dir} has more than ${maxEntries} entries`,
          "Give a folder with the submissions only.",
        );
      const here = [...path, entry.name];
      if (isAside([entry.name])) continue;
      if (entry.isSymbolicLink()) ignored.push(`${shown(here)} is a symbolic link`);
      else if (entry.isDirectory() && here.length < maxDepth) await walk(here);
      else if (entry.isFile() && isOfInterest(entry.name)) files.push(await fileAt(dir, here));
    }
  };
  await walk([]);
  return { files, ignored };
}

async function sorted(dir: string): Promise<Dirent[]> {
  const entries = await readdir(dir, { withFileTypes: true });
  return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
}

async function fileAt(dir: string, path: readonly string[]): Promise<FoundFile> {
  const file = join(dir, ...path);
  const { mtime, size } = await lstat(file);
  return { path, at: mtime, bytes: size, read: () => readRegular(file, size) };
}

async function readRegular(path: string, bytes: number): Promise<Uint8Array> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    if (!(await file.stat()).isFile())
      throw new LabError("NOT_A_FILE", `${printable(path)} is no file`, "Look at it.");
    const { buffer, bytesRead } = await file.read(Buffer.alloc(bytes), 0, bytes, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

function shown(path: readonly string[]): string {
  return printable(path.join("/"));
}
