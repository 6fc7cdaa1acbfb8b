/**
 * The few parts of WebAssembly that loops over millions of numbers are made of here: an assembler for one
 * function `run(i32 count, f64 ...) -> i32` that works in a page of memory.
 *
 * @see WebAssembly Core Specification 2.0, section 5 (binary format), https://www.w3.org/TR/wasm-core-2/
 */

/** Instructions, as bytes. */
export type Code = readonly number[];

/** Node's types leave WebAssembly to a browser's. */
declare const WebAssembly: {
  Memory: new (limits: { initial: number }) => { readonly buffer: ArrayBuffer };
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object, imports: object) => { readonly exports: Record<string, unknown> };
};

const page = allocated();

/** Engines reserve gigabytes of addresses for any memory; a process that may not have them (`ulimit -v`) gets none. */
function allocated(): { readonly buffer: ArrayBuffer } | null {
  try {
    return new WebAssembly.Memory({ initial: 1 });
  } catch {
    return null;
  }
}

/** 64 KiB that every assembled function reads and writes. */
export const memory: ArrayBuffer = page ? page.buffer : new ArrayBuffer(2 ** 16);

export type Assembled = (count: number, ...numbers: number[]) => number;

const I32 = 0x7f;
const F64 = 0x7c;
const V128 = 0x7b;

/** Two float64 numbers, or what two float32 numbers and two codes lie in. */
const vectorInstructions = {
  "v128.load": 0x00,
  "v128.const": 0x0c,
  "i8x16.shuffle": 0x0d,
  "f32x4.ne": 0x42,
  "v128.and": 0x4e,
  "v128.or": 0x50,
  "v128.any_true": 0x53,
  "v128.load32_zero": 0x5c,
  "v128.load64_zero": 0x5d,
  "v128.store32_lane": 0x5a,
  "v128.store64_lane": 0x5b,
  "f32x4.demote_f64x2_zero": 0x5e,
  "f64x2.promote_low_f32x4": 0x5f,
  "f64x2.splat": 0x14,
  "f64x2.trunc": 0x7a,
  "f64x2.nearest": 0x94,
  "f64x2.add": 0xf0,
  "f64x2.mul": 0xf2,
  "f64x2.div": 0xf3,
  "f64x2.pmin": 0xf6,
  "f64x2.pmax": 0xf7,
  "f64x2.convert_low_i32x4_s": 0xfe,
  "i16x8.extend_low_i8x16_s": 0x87,
  "i16x8.extend_low_i8x16_u": 0x89,
  "i32x4.extend_low_i16x8_s": 0xa7,
  "i32x4.extend_low_i16x8_u": 0xa9,
} as const;

export const vector = (name: keyof typeof vectorInstructions, ...immediates: number[]): Code => [
  0xfd,
  ...unsigned(vectorInstructions[name]),
  ...immediates,
];

export const localGet = (index: number): Code => [0x20, ...unsigned(index)];
export const localSet = (index: number): Code => [0x21, ...unsigned(index)];
export const i32Const = (value: number): Code => [0x41, ...signed(value)];
export const i32Add: Code = [0x6a];
export const i32ShiftLeft: Code = [0x74];
export const i32LessThan: Code = [0x49];
/** Runs the code, and again as long as it leaves a number other than 0. */
export const loopWhile = (code: Code): Code => [0x03, 0x40, ...code, 0x0d, 0x00, 0x0b];
/** Alignment and offset of a load or a store; alignment is but a hint. */
export const at = (offset: number): Code => [0, ...unsigned(offset)];

/**
 * Compiles `run(i32 count, f64 × numbers) -> i32` whose locals after its parameters are an i32 and `vectors` v128;
 * null where there is no memory for it.
 */
export function assemble(numbers: number, vectors: number, body: Code): Assembled | null {
  if (!page) return null;
  const type = [0x60, ...list([[I32], ...Array<number[]>(numbers).fill([F64])]), ...list([[I32]])];
  const locals = list([
    [1, I32],
    [...unsigned(vectors), V128],
  ]);
  const code = [...locals, ...body, 0x0b];
  const bytes = Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(1, list([type])),
    ...section(2, list([[...text("page"), ...text("memory"), 0x02, 0x00, 0x01]])),
    ...section(3, list([[0x00]])),
    ...section(7, list([[...text("run"), 0x00, 0x00]])),
    ...section(10, list([[...unsigned(code.length), ...code]])),
  ]);
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { page: { memory: page } });
  return exports.run as Assembled;
}

function section(id: number, content: Code): Code {
  return [id, ...unsigned(content.length), ...content];
}

function list(items: readonly Code[]): Code {
  return [...unsigned(items.length), ...items.flat()];
}

function text(name: string): Code {
  return list(Array.from(name, (character) => [character.charCodeAt(0)]));
}

/** LEB128: seven bits a byte, low ones first, the top bit set where more follow. */
function unsigned(value: number): Code {
  return value < 128 ? [value] : [(value & 127) | 128, ...unsigned(value >>> 7)];
}

function signed(value: number): Code {
  return value >= -64 && value < 64 ? [value & 127] : [(value & 127) | 128, ...signed(value >> 7)];
}
