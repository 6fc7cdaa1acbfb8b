import type { Rng } from "edgelab/testing";

/** What questions 5 and 6 call a small network: the same numbers as the cell of the notebook gives. */
export interface Examples {
  readonly inputs: Float32Array;
  readonly labels: number[];
  readonly width: number;
  readonly classes: number;
}

export interface CubicSchedule {
  readonly initial: number;
  readonly final: number;
  readonly begin: number;
  readonly every: number;
  readonly updates: number;
}

/** One point of the width's space a class, and examples around them. */
export function drawTask(rng: Rng, width: number, classes: number): (count: number) => Examples {
  const middles = Array.from({ length: width * classes }, () => rng.normal());
  return (count) => {
    const labels = Array.from({ length: count }, (_, n) => n % classes);
    const inputs = Float32Array.from({ length: count * width }, (_, at) => {
      const middle = middles[labels[Math.floor(at / width)]! * width + (at % width)]!;
      return middle + rng.normal(0, 0.8);
    });
    return { inputs, labels, width, classes };
  };
}

/** Kaiming's deviation for both layers. */
export function drawWeights(rng: Rng, hidden: number, { width, classes }: Examples): Float32Array {
  return Float32Array.from({ length: hidden * (width + classes) }, (_, i) =>
    rng.normal(0, Math.sqrt(2 / (i < width * hidden ? width : hidden))),
  );
}

function run(weights: Float32Array, examples: Examples, n: number): [Float32Array, Float32Array] {
  const { inputs, width, classes } = examples;
  const hidden = new Float32Array(weights.length / (width + classes));
  const logits = new Float32Array(classes);
  for (let i = 0; i < width; i++) {
    for (let j = 0; j < hidden.length; j++) {
      hidden[j]! += inputs[n * width + i]! * weights[i * hidden.length + j]!;
    }
  }
  for (let j = 0; j < hidden.length; j++) {
    hidden[j] = Math.max(hidden[j]!, 0);
    const row = width * hidden.length + j * classes;
    for (let k = 0; k < classes; k++) logits[k]! += hidden[j]! * weights[row + k]!;
  }
  return [hidden, logits];
}

function surprise(logits: Float32Array, label: number): Float32Array {
  const top = Math.max(...logits);
  const powers = logits.map((z) => Math.exp(z - top));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((power, k) => power / sum - (k === label ? 1 : 0));
}

export function gradientAt(step: number, weights: Float32Array, examples: Examples): Float32Array {
  const { inputs, labels, width, classes } = examples;
  const gradient = new Float32Array(weights.length);
  for (let count = 0; count < 50; count++) {
    const n = (50 * step + count) % labels.length;
    const [hidden, logits] = run(weights, examples, n);
    const error = surprise(logits, labels[n]!).map((value) => value / 50);
    for (let j = 0; j < hidden.length; j++) {
      if (hidden[j] === 0) continue;
      const row = width * hidden.length + j * classes;
      let back = 0;
      for (let k = 0; k < classes; k++) {
        gradient[row + k]! += error[k]! * hidden[j]!;
        back += error[k]! * weights[row + k]!;
      }
      for (let i = 0; i < width; i++) gradient[i * hidden.length + j]! += inputs[n * width + i]! * back;
    }
  }
  return gradient;
}

export function accuracyOf(weights: Float32Array, examples: Examples): number {
  const right = examples.labels.filter((label, n) => {
    const [, logits] = run(weights, examples, n);
    return logits.indexOf(Math.max(...logits)) === label;
  });
  return right.length / examples.labels.length;
}

export interface Pruned {
  readonly mask: Uint8Array;
  /** How far the smallest magnitude that stays lies above the largest that goes now. */
  readonly gap: number;
}

/** The next mask: the smallest magnitudes of those that stand, the first of equal ones. */
export function nextMask(weights: Float32Array, mask: Uint8Array, removed: number): Pruned {
  const standing = [...mask.keys()].filter((i) => mask[i] === 1);
  standing.sort((a, b) => Math.abs(weights[a]!) - Math.abs(weights[b]!));
  const more = Math.max(removed - (mask.length - standing.length), 0);
  const next = mask.slice();
  for (const i of standing.slice(0, more)) next[i] = 0;
  const magnitude = (place: number): number => Math.abs(weights[standing[place]!]!);
  const gap =
    more === 0 || more === standing.length ? Number.POSITIVE_INFINITY : magnitude(more) - magnitude(more - 1);
  return { mask: next, gap };
}

/** Trains, and prunes at each step to the sparsity that `sparsityAt` has for it. */
export function trainPruned(
  start: Float32Array,
  examples: Examples,
  sparsityAt: (step: number) => number,
  steps: number,
  rate: number,
): { weights: Float32Array; gap: number } {
  let weights = start;
  let mask: Uint8Array = new Uint8Array(start.length).fill(1);
  let gap = Number.POSITIVE_INFINITY;
  for (let step = 0; step < steps; step++) {
    const pruned = nextMask(weights, mask, Math.round(sparsityAt(step) * start.length));
    mask = pruned.mask;
    gap = Math.min(gap, pruned.gap);
    const kept = weights.map((weight, i) => mask[i]! * weight);
    const gradient = gradientAt(step, kept, examples);
    weights = kept.map((weight, i) => weight - rate * mask[i]! * gradient[i]!);
  }
  return { weights, gap };
}
