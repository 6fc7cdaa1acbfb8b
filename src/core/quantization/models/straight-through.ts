import * as tf from "@tensorflow/tfjs";
import { checkNoNaN, checkNotEmpty } from "../../arguments.js";
import { checkSameShape, checkTensor, type Tensor } from "../../tensor.js";
import { checkParams } from "../arguments.js";
import { codeOf } from "../codes.js";
import { groupsOf } from "../groups.js";
import { fakeQuantize } from "../quantize.js";
import { recipeOf } from "../recipe.js";
import type { QuantParams } from "../scheme.js";

/**
 * Fake quantization that can be trained through. Forward it is `fakeQuantize`, with the numbers that the
 * quantized model will compute with. Backward, rounding counts as the identity (the straight-through
 * estimator: its own derivative is 0 almost everywhere, and nothing would learn), and what saturated learns
 * nothing: `∂L/∂x = ∂L/∂x̂` where the code of x lies in the range, 0 elsewhere.
 *
 * @throws LabError for NaN, and for parameters that don't fit the tensor.
 * @see Bengio, Léonard and Courville, "Estimating or propagating gradients through stochastic neurons" (2013),
 * section 4
 *
 * @example
 * ```ts
 * import { paramsFromRanges } from "edgelab/core/quantization";
 * const params = paramsFromRanges([{ min: -1, max: 7 }], { convention: "tflite", type: "int4", symmetric: true, granularity: { per: "tensor" } });
 * const tf = await import("@tensorflow/tfjs");
 * const x = tf.tensor1d([-20, 0.4, 2.6]);
 * straightThrough(x, params).dataSync(); // Float32Array [-7, 0, 3]
 * tf.grad((x) => straightThrough(x, params).sum())(x).dataSync(); // Float32Array [0, 1, 1]
 * ```
 */
export function straightThrough(x: tf.Tensor, params: QuantParams): tf.Tensor {
  const op = tf.customGrad((...inputs) => {
    const [input, save] = inputs as [tf.Tensor, (saved: tf.Tensor[]) => void];
    save([input]);
    return {
      value: toTf(fakeQuantize(fromTf(input), params)),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => dy.mul(toTf(passMask(fromTf(saved[0]!), params))),
    };
  });
  return op(x);
}

/**
 * 1 where an element's code lies in the range, so that a gradient passes; 0 where it saturates.
 *
 * @throws LabError for an empty tensor, NaN, and for parameters that don't fit the tensor.
 *
 * @example
 * ```ts
 * import { paramsFromRanges } from "edgelab/core/quantization";
 * const params = paramsFromRanges([{ min: 0, max: 15 }], { convention: "lecture", type: "uint4", symmetric: false, granularity: { per: "tensor" } });
 * const x = { shape: [4], data: Float32Array.of(-0.6, -0.4, 15.4, 15.6) };
 * passMask(x, params).data; // Float32Array [0, 1, 1, 0]
 * ```
 */
export function passMask(x: Tensor, params: QuantParams): Tensor {
  checkTensor(x, "x");
  checkNotEmpty(x.data, "x");
  checkNoNaN(x.data, "x");
  const groups = groupsOf(x.shape, params.granularity);
  checkParams(params, groups.count);
  const { codeMin, codeMax } = params;
  const unlimited = { codeMin: Number.NEGATIVE_INFINITY, codeMax: Number.POSITIVE_INFINITY };
  const recipe = { ...recipeOf(params, "fake quantize"), limits: unlimited };
  const data = new Float32Array(x.data.length).fill(1);
  groups.forEachRun((start, end, group) => {
    const scale = params.scales[group]!;
    const zeroPoint = params.zeroPoints[group]!;
    const low = (codeMin - zeroPoint) * scale;
    const high = (codeMax - zeroPoint) * scale;
    for (let i = start; i < end; i++) {
      const value = x.data[i]!;
      // Between the first and the last code's numbers no rounding leads out; beyond, it depends on the tie.
      if (value >= low && value <= high) continue;
      const code = codeOf(value, scale, zeroPoint, recipe);
      if (code < codeMin || code > codeMax) data[i] = 0;
    }
  });
  return { shape: [...x.shape], data };
}

/**
 * The derivative of the loss by each group's scale, with the zero points held fixed: the sum over the group of
 * `∂L/∂x̂ · g`, where `g = (x̂ - x) / S` inside of the range and the distance `q - Z` of the saturated code
 * outside.
 *
 * @param gradient `∂L/∂x̂`, of x's shape
 * @throws LabError for NaN, and for shapes and parameters that don't fit each other.
 * @see Esser et al., "Learned step size quantization" (2020), equation 3
 *
 * @example
 * ```ts
 * import { paramsFromRanges } from "edgelab/core/quantization";
 * const params = paramsFromRanges([{ min: 0, max: 15 }], { convention: "lecture", type: "uint4", symmetric: false, granularity: { per: "tensor" } });
 * const x = { shape: [2], data: Float32Array.of(2.75, 40) };
 * const gradient = { shape: [2], data: Float32Array.of(1, 1) };
 * scaleGradients(x, gradient, params); // Float64Array [15.25]
 * ```
 */
export function scaleGradients(x: Tensor, gradient: Tensor, params: QuantParams): Float64Array {
  checkSameShape(x, gradient, "x and its gradient");
  checkNoNaN(gradient.data, "the gradient");
  const restored = fakeQuantize(x, params).data;
  const mask = passMask(x, params).data;
  const sums = new Float64Array(params.scales.length);
  groupsOf(x.shape, params.granularity).forEachRun((start, end, group) => {
    let sum = 0;
    for (let i = start; i < end; i++) {
      // (q - Z) S, less x itself inside of the range.
      const distance = mask[i] === 1 ? restored[i]! - x.data[i]! : restored[i]!;
      sum += gradient.data[i]! * distance;
    }
    sums[group]! += sum / params.scales[group]!;
  });
  return sums;
}

/** The numbers of a tfjs tensor. The backend may share them, so they are to be read only. */
export function fromTf(x: tf.Tensor): Tensor {
  return { shape: x.shape, data: x.dataSync<"float32">() };
}

export function toTf({ shape, data }: Tensor): tf.Tensor {
  return tf.tensor(data, [...shape], "float32");
}
