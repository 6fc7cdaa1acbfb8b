import { gunzipSync, gzipSync } from "node:zlib";
import { LabError } from "../../../src/core/errors.js";

const block = 512;
const largestBytes = 256 * 1024 * 1024;

interface Entry {
  readonly name: string;
  /** Header and content, with the zeros after it. */
  readonly blocks: Buffer;
  readonly content: Buffer;
  readonly isFile: boolean;
}

/** The files of a tarball as npm makes them, by name without the leading `package/`. */
export function readTarball(tarball: Uint8Array): Map<string, Buffer> {
  const files = entriesOf(unzipped(tarball)).filter(({ isFile }) => isFile);
  return new Map(files.map(({ name, content }) => [name, content]));
}

/** The same tarball with another content of one of its files. */
export function replaceFile(tarball: Uint8Array, name: string, content: Uint8Array): Buffer {
  const blocks = entriesOf(unzipped(tarball)).map((entry) =>
    entry.name === name && entry.isFile
      ? withContent(entry.blocks.subarray(0, block), content)
      : entry.blocks,
  );
  // Two blocks of zeros end a tar file.
  return gzipSync(Buffer.concat([...blocks, Buffer.alloc(2 * block)]), { level: 9 });
}

function withContent(old: Buffer, content: Uint8Array): Buffer {
  const header = Buffer.from(old);
  header.write(`${content.length.toString(8).padStart(11, "0")}\0`, 124);
  // The sum is taken with spaces in its own place.
  header.fill(" ", 148, 156);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return Buffer.concat([header, content, Buffer.alloc((block - (content.length % block)) % block)]);
}

function entriesOf(tar: Buffer): Entry[] {
  const entries: Entry[] = [];
  let longName: string | undefined;
  for (let at = 0; at + block <= tar.length; ) {
    const header = tar.subarray(at, at + block);
    if (header.every((byte) => byte === 0)) break;
    const size = Number.parseInt(text(header, 124, 12), 8);
    if (!Number.isFinite(size)) throw damaged();
    const content = tar.subarray(at + block, at + block + size);
    const type = text(header, 156, 1);
    const end = at + block + Math.ceil(size / block) * block;
    const isFile = type === "" || type === "0";
    const name = (longName ?? nameIn(header)).replace(/^package\//, "");
    longName = type === "x" ? /\d+ path=(.*)\n/.exec(content.toString("utf8"))?.[1] : undefined;
    entries.push({ name, blocks: tar.subarray(at, end), content, isFile });
    at = end;
  }
  return entries;
}

/** Whether two tarballs hold the same: another npm may have compressed the same files otherwise. */
export function sameContents(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0 || unzipped(a).equals(unzipped(b));
}

function unzipped(tarball: Uint8Array): Buffer {
  try {
    return gunzipSync(tarball, { maxOutputLength: largestBytes });
  } catch {
    throw damaged();
  }
}

function nameIn(header: Buffer): string {
  const prefix = text(header, 345, 155);
  const name = text(header, 0, 100);
  return prefix === "" ? name : `${prefix}/${name}`;
}

function text(header: Buffer, start: number, length: number): string {
  return header
    .toString("utf8", start, start + length)
    .replace(/\0.*$/s, "")
    .trim();
}

function damaged(): LabError {
  return new LabError("BAD_TARBALL", "edgelab's tarball can't be read", "Publish again; it is made anew.");
}
