import { magnitudeMask, nmMask } from "edgelab/core/pruning";
import { question, type Rng, record, reject, sameIntegers, typedArray, within } from "edgelab/testing";

/** Two ones in each group of four, anywhere. */
function drawMask(rng: Rng, groups: number): Uint8Array {
  const mask = new Uint8Array(4 * groups);
  for (let group = 0; group < groups; group++) {
    const [first = 0, second = 0] = rng.permutation(4);
    mask[4 * group + first] = 1;
    mask[4 * group + second] = 1;
  }
  return mask;
}

/** Whole numbers: sums of a few hundred of their squares are exact in float32, in any order. */
function drawWhole(rng: Rng, length: number): Float32Array {
  return Float32Array.from({ length }, () => rng.integer(-100, 100));
}

function energyOf(weights: Float32Array, mask: Uint8Array): number {
  return weights.reduce((sum, weight, i) => sum + (mask[i] === 1 ? weight ** 2 : 0), 0);
}

export default question("q8", ({ student, rng, test }) => {
  async function mask24(weights: Float32Array, columns: number): Promise<Uint8Array> {
    return typedArray(await student.call("mask24", weights, columns), Uint8Array, weights.length, "mask24");
  }
  /** Against the library's; of drawn real numbers no two have the same magnitude. */
  async function sameMask(rows: number, columns: number): Promise<void> {
    const data = Float32Array.from({ length: rows * columns }, () => rng.normal());
    const expected = nmMask({ shape: [rows, columns], data }, { n: 2, m: 4, axis: -1 });
    sameIntegers(await mask24(data, columns), expected.data, "mask");
  }

  test(
    1,
    "keeps the two largest magnitudes of every four",
    async () => {
      await sameMask(rng.integer(3, 6), 4 * rng.integer(3, 6));
      await sameMask(1, 4);
    },
    { hint: "Look at one group alone, with negative numbers in it." },
  );

  test(
    1,
    "begins a new group with each row",
    async () => {
      for (const rest of [1, 2, 3]) await sameMask(rng.integer(3, 5), 4 * rng.integer(1, 3) + rest);
      await sameMask(4, 1);
    },
    { hint: "Draw two rows of six weights. Which of them are neighbours in a group?" },
  );

  test(
    1,
    "lets the first of equal magnitudes stay",
    async () => {
      const x = rng.uniform(0.5, 1);
      const groups = [
        [x, x, x, x],
        [0, 0, 0, 0],
        [0.1, -x, x, -x],
        [x, 2, -x, 0],
        [0, 0, 0, -x],
      ];
      const kept = [
        [1, 1, 0, 0],
        [1, 1, 0, 0],
        [0, 1, 1, 0],
        [1, 1, 0, 0],
        [1, 0, 0, 1],
      ];
      const order = rng.permutation(groups.length);
      const data = new Float32Array(4 * groups.length);
      const expected = new Uint8Array(data.length);
      order.forEach((group, place) => {
        data.set(groups[group] ?? [], 4 * place);
        expected.set(kept[group] ?? [], 4 * place);
      });
      sameIntegers(await mask24(data, data.length), expected, "mask");
    },
    { hint: "Which two stay where three or four magnitudes are equal? And in a group of zeros?" },
  );

  test(
    1,
    "packs any two of four, and finds them again",
    async () => {
      for (const groups of [1, 2 * rng.integer(4, 8), 2 * rng.integer(4, 8) + 1]) {
        const mask = drawMask(rng, groups);
        const weights = drawWhole(rng, 4 * groups);
        // One that stays although it is 0.
        weights[mask.lastIndexOf(1)] = 0;
        const places = [...mask.keys()].filter((i) => mask[i] === 1);
        const values = Float32Array.from(places, (i) => weights[i] ?? 0);
        const indices = new Uint8Array(Math.ceil(places.length / 4));
        for (const [k, place] of places.entries()) indices[k >> 2]! |= (place & 3) << (2 * (k & 3));

        const answer = await student.call("compress24", weights, mask);
        const packed = record(answer, ["values", "indices"], "compress24");
        within(typedArray(packed.values, Float32Array, 2 * groups, "values"), values, 0, "values");
        sameIntegers(typedArray(packed.indices, Uint8Array, indices.length, "indices"), indices, "indices");
        const back = await student.call("decompress24", values, indices);
        const expected = weights.map((weight, i) => weight * (mask[i] ?? 0));
        within(typedArray(back, Float32Array, 4 * groups, "decompress24"), expected, 0, "weights");
      }
    },
    { hint: "For value number k: which byte has its position, and which two bits of it?" },
  );

  test(
    1,
    "keeps at least half of the energy, and no more than a free choice",
    async () => {
      const columns = 4 * rng.integer(4, 7);
      const weights = drawWhole(rng, columns * rng.integer(3, 5));
      const mask = await mask24(weights, columns);
      const free = magnitudeMask({ shape: [weights.length], data: weights }, { sparsity: 0.5 }).data;
      const ones = new Uint8Array(weights.length).fill(1);
      const [kept, best, all] = [mask, free, ones].map((of) => energyOf(weights, of)) as [
        number,
        number,
        number,
      ];
      if (kept < all / 2) reject("energy of your mask: less than half of all");
      if (kept > best) reject("energy of your mask: more than the largest half of all weights has");
      for (const drawn of [free, drawMask(rng, weights.length / 4), ones]) {
        // One division, in float32 at worst.
        const energy = await student.call("keptEnergy", weights, drawn);
        within(energy, energyOf(weights, drawn) / all, 2 ** -24, "kept energy");
      }
    },
    {
      hint: "Compare, in one group, the squares that go with those that stay. Which sums does your ratio have?",
    },
  );
});
