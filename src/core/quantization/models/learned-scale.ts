import * as tf from "@tensorflow/tfjs";
import { fakeQuantize } from "../quantize.js";
import type { QuantParams } from "../scheme.js";
import { fromTf, passMask, scaleGradients, toTf } from "./straight-through.js";

/**
 * Fake quantization whose scales are trained along with the weights. They are given by their logarithms
 * (base 2): a step of the optimizer then changes a scale by a share of itself, however small it is, and no scale
 * becomes negative. Zero points stay as they are.
 *
 * Backward, x gets what `straightThrough` gives it, and `l = log₂ S` gets `∂L/∂l = S ln 2 · ∂L/∂S` with the
 * `∂L/∂S` of `scaleGradients`.
 *
 * @param logScales one a group of the parameters
 * @throws LabError for NaN, and for parameters that don't fit the tensor.
 * @see Esser et al., "Learned step size quantization" (2020), section 2
 * @see Jain et al., "Trained quantization thresholds" (2020), section 3.3, for the logarithm
 *
 * @example
 * ```ts
 * import { paramsFromRanges } from "edgelab/core/quantization";
 * const params = paramsFromRanges([{ min: -7, max: 7 }], { convention: "lecture", type: "int4", symmetric: true, granularity: { per: "tensor" } });
 * const tf = await import("@tensorflow/tfjs");
 * learnedScale(tf.tensor1d([0.9, 30]), tf.tensor1d([-1]), params).dataSync(); // Float32Array [1, 3.5]
 * ```
 */
export function learnedScale(x: tf.Tensor, logScales: tf.Tensor, params: QuantParams): tf.Tensor {
  const op = tf.customGrad((...inputs) => {
    const [values, logs, save] = inputs as [tf.Tensor, tf.Tensor, (saved: tf.Tensor[]) => void];
    save([values, logs]);
    return {
      value: toTf(fakeQuantize(fromTf(values), withLogScales(params, fromTf(logs).data))),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => gradients(dy, saved[0]!, saved[1]!, params),
    };
  });
  return op(x, logScales);
}

function gradients(dy: tf.Tensor, x: tf.Tensor, logScales: tf.Tensor, params: QuantParams): tf.Tensor[] {
  const current = withLogScales(params, fromTf(logScales).data);
  const values = fromTf(x);
  const byScale = scaleGradients(values, fromTf(dy), current);
  const byLog = Float32Array.from(byScale, (gradient, group) => current.scales[group]! * Math.LN2 * gradient);
  return [dy.mul(toTf(passMask(values, current))), toTf({ shape: logScales.shape, data: byLog })];
}

/** S = 2^l, as a float32 number where the convention keeps such. */
export function withLogScales(params: QuantParams, logScales: Float32Array): QuantParams {
  const round = params.convention === "lecture" ? (scale: number) => scale : Math.fround;
  return { ...params, scales: Float64Array.from(logScales, (l) => round(2 ** l)) };
}

export function logScalesOf({ scales }: QuantParams): Float32Array {
  return Float32Array.from(scales, Math.log2);
}
