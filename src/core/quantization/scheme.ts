/**
 * Published ways to turn real numbers into codes. They differ in range, rounding, precision and divisor, so
 * each is named, and nothing is mixed. `docs/conventions.md` has the table.
 */
export type Convention = "lecture" | "torch" | "onnxruntime" | "tflite";

/** What a code is: its sign and its 2 to 16 bits, such as "int8", "uint8", "int4" or "int16". */
export type CodeType = `int${number}` | `uint${number}`;

/** Which elements share a scale and a zero point. */
export type Granularity =
  | { readonly per: "tensor" }
  | { readonly per: "channel"; readonly axis: number }
  /** Runs of `size` neighbours along the axis; the last run may be shorter. */
  | { readonly per: "block"; readonly axis: number; readonly size: number };

/** How to quantize: everything but the numbers. */
export interface QuantScheme {
  readonly convention: Convention;
  readonly type: CodeType;
  /** Symmetric: 0 is the middle of the range, and its code is fixed: 0, or the middle of unsigned codes. */
  readonly symmetric: boolean;
  readonly granularity: Granularity;
  /** One bit less, for processors whose int8 products overflow int16. Left out: false. */
  readonly reduceRange?: boolean;
}

/** The smallest and the largest value of a group of elements. */
export interface ValueRange {
  readonly min: number;
  readonly max: number;
}

/** A scheme with its numbers: group g holds `x = scales[g] · (code - zeroPoints[g])`. */
export interface QuantParams extends QuantScheme {
  /**
   * One a group, in the order of the axis; blocks in the order of a tensor that has one element a block. Those of
   * `torch`, `onnxruntime` and `tflite` are float32 numbers.
   */
  readonly scales: Float64Array;
  readonly zeroPoints: Int32Array;
  /** Codes saturate at these two. */
  readonly codeMin: number;
  readonly codeMax: number;
}

/** One code an element, whatever its bits: the smallest array that holds it. */
export type Codes = Int8Array | Uint8Array | Int16Array | Uint16Array;

export interface QuantizedTensor {
  readonly shape: readonly number[];
  readonly codes: Codes;
  readonly params: QuantParams;
}
