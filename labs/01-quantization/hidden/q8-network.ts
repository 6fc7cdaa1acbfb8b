import { glyphs } from "edgelab/core/data";
import { type Rng, seeded } from "edgelab/testing";

/** Two layers without biases: [hidden × inputs] and [classes × hidden], a ReLU between them. */
export type Layers = readonly [Float32Array | Float64Array, Float32Array | Float64Array];

export interface Examples {
  readonly inputs: Float32Array;
  readonly labels: Int32Array;
}

/** How a network is trained; `limits` has one limit for each layer. */
export interface Training {
  readonly bits: number;
  readonly limits: number[];
  readonly rate: number;
  readonly batch: number;
  readonly epochs: number;
}

export function pick({ inputs, labels }: Examples, from: number, to: number): Examples {
  const size = inputs.length / labels.length;
  return { inputs: inputs.subarray(from * size, to * size), labels: labels.subarray(from, to) };
}

/** Mean cross-entropy's gradient, in float64: dL/dscore = p - y, then the chain rule. */
export function gradientOf([first, second]: Layers, { inputs, labels }: Examples): Float64Array[] {
  const size = inputs.length / labels.length;
  const units = first.length / size;
  const classes = second.length / units;
  const [byFirst, bySecond] = [new Float64Array(first.length), new Float64Array(second.length)];
  const [h, scores] = [new Float64Array(units), new Float64Array(classes)];
  for (let n = 0; n < labels.length; n++) {
    forward([first, second], inputs.subarray(n * size, (n + 1) * size), h, scores);
    const total = scores.reduce((sum, score) => sum + Math.exp(score), 0);
    for (let k = 0; k < units; k++) {
      let back = 0;
      for (let c = 0; c < classes; c++) {
        const error = (Math.exp(scores[c]!) / total - (labels[n] === c ? 1 : 0)) / labels.length;
        back += error * second[c * units + k]!;
        bySecond[c * units + k]! += error * h[k]!;
      }
      if (h[k] === 0) continue;
      for (let j = 0; j < size; j++) byFirst[k * size + j]! += back * inputs[n * size + j]!;
    }
  }
  return [byFirst, bySecond];
}

/** Fills in the hidden values and the scores of one example. */
function forward([first, second]: Layers, x: Float32Array, h: Float64Array, scores: Float64Array): void {
  for (let k = 0; k < h.length; k++) {
    let sum = 0;
    for (let j = 0; j < x.length; j++) sum += first[k * x.length + j]! * x[j]!;
    h[k] = Math.max(sum, 0);
  }
  for (let c = 0; c < scores.length; c++) {
    let sum = 0;
    for (let k = 0; k < h.length; k++) sum += second[c * h.length + k]! * h[k]!;
    scores[c] = sum;
  }
}

/** Plain gradient descent in float, from random weights: the network that rounding is to ruin. */
export function trainFloat(rng: Rng, examples: Examples, hidden: number, epochs: number): Float32Array[] {
  const size = examples.inputs.length / examples.labels.length;
  const draw = (length: number, deviation: number) =>
    Float32Array.from({ length }, () => rng.normal(0, deviation));
  const layers = [
    draw(hidden * size, Math.sqrt(2 / size)),
    draw(10 * hidden, Math.sqrt(1 / hidden)),
  ] as const;
  for (let epoch = 0; epoch < epochs; epoch++) {
    for (let from = 0; from < examples.labels.length; from += 20) {
      gradientOf(layers, pick(examples, from, from + 20)).forEach((gradient, layer) => {
        for (let i = 0; i < gradient.length; i++) layers[layer]![i]! -= 0.5 * gradient[i]!;
      });
    }
  }
  return [...layers];
}

/** Drawn digits of 7 × 7 pixels, each the mean of 4 × 4. */
export function smallDigits(seed: string, count: number): Examples {
  const { inputs, labels } = glyphs({ count, rng: seeded(seed) });
  const pixels = new Float32Array(count * 49);
  for (let i = 0; i < inputs.data.length; i++) {
    const place = i % 784;
    const to = Math.floor(place / 112) * 7 + Math.floor((place % 28) / 4);
    pixels[Math.floor(i / 784) * 49 + to]! += inputs.data[i]! / 16;
  }
  return { inputs: pixels, labels };
}

/** With two bits and this limit, what lies below three quarters of the mean magnitude becomes 0. */
export function ternaryLimit(w: Float32Array): number {
  return (1.5 * w.reduce((sum, weight) => sum + Math.abs(weight), 0)) / w.length;
}

/** The part of these examples that get their highest score in the right class. */
export function accuracyOf([first, second]: Layers, { inputs, labels }: Examples): number {
  const size = inputs.length / labels.length;
  const h = new Float64Array(first.length / size);
  const scores = new Float64Array(second.length / h.length);
  const right = labels.filter((label, n) => {
    forward([first, second], inputs.subarray(n * size, (n + 1) * size), h, scores);
    return scores.indexOf(Math.max(...scores)) === label;
  });
  return right.length / labels.length;
}
