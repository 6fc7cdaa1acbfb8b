import { channelScales } from "edgelab/core/quantization";
import { type Rng, reject } from "edgelab/testing";

/** A float32 result is good enough: one unit in its last place, relative. */
export const float32 = 2 ** -23;

export interface Params {
  readonly scale: number;
  readonly zeroPoint: number;
}

export interface FloatLayer {
  readonly name: string;
  readonly input: string;
  readonly shape: number[];
  readonly weights: Float32Array;
  readonly bias: Float32Array;
}

export interface CodedLayer {
  readonly name: string;
  readonly input: string;
  readonly shape: number[];
  readonly codes: Int8Array;
  readonly scales: number[];
  readonly bias: Int32Array;
}

/** A layer made from known codes, and what its codes must be. */
export interface Drawn {
  readonly layer: FloatLayer;
  readonly codes: number[];
  readonly steps: number[];
}

/**
 * Weights within 0.4 of a step of a known code; the largest of each channel has the code 127 or -127. Biases lie
 * within 0.4 of a step of theirs too: at most 20,000 steps, so that float32 moves them by less than 0.01 of one.
 */
export function drawLayer(rng: Rng, name: string, input: string, shape: number[], inputScale: number): Drawn {
  const [channels = 1] = shape;
  const size = shape.reduce((a, b) => a * b, 1) / channels;
  const scales = Array.from({ length: channels }, (_, c) => rng.uniform(0.002, 0.004) * (1 + 3 * (c % 3)));
  const codes = Array.from({ length: channels * size }, () => rng.integer(-100, 100));
  for (let c = 0; c < channels; c++) {
    codes[c * size + rng.integer(0, size - 1)] = c % 2 === 0 ? -127 : 127;
  }
  const weights = Float32Array.from(codes, (code, i) => {
    const beside = Math.abs(code) === 127 ? 0 : rng.uniform(-0.4, 0.4);
    return (scales[Math.floor(i / size)] ?? 0) * (code + beside);
  });
  const steps = scales.map(() => rng.integer(-20_000, 20_000));
  const bias = Float32Array.from(
    steps,
    (step, c) => inputScale * (scales[c] ?? 0) * (step + rng.uniform(-0.4, 0.4)),
  );
  return { layer: { name, input, shape, weights, bias }, codes, steps };
}

/** Scales that differ by more than a factor of 2, so that none can stand for another. */
export function drawActivations(rng: Rng): Record<"image" | "first" | "second" | "sum", Params> {
  const draw = (factor: number) => ({
    scale: factor * rng.uniform(0.01, 0.012),
    zeroPoint: rng.integer(1, 200),
  });
  return { image: draw(1), first: draw(3), second: draw(9), sum: draw(27) };
}

/** A convolution, and two layers that read what comes out of it: neither only reads its predecessor. */
export function drawNetwork(rng: Rng, { image, first }: Record<"image" | "first", Params>): Drawn[] {
  const channels = rng.integer(3, 5);
  return [
    drawLayer(rng, "first", "image", [channels, rng.integer(1, 2), 2, 3], image.scale),
    drawLayer(rng, "second", "first", [rng.integer(2, 4), channels, 1, 2], first.scale),
    drawLayer(rng, "sum", "first", [rng.integer(2, 4), rng.integer(6, 9)], first.scale),
  ];
}

/**
 * Fails unless each weight lies within half a step of its channel, and each bias within half a step of its sum. A
 * scale in float32 moves 127 steps by 127 · 2^-23 of one, and may send a tie the other way by as much.
 */
export function staysWithinHalfAStep(
  layers: readonly FloatLayer[],
  coded: readonly CodedLayer[],
  params: Record<string, Params>,
): void {
  for (const [i, { name, input, shape, weights, bias }] of layers.entries()) {
    const { codes = new Int8Array(), scales = [], bias: steps = new Int32Array() } = coded[i] ?? {};
    const own = channelScales(weights, shape);
    const size = weights.length / bias.length;
    weights.forEach((weight, at) => {
      const c = Math.floor(at / size);
      const off = Math.abs((scales[c] ?? 0) * (codes[at] ?? 0) - weight);
      if (off > (own[c] ?? 0) * (0.5 + 254 * float32))
        reject(`weights of ${name}: one is off by more than half a step of its channel`);
    });
    bias.forEach((b, c) => {
      const step = (params[input]?.scale ?? 0) * (scales[c] ?? 0);
      const off = Math.abs(step * (steps[c] ?? 0) - b);
      if (off > step / 2 + 4 * float32 * Math.abs(b))
        reject(`biases of ${name}: one is off by more than half a step of its sum`);
    });
  }
}
