import { magnitudeMask } from "edgelab/core/pruning";
import { finiteNumber, question, type Rng, reject, sameIntegers, typedArray, within } from "edgelab/testing";

/** float32 rounds a number by at most 2^-24 of it: here the weight's square, its product with the power, the sum. */
const float32 = 3 * 2 ** -24;

/** Weights in steps of 1/8: many of them equal in magnitude, some 0. */
function drawSteps(rng: Rng, length: number): Float32Array {
  return Float32Array.from({ length }, () => rng.integer(-9, 9) / 8);
}

function drawMask(rng: Rng, length: number): Uint8Array {
  const mask = Uint8Array.from({ length }, () => rng.integer(0, 1));
  // Both kinds are there, at the ends too.
  mask[0] = rng.integer(0, 1);
  mask[length - 1] = 1 - (mask[0] ?? 0);
  return mask;
}

/**
 * The mean of (Σ w x - Σ w' x)² over all signs that inputs of given sizes can have. Independent signs make products of
 * two inputs cancel exactly, so that this is the expected squared change, found without the formula.
 */
function meanSquaredChange(weights: Float32Array, mask: Uint8Array, sizes: Float32Array): number {
  const patterns = 2 ** weights.length;
  let sum = 0;
  for (let pattern = 0; pattern < patterns; pattern++) {
    const change = weights.reduce((total, weight, i) => {
      const x = (pattern >> i) % 2 === 0 ? (sizes[i] ?? 0) : -(sizes[i] ?? 0);
      return total + (mask[i] === 1 ? 0 : weight * x);
    }, 0);
    sum += change ** 2;
  }
  return sum / patterns;
}

export default question("q1", ({ student, rng, test }) => {
  async function maskOf(weights: Float32Array, sparsity: number): Promise<Uint8Array> {
    const mask = await student.call("magnitudeMask", weights, sparsity);
    return typedArray(mask, Uint8Array, weights.length, "magnitudeMask");
  }

  test(
    1,
    "removes the smallest magnitudes, of equal ones the first",
    async () => {
      for (const sparsity of [0.3, 0.6, rng.uniform(0.4, 0.9)]) {
        const data = drawSteps(rng, rng.integer(40, 60));
        const expected = magnitudeMask({ shape: [data.length], data }, { sparsity });
        sameIntegers(await maskOf(data, sparsity), expected.data, "mask");
      }
    },
    { hint: "Sort a dozen weights by hand, negative and equal ones among them. Which go first?" },
  );

  test(
    1,
    "has the right number of zeros for every size",
    async () => {
      for (let n = 1; n <= 16; n++) {
        const weights = drawSteps(rng, n);
        for (const sparsity of [0.25, 0.5, 0.75, rng.uniform(0, 0.99)]) {
          const expected = magnitudeMask({ shape: [n], data: weights }, { sparsity });
          const zeros = (mask: Uint8Array) => mask.filter((bit) => bit === 0).length;
          const [found, right] = [zeros(await maskOf(weights, sparsity)), zeros(expected.data)];
          if (found !== right) reject(`magnitudeMask: ${found} zeros among ${n} weights, expected ${right}`);
        }
      }
    },
    { hint: "Count the zeros for 1, 2, 3, … weights. Where does sparsity · n end in exactly one half?" },
  );

  test(
    1,
    "never keeps a weight that is smaller than a removed one",
    async () => {
      const weights = Float32Array.from({ length: 200 }, () => rng.normal(0, 0.1));
      const mask = await maskOf(weights, rng.uniform(0.3, 0.7));
      const magnitudes = (bit: number) => [...weights].map(Math.abs).filter((_, i) => mask[i] === bit);
      const [kept, removed] = [magnitudes(1), magnitudes(0)];
      if (kept.length + removed.length !== 200) reject("magnitudeMask: a mask holds nothing but 0 and 1");
      // Where all or none go there is nothing to compare.
      if (kept.length === 0 || removed.length === 0)
        reject("magnitudeMask: all weights or none were removed");
      if (Math.min(...kept) < Math.max(...removed))
        reject("magnitudeMask: a weight was kept that is smaller than one that was removed");
    },
    { hint: "Compare the smallest magnitude that stays with the largest that goes." },
  );

  test(
    1,
    "puts zeros where the mask has them, and nowhere else",
    async () => {
      const weights = Float32Array.from({ length: 30 }, () => rng.normal());
      const mask = drawMask(rng, 30);
      const expected = weights.map((weight, i) => (mask[i] === 1 ? weight : 0));
      const pruned = await student.call("applyMask", weights, mask);
      within(typedArray(pruned, Float32Array, 30, "applyMask"), expected, 0, "what is left");
    },
    { hint: "Which bit of the mask lets a weight stay, and what becomes of it then?" },
  );

  test(
    1,
    "leaves the weights that it was given as they are",
    async () => {
      const weights = Float32Array.from({ length: 30 }, () => rng.normal());
      const everything = new Uint8Array(30).fill(1);
      // Weights that stay with the student: whoever writes into them shows it in the last call.
      const held = await student.hold("applyMask", weights, everything);
      await student.call("magnitudeMask", held, 0.5);
      await student.call("applyMask", held, drawMask(rng, 30));
      const after = await student.call("applyMask", held, everything);
      within(typedArray(after, Float32Array, 30, "applyMask"), weights, 0, "the weights after three calls");
    },
    { hint: "Does your function make new weights, or does it write into those that it was given?" },
  );

  test(
    1,
    "measures the sparsity of drawn weights",
    async () => {
      const weights = drawSteps(rng, rng.integer(50, 80)).map((w) => (rng.integer(0, 2) === 0 ? 0 : w));
      const zeros = weights.filter((w) => w === 0).length;
      const share = finiteNumber(await student.call("sparsityOf", weights), "sparsityOf");
      within(share, zeros / weights.length, (zeros / weights.length) * float32, "sparsity");
    },
    { hint: "The share of zeros: of what, and divided by what?" },
  );

  test(
    1,
    "expects the change that the output has on average over all signs of the inputs",
    async () => {
      const weights = Float32Array.from({ length: 8 }, () => rng.normal());
      // In steps of 1/4, so that their squares are exact in float32.
      const sizes = Float32Array.from({ length: 8 }, () => rng.integer(1, 12) / 4);
      const power = sizes.map((size) => size ** 2);
      const mask = drawMask(rng, 8);
      const error = finiteNumber(await student.call("removalError", weights, mask, power), "removalError");
      const expected = meanSquaredChange(weights, mask, sizes);
      within(error, expected, expected * float32, "expected squared change");
    },
    { hint: "Which weights take part in the sum, what is squared, and what does power hold already?" },
  );
});
