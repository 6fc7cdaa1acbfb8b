import { isProxy } from "node:util/types";
import { Decoder, Encoder, ExtData, ExtensionCodec } from "@msgpack/msgpack";
import { LabError } from "../core/errors.js";
import { checkMessageShape } from "./bounded-message.js";

/**
 * How a value crosses between a student's code and a test: MessagePack, with extensions for what plain
 * MessagePack would lose (undefined, bigint, typed arrays, errors, handles). Everything else that is
 * not plain data is refused, on both sides, so that a test never meets a value that it can't compare.
 */

/** An object that stays on the student's side: a test can only pass it back. */
export class Handle {
  readonly id: number;
  constructor(id: number) {
    this.id = id;
    Object.freeze(this);
  }
}

export type HandleResolver = (handle: Handle) => unknown;

const maxDepth = 32;
const maxNodes = 1_000_000;
/** A made error remembers a stack: a kilobyte from ten bytes. */
const maxErrors = 1000;
export const maxMessageBytes = 8 * 1024 * 1024;

// One level more, because an empty array may lie at the deepest level.
const shapeLimits = { maxDepth: maxDepth + 1, maxParts: maxNodes };

const extension = { handle: 1, typedArray: 2, error: 3, undefined: 4, bigint: 5 } as const;

const typedArrays = [
  Float32Array,
  Float64Array,
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  BigInt64Array,
  BigUint64Array,
] as const;

// Every number as a float64: -0 stays -0, and no built-in that a notebook may have patched is asked.
const encoder = new Encoder({ maxDepth: maxDepth + 2, forceIntegerToFloat: true });
const text = {
  encode: (s: string) => new TextEncoder().encode(s),
  decode: (b: Uint8Array) => new TextDecoder().decode(b),
};
const empty = new Uint8Array(0);

/**
 * Encodes plain data.
 *
 * @throws LabError NOT_PLAIN_DATA for functions, class instances and proxies, TOO_MUCH_DATA for over-sized values
 * and cycles.
 */
export function encode(value: unknown): Uint8Array {
  const budget = { nodes: maxNodes, errors: maxErrors };
  const bytes = encoder.encode(toWire(value, 0, budget));
  if (bytes.byteLength > maxMessageBytes) throw tooMuch("a value of more than 8 MiB");
  // What the reader would refuse is refused here, where the one who made it can be told why.
  try {
    checkMessageShape(bytes, shapeLimits);
  } catch {
    throw tooMuch("a value of more than a million parts");
  }
  return bytes;
}

/** Decodes what `encode` made. Throws on anything else: hostile bytes never half-decode. */
export function decode(bytes: Uint8Array, resolve: HandleResolver = (handle) => handle): unknown {
  if (bytes.byteLength > maxMessageBytes) throw new RangeError("message too large");
  checkMessageShape(bytes, shapeLimits);
  return fromWire(decoder(resolve).decode(bytes));
}

interface Budget {
  nodes: number;
  errors: number;
}

function toWire(value: unknown, depth: number, budget: Budget): unknown {
  if (--budget.nodes < 0) throw tooMuch("a value of more than a million parts");
  if (depth > maxDepth) throw tooMuch("a value nested more than 32 deep (or one that contains itself)");
  switch (typeof value) {
    case "undefined":
      return new ExtData(extension.undefined, empty);
    case "bigint":
      return new ExtData(extension.bigint, text.encode(bigintText(value)));
    case "number":
    case "string":
    case "boolean":
      return value;
    case "object":
      return value === null ? null : objectToWire(value, depth, budget);
    default:
      throw notPlain(`a ${typeof value}`);
  }
}

function objectToWire(value: object, depth: number, budget: Budget): unknown {
  if (isProxy(value)) throw notPlain("a Proxy");
  if (value instanceof Handle) return new ExtData(extension.handle, uint32(value.id));
  if (ArrayBuffer.isView(value)) return typedArrayToWire(value);
  if (Array.isArray(value)) {
    if (value.length > budget.nodes) throw tooMuch("an array of more than a million elements");
    return Array.from(value, (item) => toWire(item, depth + 1, budget));
  }
  if (value instanceof Error) {
    if (--budget.errors < 0) throw tooMuch("a value with more than a thousand errors");
    const parts = JSON.stringify([clip(value.name, 100), clip(value.message, 4000)]);
    return new ExtData(extension.error, text.encode(parts));
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null)
    throw notPlain(`an object of class ${className(value)}`);
  const plain: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) {
    if (key === "__proto__") throw notPlain("an object with a key __proto__");
    plain[key] = toWire(item, depth + 1, budget);
  }
  return plain;
}

function typedArrayToWire(value: ArrayBufferView): ExtData {
  const kind = typedArrays.findIndex((type) => Object.getPrototypeOf(value) === type.prototype);
  if (kind < 0) throw notPlain(`an object of class ${className(value)}`);
  const bytes = new Uint8Array(1 + value.byteLength);
  bytes[0] = kind;
  bytes.set(new Uint8Array(value.buffer, value.byteOffset, value.byteLength), 1);
  return new ExtData(extension.typedArray, bytes);
}

/** Puts the extensions' values in their places. The message's shape bounds how deep and how long this goes. */
function fromWire(value: unknown): unknown {
  if (value instanceof Special) return value.value;
  if (value instanceof ExtData || value instanceof Uint8Array || value instanceof Date)
    throw new TypeError("unknown type in a message");
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) value[i] = fromWire(value[i]);
  } else if (typeof value === "object" && value !== null) {
    const record = value as Record<string, unknown>;
    for (const key of Object.keys(record)) record[key] = fromWire(record[key]);
  }
  return value;
}

/** Marks an extension's value, so that walking the tree does not walk into it. */
class Special {
  readonly value: unknown;
  constructor(value: unknown) {
    this.value = value;
  }
}

function decoder(resolve: HandleResolver): Decoder {
  const codec = new ExtensionCodec();
  const register = (type: number, decodeBody: (body: Uint8Array) => unknown) =>
    codec.register({ type, encode: () => null, decode: (body) => new Special(decodeBody(body)) });
  register(extension.handle, (body) => resolve(new Handle(readUint32(body))));
  register(extension.typedArray, decodeTypedArray);
  let errors = 0;
  register(extension.error, (body) => {
    if (++errors > maxErrors) throw new RangeError("message has too many errors");
    return decodeError(body);
  });
  register(extension.undefined, () => undefined);
  register(extension.bigint, (body) => BigInt(checkedBigintText(text.decode(body))));
  return new Decoder({
    extensionCodec: codec,
    maxStrLength: maxMessageBytes,
    maxBinLength: maxMessageBytes,
    maxExtLength: maxMessageBytes,
    maxArrayLength: maxNodes,
    maxMapLength: 100_000,
  });
}

function decodeTypedArray(body: Uint8Array): unknown {
  const type = typedArrays[body[0] ?? -1];
  // Copied, because a view into the message need not be aligned.
  const bytes = Uint8Array.prototype.slice.call(body, 1);
  if (!type || bytes.byteLength % type.BYTES_PER_ELEMENT !== 0) throw new TypeError("bad typed array");
  return new type(bytes.buffer);
}

function decodeError(body: Uint8Array): Error {
  const parts: unknown = JSON.parse(text.decode(body));
  if (!Array.isArray(parts) || typeof parts[0] !== "string" || typeof parts[1] !== "string") {
    throw new TypeError("bad error");
  }
  const error = new Error(clip(parts[1], 4000));
  error.name = clip(parts[0], 100);
  return error;
}

function bigintText(value: bigint): string {
  return checkedBigintText(value.toString());
}

function checkedBigintText(digits: string): string {
  if (!/^-?\d{1,1000}$/.test(digits)) throw new TypeError("bigint too long");
  return digits;
}

function uint32(id: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, id);
  return bytes;
}

function readUint32(body: Uint8Array): number {
  if (body.byteLength !== 4) throw new TypeError("bad handle");
  return new DataView(body.buffer, body.byteOffset).getUint32(0);
}

function clip(value: unknown, length: number): string {
  return String(value).slice(0, length);
}

function className(value: object): string {
  const made: unknown = (value as { constructor?: unknown }).constructor;
  return typeof made === "function" ? clip(made.name, 60) || "(unnamed)" : "(unknown)";
}

function notPlain(what: string): LabError {
  return refusal("NOT_PLAIN_DATA", what);
}

function tooMuch(what: string): LabError {
  return refusal("TOO_MUCH_DATA", what);
}

function refusal(code: string, what: string): LabError {
  return new LabError(
    code,
    `${what} can't be handed over`,
    "Use numbers, strings, arrays, typed arrays and plain objects.",
  );
}
