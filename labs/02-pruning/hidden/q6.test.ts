import { finiteNumber, question, type Rng, sameIntegers, typedArray, within } from "edgelab/testing";
import { nextMask } from "./small-net.js";

/** A mask with `kept` ones in random places. */
function drawMask(rng: Rng, count: number, kept: number): Uint8Array {
  return Uint8Array.from(rng.permutation(count), (place) => (place < kept ? 1 : 0));
}

function drawValues(rng: Rng, count: number): Float32Array {
  return Float32Array.from({ length: count }, () => rng.normal());
}

export default question("q6", ({ student, rng, test }) => {
  test(
    1,
    "weighs layers by their size",
    async () => {
      for (let round = 0; round < 6; round++) {
        // The first time no round has been played.
        const rounds = round === 0 ? 0 : rng.integer(1, 15);
        const layers = Array.from({ length: rng.integer(1, 4) }, () => ({
          size: rng.integer(100, 50_000),
          fraction: rng.integer(0, 60) / 100,
        }));
        const before = layers.reduce((sum, { size }) => sum + size, 0);
        const left = layers.reduce((sum, { size, fraction }) => sum + size * (1 - fraction) ** rounds, 0);
        const got = finiteNumber(await student.call("remainingAfter", rounds, layers), "remainingAfter");
        // Up to 15 products and a few sums, each off by up to 2^-53 of a number that is at most 1.
        within(got, left / before, 32 * 2 ** -53, `the part left after ${rounds} rounds`);
      }
    },
    {
      hint: "Take a large layer that loses little and a small one that loses much. Is the mean of both parts right?",
    },
  );

  test(
    2,
    "removes the exact count of what stands, round after round",
    async () => {
      for (let lottery = 0; lottery < 3; lottery++) {
        const count = rng.integer(60, 120);
        let mask: Uint8Array = new Uint8Array(count).fill(1);
        for (let round = 0; round < 6; round++) {
          const standing = mask.reduce((sum, bit) => sum + bit, 0);
          const goes = rng.integer(1, Math.floor(standing / 3));
          // Never near a tie: 0.4 of a weight off at most.
          const fraction = (goes + rng.uniform(-0.4, 0.4)) / standing;
          // What is gone holds numbers too: an optimizer with momentum, or weight decay, may move it.
          const trained = drawValues(rng, count);
          const expected = nextMask(trained, mask, count - standing + goes).mask;
          const next = await student.call("nextMask", trained, mask, fraction);
          mask = typedArray(next, Uint8Array, count, "nextMask");
          sameIntegers(mask, expected, `the mask after round ${round + 1}`);
        }
      }
      // Half of 5 and half of 7 that stand: a tie goes to the even number, here once down and once up.
      for (const [standing, goes] of [
        [5, 2],
        [7, 4],
      ] as const) {
        const mask = drawMask(rng, 9, standing);
        const trained = drawValues(rng, 9);
        const next = typedArray(
          await student.call("nextMask", trained, mask, 0.5),
          Uint8Array,
          9,
          "nextMask",
        );
        sameIntegers(next, nextMask(trained, mask, 9 - standing + goes).mask, "the mask of a tie");
      }
    },
    {
      hint: "In round 2, count the ones before and after. Which part of them went, and were they the smallest?",
    },
  );

  test(
    1,
    "goes back to the first weights exactly, and only where the mask stands",
    async () => {
      const count = rng.integer(40, 80);
      const initial = drawValues(rng, count);
      for (const kept of [count, 0, rng.integer(5, 30)]) {
        const mask = drawMask(rng, count, kept);
        const ticket = typedArray(await student.call("rewind", initial, mask), Float32Array, count, "rewind");
        const expected = initial.map((weight, i) => (mask[i] === 1 ? weight : 0));
        within(ticket, expected, 0, `the ticket of ${kept} weights`);
      }
      // Of equal magnitudes the first goes.
      const equal = Float32Array.from({ length: 12 }, (_, i) => (i % 2 === 0 ? -1 : 1));
      const mask = drawMask(rng, 12, 8);
      const next = await student.call("nextMask", equal, mask, 0.5);
      sameIntegers(
        typedArray(next, Uint8Array, 12, "nextMask"),
        nextMask(equal, mask, 8).mask,
        "the mask of equal weights",
      );
    },
    { hint: "Compare the ticket with the initial weights, one by one. And what if many weights are equal?" },
  );

  test(
    1,
    "keeps the control's mask, with values of its own",
    async () => {
      const count = rng.integer(40, 80);
      for (const kept of [count, rng.integer(5, 30), 1]) {
        const mask = drawMask(rng, count, kept);
        const values = drawValues(rng, kept);
        const control = await student.call("reinitialize", mask, values);
        let used = 0;
        const expected = Float32Array.from(mask, (bit) => (bit === 1 ? values[used++]! : 0));
        within(typedArray(control, Float32Array, count, "reinitialize"), expected, 0, "the control");
      }
    },
    {
      hint: "List the places of the control's zeros, and those of the mask's. Then count how many values you used.",
    },
  );
});
