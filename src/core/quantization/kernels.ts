import { checkNoNaN } from "../arguments.js";
import { holdsSigned } from "./code-type.js";
import { type CodeRecipe, reciprocalOf } from "./codes.js";
import type { Codes } from "./scheme.js";
import {
  assemble,
  at,
  type Code,
  i32Add,
  i32Const,
  i32LessThan,
  i32ShiftLeft,
  localGet,
  localSet,
  loopWhile,
  memory,
  vector,
} from "./wasm.js";

/**
 * What `codeOf` computes, for many elements at once, in WebAssembly: tests hold the two equal. Elements go
 * through a page of memory a line at a time. All arithmetic is float64, two numbers at once; where a
 * convention computes in float32, a result is rounded to float32, which for one quotient, product or sum
 * gives what float32 arithmetic does.
 */

/** How many elements a line holds: input and output stay in the first-level cache. */
export const lineLength = 4096;

/** Takes up to a line of elements of one group, a part of x; the answer is a view that the next call overwrites. */
export type Kernel<Input, Output> = (
  x: Input,
  start: number,
  end: number,
  scale: number,
  zeroPoint: number,
) => Output;

// Each of the three is null where WebAssembly has no memory: then `codeOf` has to do.

/** Real numbers to codes, in the kind of array that they will be stored in. */
export function codesKernel(recipe: CodeRecipe, kind: Codes): Kernel<Float32Array, Codes> | null {
  const bytes = kind.BYTES_PER_ELEMENT;
  const run = compiled(`codes ${bytes} ${nameOf(recipe)}`, () => [
    ...[...lookForNaN, ...address(bytes)],
    ...[...steps(recipe, 0), ...steps(recipe, 2)],
    // Beside 1.5 · 2^52 float64 numbers are 1 apart: the low bytes of the sums are the codes' own.
    ...(bytes === 1 ? vector("i8x16.shuffle", ...lowBytes) : vector("i8x16.shuffle", ...lowPairs)),
    ...(bytes === 1 ? vector("v128.store32_lane", ...output, 0) : vector("v128.store64_lane", ...output, 0)),
  ]);
  if (!run) return null;
  const codes = viewAs(kind, outputOffset);
  return (x, start, end, scale, zeroPoint) => {
    inputs.set(x.subarray(start, end));
    if (run(end - start, numbersOf(recipe, scale, zeroPoint, 1.5 * 2 ** 52))) checkNoNaN(x, "x");
    return codes.subarray(0, end - start);
  };
}

/** Real numbers to those that their codes stand for. */
export function roundTripKernel(recipe: CodeRecipe): Kernel<Float32Array, Float32Array> | null {
  const run = compiled(`round trip ${nameOf(recipe)}`, () => [
    ...lookForNaN,
    ...[...address(4), ...steps(recipe, 0), ...scaled, ...vector("v128.store64_lane", ...output, 0)],
    ...[...address(4), ...steps(recipe, 2), ...scaled, ...vector("v128.store64_lane", ...outputAt(8), 0)],
  ]);
  if (!run) return null;
  return (x, start, end, scale, zeroPoint) => {
    inputs.set(x.subarray(start, end));
    if (run(end - start, numbersOf(recipe, scale, zeroPoint, -zeroPoint))) checkNoNaN(x, "x");
    return restored.subarray(0, end - start);
  };
}

/** Codes to the real numbers that they stand for: `S (q - Z)`. */
export function restoreKernel(kind: Codes): Kernel<Codes, Float32Array> | null {
  const signed = holdsSigned(kind) ? "s" : "u";
  const bytes = kind.BYTES_PER_ELEMENT;
  const load: Code =
    bytes === 1
      ? [...vector("v128.load32_zero", ...at(0)), ...vector(`i16x8.extend_low_i8x16_${signed}`)]
      : vector("v128.load64_zero", ...at(0));
  const codes = [...address(bytes), ...load, ...vector(`i32x4.extend_low_i16x8_${signed}`)];
  const real = [
    ...vector("f64x2.convert_low_i32x4_s"),
    ...localGet(local.shift),
    ...vector("f64x2.add"),
    ...scaled,
  ];
  const run = compiled(`restore ${bytes} ${signed}`, () => [
    ...[...codes, ...localSet(temporary)],
    ...[...address(4), ...localGet(temporary), ...real, ...vector("v128.store64_lane", ...output, 0)],
    ...[
      ...address(4),
      ...localGet(temporary),
      ...localGet(temporary),
      ...vector("i8x16.shuffle", ...highHalf),
    ],
    ...[...real, ...vector("v128.store64_lane", ...outputAt(8), 0)],
  ]);
  if (!run) return null;
  const input = viewAs(kind, 0);
  return (q, start, end, scale, zeroPoint) => {
    input.set(q.subarray(start, end));
    run(end - start, { scale, factor: 0, before: 0, low: 0, high: 0, shift: -zeroPoint });
    return restored.subarray(0, end - start);
  };
}

const inputs = new Float32Array(memory, 0, lineLength);
const outputOffset = inputs.byteLength;
const restored = new Float32Array(memory, outputOffset, lineLength);
const output = at(outputOffset);
const outputAt = (bytes: number) => at(outputOffset + bytes);

function viewAs(kind: Codes, offset: number): Codes {
  const View = kind.constructor as new (buffer: ArrayBuffer, offset: number, length: number) => Codes;
  return new View(memory, offset, lineLength);
}

/** What the loops know of a group and a recipe; each is a local that holds it twice. */
interface Numbers {
  readonly scale: number;
  /** What x is divided by, or multiplied with. */
  readonly factor: number;
  /** What is added before rounding: the zero point or nothing. */
  readonly before: number;
  /** Where steps saturate: the codes' limits without what is added after rounding. */
  readonly low: number;
  readonly high: number;
  /** What is added after rounding, all in one. */
  readonly shift: number;
}

function numbersOf(recipe: CodeRecipe, scale: number, zeroPoint: number, shift: number): Numbers {
  const { division, zeroPointAdded, limits } = recipe;
  const after = zeroPointAdded === "after rounding" ? zeroPoint : 0;
  return {
    scale,
    factor: division.endsWith("reciprocal") ? reciprocalOf(scale) : scale,
    before: zeroPoint - after,
    low: limits.codeMin - after,
    high: limits.codeMax - after,
    shift: after + shift,
  };
}

const fields = ["scale", "factor", "before", "low", "high", "shift"] as const satisfies (keyof Numbers)[];
/** Locals: the count, the fields as numbers, an index, the fields as vectors, and two vectors more. */
const index = 1 + fields.length;
const local = Object.fromEntries(fields.map((field, i) => [field, index + 1 + i])) as Record<
  keyof Numbers,
  number
>;
const temporary = index + 1 + fields.length;
const found = temporary + 1;

/** Answers whether there was a NaN, perhaps one that an earlier line left behind the end of this one. */
type Loop = (count: number, numbers: Numbers) => boolean;
const loops = new Map<string, Loop>();
const nameOf = ({ division, zeroPointAdded, ties }: CodeRecipe) => `${division} ${zeroPointAdded} ${ties}`;

/** The loop whose body handles the four elements from `index` on; it is compiled when it is first needed. */
function compiled(name: string, body: () => Code): Loop | null {
  const known = loops.get(name);
  if (known) return known;
  const run = assemble(fields.length, fields.length + 2, [
    ...fields.flatMap((_, i) => [...localGet(1 + i), ...vector("f64x2.splat"), ...localSet(index + 1 + i)]),
    ...loopWhile([
      ...body(),
      ...[...localGet(index), ...i32Const(4), ...i32Add, ...localSet(index)],
      ...[...localGet(index), ...localGet(0), ...i32LessThan],
    ]),
    ...[...localGet(found), ...vector("v128.any_true")],
  ]);
  if (!run) return null;
  const loop: Loop = (count, { scale, factor, before, low, high, shift }) =>
    run(count, scale, factor, before, low, high, shift) !== 0;
  loops.set(name, loop);
  return loop;
}

/** Where elements of so many bytes lie, from the start of the input or the output. */
function address(bytes: number): Code {
  return bytes === 1 ? localGet(index) : [...localGet(index), ...i32Const(bytes / 2), ...i32ShiftLeft];
}

/** Only NaN differs from itself. */
const lookForNaN: Code = [
  ...[...address(4), ...vector("v128.load", ...at(0)), ...localSet(temporary)],
  ...[...localGet(temporary), ...localGet(temporary), ...vector("f32x4.ne")],
  ...[...localGet(found), ...vector("v128.or"), ...localSet(found)],
];

/** Two inputs become two codes: divide, add, saturate, round, add. */
function steps({ division, zeroPointAdded, ties }: CodeRecipe, element: 0 | 2): Code {
  const inFloat32 = division === "float64 quotient" ? [] : toFloat32;
  const added = [...localGet(local.before), ...vector("f64x2.add"), ...inFloat32];
  const before = zeroPointAdded === "before rounding";
  return [
    ...[
      ...address(4),
      ...vector("v128.load64_zero", ...at(4 * element)),
      ...vector("f64x2.promote_low_f32x4"),
    ],
    ...[...localGet(local.factor), ...vector(division.endsWith("quotient") ? "f64x2.div" : "f64x2.mul")],
    ...(before && division === "fused reciprocal" ? [] : inFloat32),
    ...(before ? added : []),
    ...[...localGet(local.low), ...vector("f64x2.pmax"), ...localGet(local.high), ...vector("f64x2.pmin")],
    ...(ties === "to even" ? vector("f64x2.nearest") : roundedAway),
    ...[...localGet(local.shift), ...vector("f64x2.add")],
  ];
}

const toFloat32: Code = [...vector("f32x4.demote_f64x2_zero"), ...vector("f64x2.promote_low_f32x4")];

const scaled: Code = [...localGet(local.scale), ...vector("f64x2.mul"), ...vector("f32x4.demote_f64x2_zero")];

const constant = (value: number): Code =>
  vector("v128.const", ...new Uint8Array(Float64Array.of(value, value).buffer));

/** trunc(x + 0.5 with the sign of x); the sum of two numbers of that size is exact. */
const roundedAway: Code = [
  ...[...localSet(temporary), ...localGet(temporary), ...localGet(temporary)],
  ...[...constant(-0), ...vector("v128.and"), ...constant(0.5), ...vector("v128.or")],
  ...[...vector("f64x2.add"), ...vector("f64x2.trunc")],
];

/** Which bytes of two vectors a shuffle takes: 0 to 15 are the first one's, 16 to 31 the second one's. */
const fill = (bytes: readonly number[]): Code => [...bytes, ...Array<number>(16 - bytes.length).fill(0)];
const lowBytes = fill([0, 8, 16, 24]);
const lowPairs = fill([0, 1, 8, 9, 16, 17, 24, 25]);
const highHalf = fill([8, 9, 10, 11, 12, 13, 14, 15]);
