/**
 * Looks at a MessagePack message before anything is built from it. A decoder sets aside memory for as many
 * elements as a header declares, so a few kilobytes of headers, each of a million elements, would end the
 * process. This walk builds nothing: its cost is the number of elements, and bodies are skipped.
 */

export interface MessageLimits {
  /** How many arrays and maps may lie in one another. */
  readonly maxDepth: number;
  /** How many elements all arrays and maps may have together; an entry of a map counts as two. */
  readonly maxParts: number;
}

interface Header {
  readonly kind: "array" | "map" | "string" | "other";
  readonly start: number;
  /** Elements of an array, entries of a map, bytes of everything else. */
  readonly size: number;
}

interface Container {
  readonly isMap: boolean;
  /** How many elements are still to come; in a map, before a key this is even. */
  left: number;
  /** What the container was counted as. */
  slots: number;
}

type Format = readonly [kind: Header["kind"], bytesOfSize: 0 | 1 | 2 | 4, otherBytes: number];

const fixed = (...sizes: number[]): Format[] => sizes.map((size) => ["other", 0, size]);
const sized = (kind: Header["kind"], widths: (1 | 2 | 4)[], otherBytes = 0): Format[] =>
  widths.map((width) => [kind, width, otherBytes]);

/** The formats of the bytes 0xc0 to 0xdf, in order. 0xc1 is none. */
const formats: readonly (Format | undefined)[] = [
  ...fixed(0), // nil
  undefined,
  ...fixed(0, 0), // false, true
  ...sized("other", [1, 2, 4]), // bin
  ...sized("other", [1, 2, 4], 1), // ext: its type, too
  ...fixed(4, 8), // float
  ...fixed(1, 2, 4, 8), // uint
  ...fixed(1, 2, 4, 8), // int
  ...fixed(2, 3, 5, 9, 17), // fixext: its type, too
  ...sized("string", [1, 2, 4]),
  ...sized("array", [2, 4]),
  ...sized("map", [2, 4]),
];

/**
 * Checks that `bytes` are one whole MessagePack value within the limits, with strings as the keys of maps.
 *
 * @throws RangeError if they are not.
 */
export function checkMessageShape(bytes: Uint8Array, limits: MessageLimits): void {
  const open: Container[] = [];
  let at = 0;
  let parts = 0;
  do {
    const { kind, start, size } = readHeader(bytes, at);
    const parent = open[open.length - 1];
    if (parent) {
      if (parent.isMap && parent.left % 2 === 0) parts += keyParts(bytes, { kind, start, size }, parent);
      parent.left--;
    }
    if (kind === "array" || kind === "map") {
      const elements = kind === "map" ? 2 * size : size;
      if (elements > bytes.length - start) throw new RangeError("message declares more elements than it has");
      if (open.length >= limits.maxDepth) throw new RangeError("message is nested too deeply");
      parts += elements;
      open.push({ isMap: kind === "map", left: elements, slots: elements });
      at = start;
    } else {
      at = start + size;
      if (at > bytes.length) throw truncated();
    }
    if (parts > limits.maxParts) throw new RangeError("message has too many parts");
    while (open[open.length - 1]?.left === 0) open.pop();
  } while (open.length > 0);
  if (at !== bytes.length) throw new RangeError("message has trailing bytes");
}

function readHeader(bytes: Uint8Array, at: number): Header {
  const head = byteAt(bytes, at);
  const start = at + 1;
  if (head < 0x80 || head >= 0xe0) return { kind: "other", start, size: 0 };
  if (head < 0x90) return { kind: "map", start, size: head & 0x0f };
  if (head < 0xa0) return { kind: "array", start, size: head & 0x0f };
  if (head < 0xc0) return { kind: "string", start, size: head & 0x1f };
  const format = formats[head - 0xc0];
  if (!format) throw new RangeError("message has a byte that means nothing");
  const [kind, width, otherBytes] = format;
  let size = 0;
  for (let i = 0; i < width; i++) size = size * 256 + byteAt(bytes, start + i);
  return { kind, start: start + width, size: size + otherBytes };
}

/**
 * What a key adds to the parts. An object with a key such as "1023" is kept as an array with 1023 gaps, so it
 * counts as one: otherwise seven bytes would take twelve kilobytes. Longer indices are kept without gaps.
 */
function keyParts(bytes: Uint8Array, key: Header, map: Container): number {
  if (key.kind !== "string") throw new RangeError("message has a key that is no string");
  if (key.size === 0 || key.size > 4) return 0;
  let index = 0;
  for (let i = 0; i < key.size; i++) {
    const digit = byteAt(bytes, key.start + i) - 0x30;
    if (digit < 0 || digit > 9) return 0;
    index = index * 10 + digit;
  }
  const more = Math.max(0, index + 1 - map.slots);
  map.slots += more;
  return more;
}

function byteAt(bytes: Uint8Array, at: number): number {
  const byte = bytes[at];
  if (byte === undefined) throw truncated();
  return byte;
}

function truncated(): RangeError {
  return new RangeError("message is truncated");
}
