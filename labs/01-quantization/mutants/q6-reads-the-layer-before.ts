import { mutant } from "edgelab/testing";

export default mutant("q6", {
  misconception: "Each layer reads what the layer before it in the list gave.",
  changes: [
    [
      "layers.map(({ name, input, shape, weights, bias }) =>",
      "layers.map(({ name, input, shape, weights, bias }, i) =>",
    ],
    [
      "const inputScale = activations[input]?.scale ?? 1;",
      'const inputScale = (activations[i > 0 ? (layers[i - 1]?.name ?? "") : input] ?? activations[input])?.scale ?? 1;',
    ],
  ],
  caughtBy: ["counts each bias in steps of its own sum"],
  feedback: "Two layers can read the same tensor. How do you find out which one a layer reads?",
});
