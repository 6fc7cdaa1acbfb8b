import { lstat, readFile, realpath } from "node:fs/promises";
import path from "node:path";
import { LabError } from "../../../src/core/errors.js";
import { type Release, releaseFileName, releaseOf } from "../../../src/lab/release.js";
import { buildNotebooks } from "../../authoring/build.js";
import type { Lab } from "../../authoring/load-lab.js";
import { linkedFiles } from "./linked-files.js";

/** What students get of a lab. */
export interface LabContent {
  readonly release: Release;
  /** By path in the lab's folder. */
  readonly files: ReadonlyMap<string, Uint8Array>;
}

const largestLinkedBytes = 10 * 1024 * 1024;

/** Reads what students get of a lab: its notebook, `release.json`, the public tests, and what the notebook shows. */
export async function readLabContent(lab: Lab): Promise<LabContent> {
  const { id } = lab.manifest;
  const release = releaseOf(lab.source, lab.manifest);
  const files = new Map<string, Uint8Array>();
  const built = buildNotebooks(lab.source, lab.manifest);
  files.set(`${id}.ipynb`, Buffer.from(built.student));
  files.set(releaseFileName, Buffer.from(built.release));
  for (const file of lab.files.public.map((full) => `public/${path.basename(full)}`))
    files.set(file, await readOwn(lab, file, "has the public test"));
  for (const file of linkedFiles(release.cells, id))
    if (!files.has(file)) files.set(file, await readOwn(lab, file, "links to"));
  return { release, files };
}

async function readOwn({ dir, manifest }: Lab, file: string, how: string): Promise<Uint8Array> {
  const full = path.join(dir, file);
  const info = await lstat(full).catch(() => undefined);
  // A link could lead to what students must not have, and so could a folder on the way.
  const real = info?.isFile() && (await realpath(full)) === path.join(await realpath(dir), file);
  if (!info || !real)
    throw new LabError(
      "NO_LINKED_FILE",
      `${manifest.id} ${how} ${file}, which is no file in the lab's folder`,
      "Put it there, or correct the link.",
    );
  if (info.size > largestLinkedBytes)
    throw new LabError(
      "LINKED_FILE_TOO_LARGE",
      `${manifest.id}/${file} has ${info.size} bytes, more than ${largestLinkedBytes}`,
      "Make it smaller: every student downloads it with every clone.",
    );
  return readFile(full);
}
