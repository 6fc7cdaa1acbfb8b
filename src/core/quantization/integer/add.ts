import { LabError } from "../../errors.js";
import { checkSameShape } from "../../tensor.js";
import { roundHalfToEven } from "../round.js";
import { byteArray, checkActivation, checkBytes, checkRounding, typeOf } from "./arguments.js";
import { fixedPointScaler, quantizeMultiplier } from "./multiplier.js";
import type { ActivationParams, ByteTensor, Rounding } from "./network.js";
import { clampCode, floatMultiplier } from "./requantize.js";

/** Bits that the codes are shifted to the left before they are rescaled, so that little is rounded away. */
const HEADROOM = 20;

export interface AddOptions {
  readonly a: ActivationParams;
  readonly b: ActivationParams;
  readonly output: ActivationParams;
  /** "double" if left out: TensorFlow Lite's default build. */
  readonly rounding?: Rounding;
}

/**
 * The sum of two activations of one shape whose scales differ, such as a residual connection's.
 *
 * In integers, as TensorFlow Lite's reference ADD: both codes lose their zero points, are shifted 20 bits to the
 * left, and are rescaled to twice the larger of the two scales; the sum is rescaled to the output. With rounding
 * "float": round(s_a/s_o (a - z_a) + s_b/s_o (b - z_b) + z_o), each step in float32, half to even, as ONNX Runtime
 * does; with the zero point inside, a tie goes to the even code.
 *
 * @throws LabError for shapes that differ, codes of another type than their parameters, and bad parameters.
 * @see Jacob et al. (2018), appendix A.2; TensorFlow Lite's reference/add.h and integer_ops/add.h
 *
 * @example
 * ```ts
 * const a = { type: "int8", scale: 0.5, zeroPoint: 0, codeMin: -128, codeMax: 127 } as const;
 * const b = { ...a, scale: 0.25 };
 * const x = { shape: [2], data: Int8Array.of(10, 100) };
 * addInt8(x, x, { a, b, output: a }).data; // Int8Array [15, 127]
 * ```
 */
export function addInt8(a: ByteTensor, b: ByteTensor, options: AddOptions): ByteTensor {
  checkSameShape(a, b, "the two summands");
  checkSummand(a, options.a, "the first summand");
  checkSummand(b, options.b, "the second summand");
  checkActivation(options.output, "the sum");
  checkRounding(options.rounding ?? "double");
  const steps = adder(options);
  const data = byteArray(options.output.type, a.data.length);
  for (let i = 0; i < data.length; i++) {
    const sum = steps.sum(steps.a(a.data[i]!), steps.b(b.data[i]!));
    data[i] = clampCode(sum, options.output);
  }
  return { shape: [...a.shape], data };
}

function checkSummand(x: ByteTensor, params: ActivationParams, what: string): void {
  checkBytes(x, x.shape.length, what);
  checkActivation(params, what);
  if (typeOf(x.data) !== params.type) {
    throw new LabError(
      "BAD_TYPE",
      `${what} holds ${typeOf(x.data)}, its parameters say ${params.type}`,
      "Pass the parameters that it was quantized with.",
    );
  }
}

/** The steps of an addition. */
export interface Adder {
  /** A summand's code in the scale that both have in common. */
  readonly a: (code: number) => number;
  readonly b: (code: number) => number;
  /** Their sum in steps of the output, rounded; without its zero point, and not clamped yet. */
  readonly sum: (a: number, b: number) => number;
}

export function adder({ a, b, output, rounding = "double" }: AddOptions): Adder {
  if (rounding === "float") {
    const ratioA = floatMultiplier({ input: a.scale, weight: 1, output: output.scale });
    const ratioB = floatMultiplier({ input: b.scale, weight: 1, output: output.scale });
    return {
      a: (code) => Math.fround(ratioA * (code - a.zeroPoint)),
      b: (code) => Math.fround(ratioB * (code - b.zeroPoint)),
      sum: (left, right) => {
        const total = Math.fround(left + right) + output.zeroPoint;
        return roundHalfToEven(total) - output.zeroPoint;
      },
    };
  }
  // s_a / 2s and s_b / 2s with s = max(s_a, s_b), then 2s / (2²⁰ s_o).
  const common = 2 * Math.max(a.scale, b.scale);
  const times = (real: number) => fixedPointScaler(quantizeMultiplier(real), rounding);
  const scaleA = times(a.scale / common);
  const scaleB = times(b.scale / common);
  const scaleSum = times(common / (2 ** HEADROOM * output.scale));
  return {
    a: (code) => scaleA((code - a.zeroPoint) * 2 ** HEADROOM),
    b: (code) => scaleB((code - b.zeroPoint) * 2 ** HEADROOM),
    sum: (left, right) => scaleSum(left + right),
  };
}
