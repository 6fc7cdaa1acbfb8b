import type { Tensor } from "../../tensor.js";
import { quantizeMultiplier } from "./multiplier.js";
import type { Rounding } from "./network.js";
import {
  type ChannelScales,
  checkRequantization,
  clampCode,
  floatMultiplier,
  type RequantizeOptions,
  realMultiplier,
  scaler,
} from "./requantize.js";

/**
 * One ingredient in which two roundings differ, and what it changes:
 *
 * - "tie": the product lies halfway between two codes. "single" goes up, "double" away from zero, "float" to even.
 * - "first-rounding": the upper half of the product was rounded to a tie that it had not been.
 * - "multiplier": 24 bits of a float32 in place of 31 bits.
 * - "accumulator": it has more than the 24 bits that float32 holds.
 * - "product": it is rounded to float32 before it is rounded to an integer.
 */
export interface RoundingReason {
  readonly kind: "tie" | "first-rounding" | "multiplier" | "accumulator" | "product";
  /** The rounded number without and with this ingredient, before zero point and clamping. */
  readonly from: number;
  readonly to: number;
}

/** An accumulator that the three roundings send to different codes. */
export interface RequantizationDifference {
  readonly index: number;
  readonly accumulator: number;
  /** multiplier · accumulator in float64. */
  readonly exact: number;
  readonly codes: Readonly<Record<Rounding, number>>;
  /** From "single" to "double" and from "single" to "float", one ingredient at a time; empty where codes agree. */
  readonly reasons: Readonly<Record<"double" | "float", readonly RoundingReason[]>>;
}

/**
 * Where the roundings "single", "double" and "float" disagree about accumulators, and why: from one to the other,
 * one ingredient is exchanged at a time, in exact arithmetic, and those that change the result are named.
 *
 * @throws LabError as `requantize`.
 *
 * @example
 * ```ts
 * const output = { type: "int8", scale: 1, zeroPoint: 0, codeMin: -128, codeMax: 127 } as const;
 * const acc = { shape: [3], data: Int32Array.of(6, 10, -2) };
 * const [first, second] = explainRequantization(acc, { inputScale: 0.25, weightScales: [1], output });
 * first?.codes; // { single: 3, double: 3, float: 2 }
 * second?.reasons; // { double: [{ kind: "tie", from: 0, to: -1 }], float: [] }
 * ```
 */
export function explainRequantization(
  acc: Tensor<Int32Array>,
  options: Omit<RequantizeOptions, "rounding">,
): RequantizationDifference[] {
  const channels = checkRequantization(acc, options);
  const explainers = channels.map((scales) => explainer(scales));
  const differences: RequantizationDifference[] = [];
  for (let index = 0; index < acc.data.length; index++) {
    const { round, explain } = explainers[index % explainers.length]!;
    const accumulator = acc.data[index]!;
    const code = (rounding: Rounding) => clampCode(round[rounding](accumulator), options.output);
    const codes = { single: code("single"), double: code("double"), float: code("float") };
    if (codes.single === codes.double && codes.single === codes.float) continue;
    const exact = accumulator * realMultiplier(channels[index % channels.length]!);
    const reasons = {
      double: codes.single === codes.double ? [] : explain.double(accumulator),
      float: codes.single === codes.float ? [] : explain.float(accumulator),
    };
    differences.push({ index, accumulator, exact, codes, reasons });
  }
  return differences;
}

/**
 * The differences as lines of text.
 *
 * @example
 * ```ts
 * const output = { type: "int8", scale: 1, zeroPoint: 0, codeMin: -128, codeMax: 127 } as const;
 * const acc = { shape: [1], data: Int32Array.of(-2) };
 * const differences = explainRequantization(acc, { inputScale: 0.25, weightScales: [1], output });
 * formatDifferences(differences); // "0: -2 scaled is -0.5; single 0, double -1 (tie), float 0"
 * ```
 */
export function formatDifferences(differences: readonly RequantizationDifference[]): string {
  const because = (reasons: readonly RoundingReason[]) =>
    reasons.length > 0 ? ` (${reasons.map(({ kind }) => kind).join(", ")})` : "";
  return differences
    .map(({ index, accumulator, exact, codes, reasons }) => {
      const double = `double ${codes.double}${because(reasons.double)}`;
      const float = `float ${codes.float}${because(reasons.float)}`;
      return `${index}: ${accumulator} scaled is ${Number(exact.toPrecision(9))}; single ${codes.single}, ${double}, ${float}`;
    })
    .join("\n");
}

type Step = readonly [kind: RoundingReason["kind"], result: number];

/** The steps that change a result that starts at `from`. */
function changes(from: number, steps: readonly Step[]): RoundingReason[] {
  const reasons: RoundingReason[] = [];
  let before = from;
  for (const [kind, to] of steps) {
    if (to !== before) reasons.push({ kind, from: before, to });
    before = to;
  }
  return reasons;
}

function explainer(scales: ChannelScales) {
  const { multiplier, shift } = quantizeMultiplier(realMultiplier(scales));
  const factor = binary(floatMultiplier(scales));
  const round = {
    single: scaler(scales, "single"),
    double: scaler(scales, "double"),
    float: scaler(scales, "float"),
  };
  const fixed = (acc: number): Binary => ({
    digits: BigInt(acc) * BigInt(multiplier),
    bits: BigInt(31 - shift),
  });
  const times = (acc: number): Binary => ({ digits: BigInt(acc) * factor.digits, bits: factor.bits });
  const explain = {
    double: (acc: number) =>
      changes(round.single(acc), [
        ["tie", halfAwayFromZero(fixed(acc))],
        ["first-rounding", round.double(acc)],
      ]),
    float: (acc: number) =>
      changes(round.single(acc), [
        ["tie", halfToEven(fixed(acc))],
        ["multiplier", halfToEven(times(acc))],
        ["accumulator", halfToEven(times(Math.fround(acc)))],
        ["product", round.float(acc)],
      ]),
  };
  return { round, explain };
}

/** digits / 2^bits, exactly. */
interface Binary {
  readonly digits: bigint;
  readonly bits: bigint;
}

/** Every float32 is a multiple of 2⁻¹⁴⁹. */
function binary(float32: number): Binary {
  return { digits: BigInt(float32 * 2 ** 149), bits: 149n };
}

function halfAwayFromZero({ digits, bits }: Binary): number {
  const size = ((digits < 0n ? -digits : digits) + (1n << (bits - 1n))) >> bits;
  return Number(digits < 0n ? -size : size);
}

function halfToEven({ digits, bits }: Binary): number {
  const below = digits >> bits;
  const rest = digits - (below << bits);
  const half = 1n << (bits - 1n);
  const up = rest > half || (rest === half && below % 2n !== 0n);
  return Number(up ? below + 1n : below);
}
