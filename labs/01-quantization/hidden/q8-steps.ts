import { roundHalfToEven } from "edgelab/core/quantization";
import type { Rng } from "edgelab/testing";
import { type Examples, gradientOf, pick, type Training } from "./q8-network.js";

/** A training in which every weight on the grid is exact in float32, and what comes of it. */
export interface Problem {
  readonly start: Float32Array[];
  readonly examples: Examples;
  readonly training: Training;
  /** The shadow weights, in float64. */
  readonly expected: Float64Array[];
  /** How far float32 may take a shadow weight from them. */
  readonly slack: number;
}

interface Run {
  readonly layers: Float64Array[];
  readonly steps: number;
  /** The largest weight or step. */
  readonly largest: number;
  /** How close a weight came to a tie or to a limit, in steps of its grid. */
  readonly margin: number;
  /** How many gradients other than 0 of weights far out were held back, layer by layer. */
  readonly heldBack: number[];
}

const sizes = { inputs: 5, hidden: 4, classes: 3 };

/** Closer to a tie than this, in steps of the grid, float32 and float64 might round a weight to different codes. */
const clearance = 1e-3;

/**
 * Weights up to twice as far out as their limit, drawn again until the training holds gradients of weights back, in
 * both layers, that a code beyond the limit would fit better, and no weight comes near a tie or a limit. A limit is the largest code times a power of two: then S is that
 * power, and the weights on the grid are the same in float32 as in float64.
 */
export function drawProblem(rng: Rng, how: { examples: number; batch: number; epochs: number }): Problem {
  for (;;) {
    const bits = rng.integer(2, 4);
    const limits = [0, 1].map(() => (2 ** (bits - 1) - 1) * 2 ** rng.integer(-3, -1));
    const training = { bits, limits, rate: rng.uniform(0.1, 0.3), batch: how.batch, epochs: how.epochs };
    const lengths = [sizes.hidden * sizes.inputs, sizes.classes * sizes.hidden];
    const start = lengths.map((length, layer) =>
      Float32Array.from({ length }, () => 2 * limits[layer]! * rng.uniform(-1, 1)),
    );
    const examples = drawExamples(rng, how.examples);
    const run = runTraining(start, examples, training);
    if (run.margin < clearance || run.heldBack.some((count) => count === 0)) continue;
    // Each step rounds the rate, the gradient, their product and the difference to float32: four times 2^-24 of
    // what is at most `largest`.
    return { start, examples, training, expected: run.layers, slack: run.steps * 2 ** -22 * run.largest };
  }
}

function drawExamples(rng: Rng, count: number): Examples {
  const inputs = Float32Array.from({ length: count * sizes.inputs }, () => rng.uniform(0, 1));
  return { inputs, labels: Int32Array.from({ length: count }, () => rng.integer(0, sizes.classes - 1)) };
}

function runTraining(start: readonly Float32Array[], examples: Examples, training: Training): Run {
  const { bits, limits, rate, batch, epochs } = training;
  const layers = start.map((w) => Float64Array.from(w));
  const heldBack = layers.map(() => 0);
  let [steps, largest, margin] = [0, 0, Number.POSITIVE_INFINITY];
  for (let epoch = 0; epoch < epochs; epoch++) {
    for (let from = 0; from < examples.labels.length; from += batch) {
      steps++;
      const grids = layers.map((w, layer) => w.map((weight) => onGrid(weight, bits, limits[layer]!)));
      const gradients = gradientOf([grids[0]!, grids[1]!], pick(examples, from, from + batch));
      layers.forEach((w, layer) => {
        const [limit, gradient] = [limits[layer]!, gradients[layer]!];
        w.forEach((weight, i) => {
          const step = rate * gradient[i]!;
          margin = Math.min(margin, distanceToEdge(weight, bits, limit));
          largest = Math.max(largest, Math.abs(weight), Math.abs(step));
          if (Math.abs(weight) <= limit) w[i] = weight - step;
          else if (isBeyond(weight, bits, limit) && Math.abs(step) > clearance) heldBack[layer]!++;
        });
      });
    }
  }
  return { layers, steps, largest, margin, heldBack };
}

/** Symmetric codes: round(clamp(w) / S) * S. */
export function onGrid(weight: number, bits: number, limit: number): number {
  const scale = limit / (2 ** (bits - 1) - 1);
  return scale * roundHalfToEven(Math.min(Math.max(weight, -limit), limit) / scale);
}

/** Whether the code of a weight would lie beyond the largest one if nothing clamped it. */
function isBeyond(weight: number, bits: number, limit: number): boolean {
  const largestCode = 2 ** (bits - 1) - 1;
  return (Math.abs(weight) / limit) * largestCode > largestCode + 0.5;
}

/** From the nearest tie, or from the limit, in steps of the grid. */
function distanceToEdge(weight: number, bits: number, limit: number): number {
  const largestCode = 2 ** (bits - 1) - 1;
  const steps = (Math.abs(weight) / limit) * largestCode;
  const toLimit = Math.abs(steps - largestCode);
  return steps > largestCode ? toLimit : Math.min(toLimit, Math.abs(steps - Math.floor(steps) - 0.5));
}
