import { mutant } from "edgelab/testing";

export default mutant("q2", {
  misconception: "Layers are made comparable first, by their largest weight.",
  changes: [
    [
      "magnitude: Math.abs(weight),",
      "magnitude: Math.abs(weight) / layer.reduce((m, w) => Math.max(m, Math.abs(w)), 2 ** -99),",
    ],
  ],
  caughtBy: [
    "reproduces the worked example",
    "rounds once for all layers, or once for each",
    "empties a quiet layer with one threshold, and not with a threshold for each",
  ],
  alsoFails: ["prunes all layers together"],
  feedback: "You compare weights with others of their layer. What does one threshold compare them with?",
});
