import { checkFinite, checkNotEmpty } from "../arguments.js";
import { LabError } from "../errors.js";
import { checkTensor, type Tensor } from "../tensor.js";
import { checkNoOverflow, type FloatArray, like } from "./arguments.js";

/** Turns a student's features into as many as the teacher has: f W + b. */
export interface Regressor<Data extends FloatArray = Float32Array> {
  /** [student's channels, teacher's channels] */
  readonly weights: Tensor<Data>;
  /** [teacher's channels] */
  readonly bias: Tensor<Data>;
}

export interface HintLoss<Data extends FloatArray = Float32Array> {
  readonly loss: number;
  /** The gradient with respect to the student's features. */
  readonly gradient: Tensor<Data>;
  /** The gradient with respect to the regressor. */
  readonly regressorGradient: Regressor<Data>;
}

/**
 * Feature transfer: the mean squared error between a teacher's features (the "hint") and a student's, sent
 * through a linear regressor that makes up for their different numbers of channels. Features are [examples,
 * …, channels] and agree in all but the last axis; on images the regressor is a 1×1 convolution:
 *
 *     r = f W + b,   L = (1/M) Σ (r - h)²,   M = number of the teacher's features
 *
 * FitNets has ½ Σ (r - h)² for one example; the two differ by a constant factor.
 *
 * @throws LabError for features that are empty or not finite, and for shapes that don't fit.
 * @see Romero et al., "FitNets: Hints for Thin Deep Nets" (2015), equation 3
 *
 * @example
 * ```ts
 * import { tensor } from "edgelab/core";
 * const regressor = { weights: tensor([1, 2], [1, 2]), bias: tensor([2], [0, 0]) };
 * const { loss, gradient } = hintLoss(tensor([1, 1], [3]), tensor([1, 2], [3, 4]), regressor);
 * loss; // 2
 * gradient.data; // Float32Array [4]
 * ```
 */
export function hintLoss<Data extends FloatArray>(
  student: Tensor<Data>,
  teacher: Tensor<FloatArray>,
  { weights, bias }: Regressor<Data>,
): HintLoss<Data> {
  checkFeatures(student, "the student's features");
  checkFeatures(teacher, "the teacher's features");
  const sizes = checkRegressor(student, teacher, { weights, bias });
  const residual = residuals(student.data, teacher.data, weights.data, bias.data, sizes);
  const loss = residual.reduce((sum, r) => sum + r * r, 0) / residual.length;
  checkNoOverflow(loss, "the squared error");
  const slope = residual.map((r) => (2 * r) / residual.length);
  return {
    loss,
    gradient: like(student, timesTransposed(slope, weights.data, sizes)),
    regressorGradient: {
      weights: like(weights, transposedTimes(student.data, slope, sizes)),
      bias: like(bias, columnSums(slope, sizes)),
    },
  };
}

/** Rows are examples, and positions of images; `from` and `to` are channels. */
interface Sizes {
  readonly rows: number;
  readonly from: number;
  readonly to: number;
}

/** f W + b - h */
function residuals(
  f: FloatArray,
  h: FloatArray,
  w: FloatArray,
  b: FloatArray,
  { rows, from, to }: Sizes,
): Float64Array {
  const result = new Float64Array(rows * to);
  for (let row = 0; row < rows; row++) {
    for (let j = 0; j < to; j++) {
      let sum = b[j]! - h[row * to + j]!;
      for (let i = 0; i < from; i++) sum += f[row * from + i]! * w[i * to + j]!;
      result[row * to + j] = sum;
    }
  }
  return result;
}

/** ∂L/∂f = g Wᵀ */
function timesTransposed(g: Float64Array, w: FloatArray, { rows, from, to }: Sizes): Float64Array {
  const result = new Float64Array(rows * from);
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < from; i++) {
      let sum = 0;
      for (let j = 0; j < to; j++) sum += g[row * to + j]! * w[i * to + j]!;
      result[row * from + i] = sum;
    }
  }
  return result;
}

/** ∂L/∂W = fᵀ g */
function transposedTimes(f: FloatArray, g: Float64Array, { rows, from, to }: Sizes): Float64Array {
  const result = new Float64Array(from * to);
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < from; i++) {
      for (let j = 0; j < to; j++) result[i * to + j]! += f[row * from + i]! * g[row * to + j]!;
    }
  }
  return result;
}

/** ∂L/∂b = Σ g over the rows */
function columnSums(g: Float64Array, { to }: Sizes): Float64Array {
  const result = new Float64Array(to);
  for (let i = 0; i < g.length; i++) result[i % to]! += g[i]!;
  return result;
}

function checkFeatures(features: Tensor<FloatArray>, what: string): void {
  checkTensor(features, what);
  checkNotEmpty(features.data, what);
  checkFinite(features.data, what);
}

function checkRegressor(
  student: Tensor<FloatArray>,
  teacher: Tensor<FloatArray>,
  { weights, bias }: Regressor<FloatArray>,
): Sizes {
  const from = student.shape.at(-1) ?? 0;
  const to = teacher.shape.at(-1) ?? 0;
  if (student.shape.length < 2 || student.shape.slice(0, -1).join() !== teacher.shape.slice(0, -1).join()) {
    throw new LabError(
      "BAD_SHAPE",
      `features of shape [${student.shape.join(", ")}] and [${teacher.shape.join(", ")}] differ in more than the channels`,
      "Take two layers whose outputs have the same height and width, for the same examples.",
    );
  }
  checkTensor(weights, "the regressor's weights");
  checkTensor(bias, "the regressor's bias");
  if (weights.shape.join() !== `${from},${to}` || bias.shape.join() !== `${to}`) {
    throw new LabError(
      "BAD_SHAPE",
      `the regressor has weights [${weights.shape.join(", ")}] and bias [${bias.shape.join(", ")}]`,
      `Give weights [${from}, ${to}] and bias [${to}].`,
    );
  }
  checkFinite(weights.data, "the regressor's weights");
  checkFinite(bias.data, "the regressor's bias");
  return { rows: student.data.length / from, from, to };
}
