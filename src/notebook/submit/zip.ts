import { existsSync } from "node:fs";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { ZipFile } from "yazl";
import { type HandedIn, handedInFileName, zipName } from "../../lab/handed-in.js";
import type { Submission } from "./read-submission.js";

/** The bytes of a zip file that holds the notebook exactly as it was saved, and what it is. */
export async function zipBytes(
  { lab, release, bytes }: Pick<Submission, "lab" | "release" | "bytes">,
  sha256: string,
  at: Date,
): Promise<Uint8Array> {
  const description: HandedIn = { format: 1, lab, release, sha256, at: at.toISOString() };
  const zip = new ZipFile();
  zip.addBuffer(Buffer.from(bytes), `${lab}.ipynb`, { mtime: at });
  zip.addBuffer(Buffer.from(`${JSON.stringify(description, null, 2)}\n`), handedInFileName, { mtime: at });
  zip.end();
  return buffer(zip.outputStream);
}

/** Writes it into the folder; a file of that name stays as it is, and the new one gets a number. */
export async function writeZip(folder: string, lab: string, zip: Uint8Array, at: Date): Promise<string> {
  await mkdir(folder, { recursive: true });
  const name = zipName(lab, at);
  let path = join(folder, name);
  for (let n = 2; existsSync(path); n++) path = join(folder, name.replace(/\.zip$/, `-${n}.zip`));
  const unfinished = `${path}.part`;
  try {
    await writeFile(unfinished, zip);
    await rename(unfinished, path);
  } finally {
    await rm(unfinished, { force: true });
  }
  return path;
}
