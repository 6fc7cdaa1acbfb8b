import { tensor } from "edgelab/core";
import { fakeQuantize, paramsFromRanges } from "edgelab/core/quantization";
import { numbers, question, type Rng, reject, typedArray, within } from "edgelab/testing";
import { accuracyOf, type Examples, smallDigits, ternaryLimit, trainFloat } from "./q8-network.js";
import { drawProblem, type Problem } from "./q8-steps.js";

/** A float32 result is good enough: one unit in its last place, relative. */
const float32 = 2 ** -23;

/** Weights within 0.45 of a step of a code; some lie beyond the limit. */
function drawWeights(rng: Rng, bits: number, limit: number): Float32Array {
  const largestCode = 2 ** (bits - 1) - 1;
  return Float32Array.from(
    { length: 60 },
    () => (limit / largestCode) * (rng.integer(-largestCode - 2, largestCode + 2) + rng.uniform(-0.45, 0.45)),
  );
}

/** The library's answer. */
function onGrid(w: Float32Array, bits: number, limit: number): Float32Array {
  const granularity = { per: "tensor" } as const;
  const scheme = { convention: "lecture", type: `int${bits}`, symmetric: true, granularity } as const;
  return fakeQuantize(tensor([w.length], w), paramsFromRanges([{ min: -limit, max: limit }], scheme)).data;
}

/** A network, drawn again until rounding it costs a quarter or more of the digits that it was trained on. */
function drawRuined(rng: Rng, examples: Examples): { start: Float32Array[]; limits: number[] } {
  for (;;) {
    const start = trainFloat(rng, examples, 24, 20);
    const limits = start.map(ternaryLimit);
    const [first, second] = start.map((w, layer) => onGrid(w, 2, limits[layer]!));
    const lost = accuracyOf([start[0]!, start[1]!], examples) - accuracyOf([first!, second!], examples);
    if (lost >= 0.25) return { start, limits };
  }
}

/** No gradient reaches a weight beyond its limit: where it lies shows whether it was this network that was trained. */
function keepsWhatLiesFarOut(
  start: readonly Float32Array[],
  trained: readonly Float32Array[],
  limits: readonly number[],
): void {
  for (const [layer, w] of start.entries()) {
    const moved = w.some((weight, i) => Math.abs(weight) > limits[layer]! && trained[layer]![i] !== weight);
    if (moved) reject(`layer ${layer}: a weight that lay beyond the limit has moved`);
  }
}

export default question("q8", ({ student, evaluator, rng, test }) => {
  async function fake(w: Float32Array, ...rest: number[]): Promise<Float32Array> {
    return typedArray(await student.call("fakeQuantize", w, ...rest), Float32Array, w.length, "fakeQuantize");
  }
  async function train(
    start: readonly Float32Array[],
    { examples, training }: Pick<Problem, "examples" | "training">,
  ): Promise<Float32Array[]> {
    const layers = await student.call("trainQuantized", start, examples.inputs, examples.labels, training);
    if (!Array.isArray(layers) || layers.length !== start.length)
      reject(`trainQuantized: expected an array of ${start.length} layers`); // public
    return start.map((w, i) => typedArray(layers[i], Float32Array, w.length, `layer ${i}`));
  }
  async function follows(problem: Problem): Promise<void> {
    const layers = await train(problem.start, problem);
    problem.expected.forEach((w, i) => {
      within(layers[i], w, problem.slack, `shadow weights of layer ${i}`);
    });
  }

  test(
    1,
    "puts drawn weights on the grid",
    async () => {
      for (const bits of [2, 3, 4, 8]) {
        const limit = Math.fround(rng.uniform(0.5, 2));
        const w = drawWeights(rng, bits, limit);
        within(await fake(w, bits, limit), onGrid(w, bits, limit), limit * float32, "weights");
        const largest = w.reduce((most, weight) => Math.max(most, Math.abs(weight)), 0);
        // With the largest magnitude as the limit, all else may come near a tie: half a step, and float32.
        const halfStep = largest / (2 ** (bits - 1) - 1) / 2;
        within(await fake(w, bits), w, halfStep + largest * float32, "weights, limit left out");
      }
    },
    { hint: "How many steps lie between 0 and the limit? What becomes of a weight beyond it?" },
  );

  test(
    1,
    "sends ties to the even code, on few values, and stays there",
    async () => {
      const bits = rng.integer(3, 5);
      const largestCode = 2 ** (bits - 1) - 1;
      // A step that is a power of two makes ties exact.
      const step = 2 ** rng.integer(-6, -1);
      const halves = Array.from({ length: 4 * largestCode + 5 }, (_, i) => i / 2 - largestCode - 1);
      const w = Float32Array.from(halves, (steps) => steps * step);
      const once = await fake(w, bits, largestCode * step);
      within(once, onGrid(w, bits, largestCode * step), 0, "ties");
      const values = new Set(once);
      if (values.size > 2 ** bits - 1) reject(`${values.size} different weights need more than ${bits} bits`);
      within(await fake(once, bits, largestCode * step), once, 0, "rounded twice");
      within(await fake(new Float32Array(3), bits), [0, 0, 0], 0, "zeros");
    },
    { hint: "Put weights half-way between two codes through your function, then its results once more." },
  );

  test(
    1,
    "holds gradients back where the clamp is flat",
    async () => {
      const [low, high] = [-(2 ** rng.integer(-3, 1)), 2 ** rng.integer(-3, 1)];
      const inside = Array.from({ length: 20 }, () => rng.uniform(low, high));
      const outside = Array.from({ length: 10 }, (_, i) => (i % 2 === 0 ? low : high) * rng.uniform(1.01, 3));
      const w = Float32Array.of(low, ...inside, ...outside, high);
      const gradient = w.map(() => rng.normal(0, 3));
      const passed = await student.call("straightThrough", w, gradient, low, high);
      within(
        typedArray(passed, Float32Array, w.length, "straightThrough"),
        gradient.map((value, i) => (i > inside.length && i < w.length - 1 ? 0 : value)),
        0,
        "gradients that pass",
      );
    },
    { hint: "Is it the weight or its gradient that lies in the range? What about a weight at its very end?" },
  );

  test(
    1,
    "takes one step with all examples",
    async () => {
      const count = rng.integer(5, 8);
      await follows(drawProblem(rng, { examples: count, batch: count, epochs: 1 }));
    },
    { hint: "Which weights does lossGradient get, which weights change, and which may not change?" },
  );

  test(
    1,
    "adds up many steps, batch after batch",
    async () => {
      // The last batch of an epoch is a smaller one.
      await follows(drawProblem(rng, { examples: rng.integer(8, 9) + 5, batch: 5, epochs: 3 }));
    },
    {
      hint: "What is left of a step that is smaller than the grid? Which examples does the last batch hold?",
    },
  );

  test(
    2,
    "saves a network that rounding ruins",
    async () => {
      const seed = String(rng.integer(0, 2 ** 31));
      const examples = smallDigits(`${seed}, training`, 400);
      const { start, limits } = drawRuined(rng, examples);
      const how = { bits: 2, limits, batch: 20 };
      const fast = await train(start, { examples, training: { ...how, rate: 0.1, epochs: 9 } });
      const trained = await train(fast, { examples, training: { ...how, rate: 0.01, epochs: 3 } });
      keepsWhatLiesFarOut(start, fast, limits);
      keepsWhatLiesFarOut(fast, trained, limits);
      const networks = [
        { layers: start, limits: [] },
        { layers: start, limits },
        { layers: trained, limits },
      ];
      const accuracies = await evaluator.call("digitsReadRight", networks, 2, `${seed}, hidden`, 300);
      const [float = 0, rounded = 0, saved = 0] = numbers(accuracies, 3, "accuracies");
      // Rounding costs 0.34 in the median. On 300 digits the difference of two accuracies has a standard error of at
      // most sqrt(0.45 / 300) = 0.039 where the two disagree on 45 % of them: a quarter of the loss is two of those.
      // The reference got back 47 % of it or more in each of 195 draws, and 80 % in the median.
      if (saved - rounded < (float - rounded) / 4)
        reject(`${saved} of the digits read right, ${rounded} without your training`);
    },
    {
      hint: "Your weights are rounded to two bits and read new digits. Does your training see that rounding?",
    },
  );
});
