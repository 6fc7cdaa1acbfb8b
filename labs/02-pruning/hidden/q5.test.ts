import { sparsitySchedule } from "edgelab/core/pruning";
import { finiteNumber, question, type Rng, reject, sameIntegers, typedArray, within } from "edgelab/testing";
import {
  accuracyOf,
  type CubicSchedule,
  drawTask,
  drawWeights,
  type Examples,
  nextMask,
  trainPruned,
} from "./small-net.js";

function drawSchedule(rng: Rng, initial: number): CubicSchedule {
  return {
    initial,
    final: rng.integer(60, 95) / 100,
    begin: rng.integer(5, 40),
    every: rng.integer(3, 9),
    updates: rng.integer(3, 9),
  };
}

/** The library's schedule, which is tested against TensorFlow's. */
function oracle({ updates, ...rest }: CubicSchedule): (step: number) => number {
  return sparsitySchedule({ kind: "cubic", ...rest, end: rest.begin + rest.every * updates });
}

/** Magnitudes that are all different, in random order and with random signs. */
function drawDistinct(rng: Rng, count: number): Float32Array {
  const ranks = rng.permutation(count);
  return Float32Array.from(ranks, (rank) => (rng.integer(0, 1) === 0 ? 1 : -1) * (rank + 1) * 2 ** -6);
}

export default question("q5", ({ student, rng, test }) => {
  async function pruned(weights: Float32Array, mask: Uint8Array, sparsity: number): Promise<Uint8Array> {
    const next = await student.call("pruneStep", weights, mask, sparsity);
    return typedArray(next, Uint8Array, weights.length, "pruneStep");
  }

  test(
    2,
    "follows the equation at updates, between them, before and after",
    async () => {
      for (const initial of [0, rng.integer(10, 40) / 100]) {
        const schedule = drawSchedule(rng, initial);
        const { begin, every, updates, final } = schedule;
        const sparsity = oracle(schedule);
        const end = begin + every * updates;
        const asked = Array.from({ length: 12 }, () => rng.integer(begin, end));
        for (const step of [0, begin - 1, begin, begin + every - 1, end - 1, end, end + every, ...asked]) {
          const got = finiteNumber(await student.call("cubicSparsity", step, schedule), "cubicSparsity");
          // Some ten operations on numbers up to 1, in either way of writing it, each rounded by up to 2^-53.
          within(got, sparsity(step), 20 * 2 ** -53, `s at step ${step}, begin ${begin}, final ${final}`);
        }
      }
    },
    { hint: "Make a table of the steps around one update: one before, the update, one after." },
  );

  test(
    1,
    "removes the exact count of smallest standing weights, update after update",
    async () => {
      for (let round = 0; round < 4; round++) {
        const count = rng.integer(30, 80);
        let mask: Uint8Array = new Uint8Array(count).fill(1);
        let removed = 0;
        while (removed < count - 8) {
          removed += rng.integer(1, 8);
          // Never near a tie: 0.4 of a weight off at most. The weights are new each time, as after training.
          const sparsity = Math.max(removed + rng.uniform(-0.4, 0.4), 0) / count;
          const weights = drawDistinct(rng, count);
          const expected = nextMask(weights, mask, removed).mask;
          mask = await pruned(weights, mask, sparsity);
          sameIntegers(mask, expected, `the mask at sparsity ${sparsity.toFixed(3)}`);
        }
      }
      // 2.5 weights and 3.5 weights: a tie goes to the even number, here once down and once up.
      for (const [count, removed] of [
        [10, 2],
        [14, 4],
      ] as const) {
        const weights = drawDistinct(rng, count);
        const whole = new Uint8Array(count).fill(1);
        sameIntegers(
          await pruned(weights, whole, 0.25),
          nextMask(weights, whole, removed).mask,
          "the mask of a tie",
        );
      }
    },
    { hint: "How many zeros does the new mask have? Were all the old ones among them?" },
  );

  test(
    1,
    "leaves alone what is gone, whatever the array holds there",
    async () => {
      const count = 20 + rng.integer(0, 10);
      const weights = drawDistinct(rng, count);
      const mask = nextMask(drawDistinct(rng, count), new Uint8Array(count).fill(1), 10).mask;
      // What is gone holds the largest weights now, or zeros.
      const drifted = weights.map((weight, i) => (mask[i] === 0 ? 8 + i : weight));
      const zeroed = weights.map((weight, i) => mask[i]! * weight);
      for (const held of [drifted, zeroed]) {
        sameIntegers(await pruned(held, mask, 10 / count), mask, "the mask at the same sparsity");
        sameIntegers(await pruned(held, mask, 4 / count), mask, "the mask at a lower sparsity");
        sameIntegers(
          await pruned(held, mask, 13 / count),
          nextMask(held, mask, 13).mask,
          "the mask at a higher sparsity",
        );
      }
      // A standing weight may be exactly 0, and many may be equal.
      const equal = Float32Array.from({ length: count }, (_, i) => (i % 3 === 0 ? 0 : i % 2 === 0 ? 1 : -1));
      for (const removed of [12, 15]) {
        const expected = nextMask(equal, mask, removed).mask;
        sameIntegers(await pruned(equal, mask, removed / count), expected, "the mask of equal weights");
      }
    },
    { hint: "Give it an old mask, and weights that are large just where that mask is zero." },
  );

  test(
    1,
    "takes the same training steps as the text describes",
    async () => {
      for (const begin of [0, 1]) {
        const schedule = { initial: 0.2, final: 0.6, begin, every: 1, updates: 2 };
        const [start, examples] = drawClear(rng, oracle(schedule));
        const expected = trainPruned(start, examples, oracle(schedule), 4, 0.5).weights;
        const result = await student.call("trainPruned", start, examples, schedule, 4, 0.5);
        const weights = typedArray(result, Float32Array, start.length, "trainPruned");
        // Weights and gradients stay below 4. A step rounds a gradient, which is a sum of 50, and the new weight:
        // 0.5·50·2^-24·4 + 2^-24·4 < 2^-17, if it is done in float32. Four steps, the earlier ones seen by the later.
        within(weights, expected, 2 ** -14, "weights after 4 steps");
      }
    },
    { hint: "Go through one step on paper: which weights does the gradient see, and which does it move?" },
  );

  test(
    1,
    "gives a network with exactly that sparsity, which works on new examples",
    async () => {
      const schedule = { initial: 0, final: 0.85, begin: 0, every: 5, updates: 8 };
      const { start, examples, unseen, cut, reference } = drawDense(rng, schedule);
      const result = await student.call("trainPruned", start, examples, schedule, 80, 0.1);
      const weights = typedArray(result, Float32Array, start.length, "trainPruned");
      const zeros = weights.filter((weight) => weight === 0).length;
      sameIntegers([zeros], [Math.round(0.85 * start.length)], "weights that are 0");
      const accuracy = accuracyOf(weights, unseen);
      if (accuracy < (cut + reference) / 2) {
        reject(
          `of 300 new examples the network gets ${(100 * accuracy).toFixed(0)} % right; cut without training it gets ${(100 * cut).toFixed(0)} %`,
        );
      }
    },
    { hint: "Count the zeros of what you return. Then look at its accuracy before and after training." },
  );
});

/** A small network in whose pruning no two magnitudes are so near that rounding could swap them. */
function drawClear(rng: Rng, sparsityAt: (step: number) => number): [Float32Array, Examples] {
  for (;;) {
    const examples = drawTask(rng, 4, 2)(70);
    const start = drawWeights(rng, 3, examples);
    if (trainPruned(start, examples, sparsityAt, 4, 0.5).gap > 2 ** -11) return [start, examples];
  }
}

/**
 * A trained network, with its accuracy on unseen examples after a cut and after pruned training: 15 points or more lie
 * between the two. A right answer differs from the reference by rounding alone.
 */
function drawDense(rng: Rng, schedule: CubicSchedule) {
  for (;;) {
    const draw = drawTask(rng, 16, 8);
    const examples = draw(200);
    const unseen = draw(300);
    const start = trainPruned(drawWeights(rng, 12, examples), examples, () => 0, 40, 0.1).weights;
    const { mask } = nextMask(start, new Uint8Array(start.length).fill(1), Math.round(0.85 * start.length));
    const cut = accuracyOf(
      start.map((weight, i) => mask[i]! * weight),
      unseen,
    );
    const reference = accuracyOf(trainPruned(start, examples, oracle(schedule), 80, 0.1).weights, unseen);
    if (reference >= cut + 0.15) return { start, examples, unseen, cut, reference };
  }
}
