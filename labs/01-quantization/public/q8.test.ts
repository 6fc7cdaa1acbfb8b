import { question, reject, typedArray, within } from "edgelab/testing";

/** A float32 result is good enough: one unit in its last place, relative. */
const float32 = 2 ** -23;

export default question("q8", ({ student, test }) => {
  test(
    2,
    "puts the worked example on both grids",
    async () => {
      const w = Float32Array.of(-0.9, -0.4, 0.1, 0.2, 0.5);
      const wide = typedArray(await student.call("fakeQuantize", w, 3), Float32Array, 5, "fakeQuantize");
      within(wide, [-0.9, -0.3, 0, 0.3, 0.6], 0.9 * float32, "weights, limit left out");
      const fine = await student.call("fakeQuantize", w, 3, 0.45);
      within(
        typedArray(fine, Float32Array, 5, "fakeQuantize"),
        [-0.45, -0.45, 0.15, 0.15, 0.45],
        0.45 * float32,
        "weights, limit 0.45",
      );
    },
    { hint: "Go down the table of the worked example, one row after the other. Which row differs first?" },
  );

  test(
    1,
    "lets the worked gradients through",
    async () => {
      const w = Float32Array.of(-0.9, -0.4, 0.1, 0.2, 0.5);
      const gradient = Float32Array.of(0.5, -1, 2, 1, -0.3);
      const passed = await student.call("straightThrough", w, gradient, -0.45, 0.45);
      within(
        typedArray(passed, Float32Array, 5, "straightThrough"),
        [0, -1, 2, 1, 0],
        0,
        "gradients that pass",
      );
    },
    { hint: "Which of the five weights lie outside of the limits? What does the estimator say about those?" },
  );

  test(
    2,
    "takes the worked step",
    async () => {
      const start = [Float32Array.of(0.7), Float32Array.of(0.8, -0.6)];
      const options = { bits: 2, limits: [1, 1], rate: 0.1, batch: 1, epochs: 1 };
      const layers = await student.call(
        "trainQuantized",
        start,
        Float32Array.of(1),
        Int32Array.of(1),
        options,
      );
      if (!Array.isArray(layers) || layers.length !== 2)
        reject("trainQuantized: expected an array of two layers");
      // The error of class 0: its probability, 1 / (1 + e^-2).
      const error = 1 / (1 + Math.exp(-2));
      // Each weight is below 1: three roundings to float32 on the way to it are less than 2^-22.
      within(typedArray(layers[0], Float32Array, 1, "layer 0"), [0.7 - 0.2 * error], 2 ** -22, "layer 0");
      const out = [0.8 - 0.1 * error, -0.6 + 0.1 * error];
      within(typedArray(layers[1], Float32Array, 2, "layer 1"), out, 2 ** -22, "layer 1");
    },
    { hint: "Follow the worked step: at which weights is the gradient taken, and to which is it applied?" },
  );
});
