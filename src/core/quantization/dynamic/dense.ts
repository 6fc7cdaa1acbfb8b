import { checkFinite } from "../../arguments.js";
import { LabError } from "../../errors.js";
import { sizeOf, type Tensor } from "../../tensor.js";
import { checkRank } from "../integer/arguments.js";
import { byteTensor, matmulFloat, matmulPacked, packMatrix } from "../integer/index.js";
import { paramsFromData } from "../params.js";
import { quantize } from "../quantize.js";
import type { QuantScheme } from "../scheme.js";
import { storedBytes } from "../storage.js";
import { checkInput, checkShape, type InferenceLayer } from "./layer.js";
import { dynamicQuantizeLinear } from "./quantize-linear.js";

/** A dense layer's parameters. */
export interface DenseWeights {
  /** [in, out], as tfjs stores a kernel: the transpose of PyTorch's. */
  readonly weights: Tensor;
  /** [out]; none if left out. */
  readonly bias?: Tensor;
}

export interface DynamicOptions {
  /** Whether each output has a scale of its own: true. */
  readonly perChannel?: boolean;
}

const f32 = Math.fround;
const FLOAT_BYTES = 4;

/**
 * A dense layer with int8 weights, whose input [..., in] is quantized anew in each run:
 *
 *     y_j = S_x S_wj Σ_i (q_i - Z_x) w_ij + b_j
 *
 * Nothing has to be calibrated; in return each run has to find its input's range. The range is that of the whole
 * input, so a row's result depends on the rows beside it. Weights are symmetric and saturate at ±127.
 *
 * @throws LabError for weights without two axes, NaN, an infinity, a bias or an input that does not fit, and for an
 *   output that float32 cannot hold.
 * @see onnxruntime 1.32, quantize_dynamic: DynamicQuantizeLinear and MatMulInteger
 *
 * @example
 * ```ts
 * import { tensor } from "edgelab/core";
 * const layer = dynamicDense({ weights: tensor([2, 1], [127, -127]) }, { perChannel: false });
 * layer.run(tensor([1, 2], [255, 100])).data; // Float32Array [19685]
 * ```
 */
export function dynamicDense(parameters: DenseWeights, options: DynamicOptions = {}): InferenceLayer {
  const { weights, bias } = checkWeights(parameters);
  const [inputs, outputs] = [weights.shape[0]!, weights.shape[1]!];
  const quantized = quantize(weights, paramsFromData(weights, weightScheme(options)));
  const packed = packMatrix(byteTensor(quantized));
  const { scales } = quantized.params;
  return {
    run: (x) => {
      checkInput(x, inputShape(x.shape, inputs));
      const { codes: rows, scale, zeroPoint } = dynamicQuantizeLinear(asRows(x, inputs));
      const { data: sums } = matmulPacked(rows, packed, { aZero: zeroPoint });
      const factors = Float32Array.from(
        { length: outputs },
        (_, j) => scale * scales[scales.length > 1 ? j : 0]!,
      );
      return { shape: [...x.shape.slice(0, -1), outputs], data: rescale(sums, factors, bias?.data) };
    },
    storedBytes: storedBytes(quantized) + FLOAT_BYTES * (bias?.data.length ?? 0),
    macs: (shape) => ({ quantized: checkedSize(shape, inputs) * outputs, float: 0 }),
  };
}

/**
 * The same layer in float32, to compare with: `y = x W + b`.
 *
 * @throws LabError for what `dynamicDense` refuses.
 *
 * @example
 * ```ts
 * import { tensor } from "edgelab/core";
 * const layer = floatDense({ weights: tensor([2, 1], [127, -127]), bias: tensor([1], [3]) });
 * layer.run(tensor([1, 2], [2, 1])).data; // Float32Array [130]
 * layer.storedBytes; // 12
 * ```
 */
export function floatDense(parameters: DenseWeights): InferenceLayer {
  const { weights, bias } = checkWeights(parameters);
  const [inputs, outputs] = [weights.shape[0]!, weights.shape[1]!];
  return {
    run: (x) => {
      checkInput(x, inputShape(x.shape, inputs));
      const { data } = matmulFloat(asRows(x, inputs), weights);
      if (bias) for (let i = 0; i < data.length; i++) data[i]! += bias.data[i % outputs]!;
      return { shape: [...x.shape.slice(0, -1), outputs], data };
    },
    storedBytes: FLOAT_BYTES * (weights.data.length + (bias?.data.length ?? 0)),
    macs: (shape) => ({ quantized: 0, float: checkedSize(shape, inputs) * outputs }),
  };
}

function weightScheme({ perChannel = true }: DynamicOptions): QuantScheme {
  const granularity = perChannel ? ({ per: "channel", axis: 1 } as const) : ({ per: "tensor" } as const);
  return { convention: "onnxruntime", type: "int8", symmetric: true, granularity };
}

/** y = S · sum + b, each operation rounded to float32. */
function rescale(sums: Int32Array, factors: Float32Array, bias: Float32Array | undefined): Float32Array {
  const data = new Float32Array(sums.length);
  for (let i = 0; i < sums.length; i++) {
    const j = i % factors.length;
    const y = f32(f32(f32(sums[i]!) * factors[j]!) + (bias ? bias[j]! : 0));
    if (!Number.isFinite(y)) throw beyondFloat32(j);
    data[i] = y;
  }
  return data;
}

function beyondFloat32(output: number): LabError {
  return new LabError(
    "BAD_RANGE",
    `output ${output} is beyond float32`,
    "Scale the weights or the input down: their scales' product is too large.",
  );
}

function checkWeights({ weights, bias }: DenseWeights): DenseWeights {
  checkRank(weights, 2, "the weights");
  checkFinite(weights.data, "the weights");
  if (!bias) return { weights };
  checkRank(bias, 1, "the bias");
  checkShape(bias.shape, [weights.shape[1]!], "the bias");
  checkFinite(bias.data, "the bias");
  return { weights, bias };
}

/** The shape [..., in]: at least one axis before the last. */
function inputShape(shape: readonly number[], inputs: number): (number | null)[] {
  return [...new Array<null>(Math.max(shape.length - 1, 1)).fill(null), inputs];
}

function checkedSize(shape: readonly number[], inputs: number): number {
  checkShape(shape, inputShape(shape, inputs), "the input");
  return sizeOf(shape);
}

function asRows(x: Tensor, inputs: number): Tensor {
  return { shape: [x.data.length / inputs, inputs], data: x.data };
}
