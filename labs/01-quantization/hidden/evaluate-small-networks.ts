import { seeded, tensor } from "edgelab/core";
import { glyphs } from "edgelab/core/data";
import { fakeQuantize, paramsFromRanges } from "edgelab/core/quantization";

/** Two layers without biases and the limit of each layer's codes; float where there are no limits. */
interface SmallNetwork {
  readonly layers: readonly Float32Array[];
  readonly limits: readonly number[];
}

/**
 * The part of drawn digits, of 7 × 7 pixels, that each of these networks reads right when its weights are stored in
 * so many bits: symmetric codes, ties to even. The same digits for all, drawn from the seed.
 */
export async function digitsReadRight(
  networks: readonly SmallNetwork[],
  bits: number,
  seed: string,
  count: number,
): Promise<number[]> {
  const { inputs, labels } = glyphs({ count, rng: seeded(seed) });
  const pixels = poolBy4(inputs.data);
  return networks.map((network) => {
    const stored = network.layers.map((w, layer) => onGrid(w, bits, network.limits[layer]));
    let right = 0;
    labels.forEach((label, n) => {
      const scores = scoresOf(stored, pixels.subarray(n * 49, (n + 1) * 49));
      if (scores.indexOf(Math.max(...scores)) === label) right++;
    });
    return right / count;
  });
}

function onGrid(w: Float32Array, bits: number, limit: number | undefined): Float32Array {
  if (limit === undefined) return w;
  const scheme = {
    convention: "lecture",
    type: `int${bits}`,
    symmetric: true,
    granularity: { per: "tensor" },
  } as const;
  return fakeQuantize(tensor([w.length], w), paramsFromRanges([{ min: -limit, max: limit }], scheme)).data;
}

/** Images of 28 × 28 pixels made smaller: each of the 7 × 7 pixels is the mean of 4 × 4. */
function poolBy4(images: Float32Array): Float32Array {
  const pixels = new Float32Array(images.length / 16);
  for (let i = 0; i < images.length; i++) {
    const place = i % 784;
    const to = Math.floor(place / 112) * 7 + Math.floor((place % 28) / 4);
    pixels[Math.floor(i / 784) * 49 + to]! += images[i]! / 16;
  }
  return pixels;
}

function scoresOf([first, second]: readonly Float32Array[], x: Float32Array): number[] {
  const h = rowsTimes(first!, x).map((sum) => Math.max(sum, 0));
  return rowsTimes(second!, h);
}

function rowsTimes(matrix: Float32Array, vector: ArrayLike<number>): number[] {
  return Array.from({ length: matrix.length / vector.length }, (_, row) => {
    let sum = 0;
    for (let i = 0; i < vector.length; i++) sum += matrix[row * vector.length + i]! * vector[i]!;
    return sum;
  });
}
