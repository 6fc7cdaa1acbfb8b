import { type Entry, fromBufferPromise, openPromise, type ZipFile } from "yauzl";
import { LabError } from "../../../src/core/errors.js";
import { printable } from "../../../src/lab/printable.js";
import { type FoundFile, isAside, isOfInterest, type Listing } from "./listing.js";
import { zipEntryName } from "./zip-entry-name.js";

export interface ZipLimits {
  readonly entries: number;
  /** Of one entry when it is unpacked. */
  readonly entryBytes: number;
  /** Of all entries that would be read, as they say themselves. */
  readonly totalBytes: number;
}

/** Deflate reaches 1032; notebooks with the largest plots stay below 100. */
const maxRatio = 250;
const smallBytes = 2 ** 20;

export interface OpenZip extends Listing {
  close(): void;
}

/**
 * Lists the notebooks and zips in a zip file. Nothing is unpacked to the disk, so that a name can lead nowhere;
 * an entry that no honest program writes is left out, with a line that says why.
 *
 * @throws LabError where it is no zip file, or has too many entries.
 */
export async function openZip(
  source: string | Uint8Array,
  name: string,
  limits: ZipLimits,
): Promise<OpenZip> {
  const options = { lazyEntries: true, decodeStrings: false, autoClose: false } as const;
  const zip = await (typeof source === "string"
    ? openPromise(source, options)
    : fromBufferPromise(Buffer.from(source), options)
  ).catch((cause: unknown) => {
    throw notAZip(name, cause);
  });
  try {
    return { ...(await list(zip, name, limits)), close: () => zip.close() };
  } catch (cause) {
    zip.close();
    throw cause instanceof LabError ? cause : notAZip(name, cause);
  }
}

async function list(zip: ZipFile, name: string, limits: ZipLimits): Promise<Listing> {
  const files = new Map<string, FoundFile>();
  const ignored: string[] = [];
  const twice = new Set<string>();
  let total = 0;
  if (zip.entryCount > limits.entries) throw tooMuch(name, `${zip.entryCount} entries`);
  for await (const entry of zip.eachEntry()) {
    const read = zipEntryName(entry);
    if ("problem" in read) {
      ignored.push(`${printable(name)}: ${read.problem}`);
      continue;
    }
    const { path } = read;
    if (isAside(path) || !isOfInterest(path.at(-1) ?? "")) continue;
    const key = path.join("/").toLowerCase();
    const problem =
      problemOf(entry, limits.entryBytes) ??
      (files.has(key) || twice.has(key) ? "is there twice" : undefined);
    if (problem !== undefined) {
      ignored.push(`${printable(name)}: ${printable(path.join("/"))} ${problem}`);
      // Programs disagree on which of two counts, so neither does.
      files.delete(key);
      twice.add(key);
      continue;
    }
    total += entry.uncompressedSize;
    if (total > limits.totalBytes) throw tooMuch(name, `${Math.round(total / 2 ** 20)} MB unpacked`);
    files.set(key, {
      path,
      at: timeOf(entry),
      bytes: entry.uncompressedSize,
      read: () => readEntry(zip, entry, path),
    });
  }
  return { files: [...files.values()], ignored };
}

const typeMask = 0o170000;
const regular = 0o100000;

function problemOf(entry: Entry, maxBytes: number): string | undefined {
  if (entry.isEncrypted()) return "is encrypted";
  // The upper half is a Unix mode where the zip comes from Unix, else 0.
  const type = (entry.externalFileAttributes >>> 16) & typeMask;
  if (type !== 0 && type !== regular) return "is a link or a special file";
  if (entry.compressionMethod !== 0 && entry.compressionMethod !== 8)
    return `is compressed by a method (${entry.compressionMethod}) that is not read here`;
  const { uncompressedSize, compressedSize } = entry;
  if (uncompressedSize > maxBytes) return `has more than ${Math.round(maxBytes / 2 ** 20)} MiB`;
  if (uncompressedSize > smallBytes && uncompressedSize > maxRatio * compressedSize)
    return "unpacks to more than 250 times its size";
  return undefined;
}

function timeOf(entry: Entry): Date {
  const date = entry.getLastModDate();
  return Number.isNaN(date.getTime()) ? new Date(Number.NaN) : date;
}

/** What the entry says of its size is checked by yauzl while it is unpacked: the stream ends there with an error. */
async function readEntry(zip: ZipFile, entry: Entry, path: readonly string[]): Promise<Uint8Array> {
  try {
    const chunks: Buffer[] = [];
    for await (const chunk of await zip.openReadStreamPromise(entry)) chunks.push(chunk);
    return Buffer.concat(chunks);
  } catch (cause) {
    throw new LabError("BROKEN_ZIP", `${printable(path.join("/"))} can't be unpacked`, "Ask for it again.", {
      cause,
    });
  }
}

function notAZip(name: string, cause: unknown): LabError {
  const why = cause instanceof Error ? printable(cause.message, 100) : "unknown";
  return new LabError(
    "NOT_A_ZIP",
    `${printable(name)} can't be read as a zip file (${why})`,
    "Ask for it again.",
    { cause },
  );
}

function tooMuch(name: string, what: string): LabError {
  return new LabError("TOO_MUCH", `${printable(name)} has ${what}`, "Ask for a zip with the notebook only.");
}
