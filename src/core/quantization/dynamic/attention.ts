import { checkInteger } from "../../arguments.js";
import { LabError } from "../../errors.js";
import type { Tensor } from "../../tensor.js";
import { type DenseWeights, type DynamicOptions, dynamicDense, floatDense } from "./dense.js";
import { addMacs, checkInput, checkShape, type InferenceLayer } from "./layer.js";

/** A self-attention block's parameters: four dense layers [width, width], and how many heads share the width. */
export interface AttentionWeights {
  readonly heads: number;
  readonly query: DenseWeights;
  readonly key: DenseWeights;
  readonly value: DenseWeights;
  readonly output: DenseWeights;
}

/**
 * Self-attention over [n, time, width], whose four projections have int8 weights; scores, softmax and the weighted
 * sum stay float32:
 *
 *     head = softmax(Q Kᵀ / √d) V, with d = width / heads
 *     y    = [head₁ … head_h] W_o + b_o
 *
 * The scores' multiplications grow with time², so the share that int8 speeds up falls with the length of the input:
 * see `macs`.
 *
 * @throws LabError for a width that the heads cannot share, weights of another shape, NaN, an infinity, and an input
 *   that does not fit.
 * @see Vaswani et al., "Attention is all you need" (2017), equation 1
 * @see torch.nn.MultiheadAttention, PyTorch 2.13
 *
 * @example
 * ```ts
 * import { normalTensor, seeded } from "edgelab/core";
 * const rng = seeded("attention");
 * const dense = () => ({ weights: normalTensor(rng, [16, 16], 0, 0.25) });
 * const block = dynamicAttention({ heads: 2, query: dense(), key: dense(), value: dense(), output: dense() });
 * block.run(normalTensor(rng, [1, 6, 16])).shape; // [1, 6, 16]
 * block.macs([1, 64, 16]); // { quantized: 65536, float: 131072 }
 * ```
 */
export function dynamicAttention(weights: AttentionWeights, options: DynamicOptions = {}): InferenceLayer {
  return attention(weights, (dense) => dynamicDense(dense, options));
}

/**
 * The same block in float32, to compare with.
 *
 * @throws LabError for what `dynamicAttention` refuses.
 *
 * @example
 * ```ts
 * import { tensor } from "edgelab/core";
 * const one = { weights: tensor([1, 1], [1]) };
 * const block = floatAttention({ heads: 1, query: one, key: one, value: one, output: one });
 * block.run(tensor([1, 1, 1], [5])).data; // Float32Array [5]
 * ```
 */
export function floatAttention(weights: AttentionWeights): InferenceLayer {
  return attention(weights, floatDense);
}

function attention(
  weights: AttentionWeights,
  dense: (weights: DenseWeights) => InferenceLayer,
): InferenceLayer {
  const width = checkWidth(weights);
  const [query, key, value, output] = [weights.query, weights.key, weights.value, weights.output].map(
    dense,
  ) as [InferenceLayer, InferenceLayer, InferenceLayer, InferenceLayer];
  return {
    run: (x) => {
      checkInput(x, [null, null, width]);
      return output.run(mix({ q: query.run(x), k: key.run(x), v: value.run(x) }, weights.heads));
    },
    storedBytes: query.storedBytes + key.storedBytes + value.storedBytes + output.storedBytes,
    macs: (shape) => {
      checkShape(shape, [null, null, width], "the input");
      const [n = 0, time = 0] = shape;
      const scores = { quantized: 0, float: 2 * n * time * time * width };
      return addMacs(query.macs(shape), key.macs(shape), value.macs(shape), output.macs(shape), scores);
    },
  };
}

function checkWidth({ heads, query, key, value, output }: AttentionWeights): number {
  const width = query.weights.shape[0] ?? 0;
  for (const [name, { weights }] of Object.entries({ query, key, value, output })) {
    checkShape(weights.shape, [width, width], `the weights of ${name}`);
  }
  checkInteger(heads, "heads", 1);
  if (width % heads === 0) return width;
  throw new LabError(
    "BAD_HEADS",
    `${heads} heads cannot share a width of ${width}`,
    "Use a number of heads that divides the width.",
  );
}

interface Projections {
  readonly q: Tensor;
  readonly k: Tensor;
  readonly v: Tensor;
}

/** The heads' outputs, side by side. */
function mix({ q, k, v }: Projections, heads: number): Tensor {
  const [n, time, width] = q.shape as [number, number, number];
  const size = width / heads;
  const data = new Float32Array(q.data.length);
  for (let item = 0; item < n; item++) {
    for (let head = 0; head < heads; head++) {
      const start = item * time * width + head * size;
      for (let t = 0; t < time; t++) {
        const row = start + t * width;
        const shares = softmax(scoresOf(q.data, k.data, { row, start, time, width, size }));
        for (let other = 0; other < time; other++) {
          const from = start + other * width;
          for (let d = 0; d < size; d++) data[row + d]! += shares[other]! * v.data[from + d]!;
        }
      }
    }
  }
  return { shape: [...q.shape], data };
}

interface Place {
  readonly row: number;
  readonly start: number;
  readonly time: number;
  readonly width: number;
  readonly size: number;
}

/** q · k / √d with the key of each time. */
function scoresOf(q: Float32Array, k: Float32Array, { row, start, time, width, size }: Place): Float64Array {
  const scores = new Float64Array(time);
  for (let other = 0; other < time; other++) {
    let sum = 0;
    for (let d = 0; d < size; d++) sum += q[row + d]! * k[start + other * width + d]!;
    scores[other] = sum / Math.sqrt(size);
  }
  return scores;
}

/** `e^(x_i - max) / Σ e^(x_j - max)`: without the largest one, no power overflows. */
function softmax(x: Float64Array): Float64Array {
  let max = Number.NEGATIVE_INFINITY;
  for (const value of x) max = Math.max(max, value);
  const powers = x.map((value) => Math.exp(value - max));
  let sum = 0;
  for (const power of powers) sum += power;
  return powers.map((power) => power / sum);
}
