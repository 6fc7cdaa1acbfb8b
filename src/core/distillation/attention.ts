import { checkFinite, checkNotEmpty } from "../arguments.js";
import { LabError } from "../errors.js";
import { checkTensor, type Tensor } from "../tensor.js";
import { checkNoOverflow, type FloatArray, like } from "./arguments.js";

export interface AttentionLoss<Data extends FloatArray = Float32Array> {
  readonly loss: number;
  /** The gradient with respect to the student's activations. */
  readonly gradient: Tensor<Data>;
}

/** Smaller norms count as this one, so that a layer that is silent has the map 0 (PyTorch's `normalize`). */
export const SMALLEST_NORM = 1e-12;

/**
 * Where a layer looks: the sum of the squared activations [examples, height, width, channels] over the
 * channels, scaled to length 1 for each example; [examples, height, width]:
 *
 *     Q = Σ_c A_c²,   map = Q / ‖Q‖₂
 *
 * An example without any activation has the map 0.
 *
 * @throws LabError for activations that are not four axes of finite numbers.
 * @see Zagoruyko and Komodakis, "Paying More Attention to Attention" (2017), section 3.1 (F²_sum)
 *
 * @example
 * ```ts
 * import { tensor } from "edgelab/core";
 * attentionMap(tensor([1, 1, 3, 2], [1, 1, 0, 0, 0, 0])).data; // Float32Array [1, 0, 0]
 * ```
 */
export function attentionMap<Data extends FloatArray>(activations: Tensor<Data>): Tensor<Data> {
  checkActivations(activations, "the activations");
  return like(withoutChannels(activations), normalizedMaps(activations).maps);
}

/**
 * Attention transfer: the mean squared difference of a student's and a teacher's attention maps. Activations
 * are [examples, height, width, channels]; only the channels may differ:
 *
 *     L = (1/(N·P)) Σₙ ‖ Qₛ/‖Qₛ‖₂ - Qₜ/‖Qₜ‖₂ ‖₂²,   P = height · width
 *
 * Equation 2 of the paper takes the norm of the difference, which has no gradient where the maps agree; its
 * authors' program takes the mean square, and so does this one.
 *
 * @throws LabError for activations that are not four axes of finite numbers, or that differ in more than the
 *   channels.
 * @see Zagoruyko and Komodakis, "Paying More Attention to Attention" (2017), equation 2
 *
 * @example
 * ```ts
 * import { tensor } from "edgelab/core";
 * const student = tensor([1, 1, 2, 1], [3, 0]);
 * attentionLoss(student, tensor([1, 1, 2, 2], [0, 0, 1, 2])).loss; // 1
 * attentionLoss(student, student).loss; // 0
 * ```
 */
export function attentionLoss<Data extends FloatArray>(
  student: Tensor<Data>,
  teacher: Tensor<FloatArray>,
): AttentionLoss<Data> {
  checkActivations(student, "the student's activations");
  checkActivations(teacher, "the teacher's activations");
  if (student.shape.slice(0, 3).join() !== teacher.shape.slice(0, 3).join()) {
    throw new LabError(
      "BAD_SHAPE",
      `activations of shape [${student.shape.join(", ")}] and [${teacher.shape.join(", ")}] differ in more than the channels`,
      "Take two layers whose outputs have the same height and width, for the same examples.",
    );
  }
  const { maps, norms } = normalizedMaps(student);
  const target = normalizedMaps(teacher).maps;
  const difference = maps.map((q, i) => q - target[i]!);
  const slope = throughNorm(
    difference.map((d) => (2 * d) / maps.length),
    maps,
    norms,
  );
  return {
    loss: difference.reduce((sum, d) => sum + d * d, 0) / maps.length,
    gradient: like(student, throughSquares(slope, student)),
  };
}

/** The maps of all examples, one after another, and the norm of each before it was scaled to 1. */
function normalizedMaps(activations: Tensor<FloatArray>): { maps: Float64Array; norms: Float64Array } {
  const { data, shape } = activations;
  const channels = shape[3]!;
  const maps = new Float64Array(data.length / channels);
  for (let i = 0; i < data.length; i++) maps[Math.floor(i / channels)]! += data[i]! ** 2;
  const size = shape[1]! * shape[2]!;
  const norms = new Float64Array(shape[0]!);
  for (let n = 0; n < norms.length; n++) {
    const map = maps.subarray(n * size, (n + 1) * size);
    norms[n] = Math.max(Math.sqrt(map.reduce((sum, q) => sum + q * q, 0)), SMALLEST_NORM);
    checkNoOverflow(norms[n]!, `the norm of map ${n}`);
    map.forEach((q, i) => {
      map[i] = q / norms[n]!;
    });
  }
  return { maps, norms };
}

/** From q = Q/‖Q‖: ∂L/∂Q = (g - q (q · g)) / ‖Q‖. A norm that was raised to the smallest one is a constant. */
function throughNorm(g: Float64Array, maps: Float64Array, norms: Float64Array): Float64Array {
  const size = maps.length / norms.length;
  const dots = norms.map((norm, n) => {
    let dot = 0;
    for (let i = n * size; i < (n + 1) * size; i++) dot += g[i]! * maps[i]!;
    return norm > SMALLEST_NORM ? dot : 0;
  });
  return g.map((slope, i) => {
    const n = Math.floor(i / size);
    return (slope - maps[i]! * dots[n]!) / norms[n]!;
  });
}

/** From Q = Σ_c A_c²: ∂L/∂A_c = 2 A_c ∂L/∂Q. */
function throughSquares(slope: Float64Array, { data, shape }: Tensor<FloatArray>): Float64Array {
  const channels = shape[3]!;
  return Float64Array.from(data, (a, i) => 2 * a * slope[Math.floor(i / channels)]!);
}

function withoutChannels<Data extends FloatArray>({ shape, data }: Tensor<Data>): Tensor<Data> {
  return { shape: shape.slice(0, 3), data };
}

function checkActivations(activations: Tensor<FloatArray>, what: string): void {
  checkTensor(activations, what);
  if (activations.shape.length !== 4) {
    throw new LabError(
      "BAD_SHAPE",
      `${what} must have the shape [examples, height, width, channels], got [${activations.shape.join(", ")}]`,
      "Take the output of a convolution or a pooling.",
    );
  }
  checkNotEmpty(activations.data, what);
  checkFinite(activations.data, what);
}
