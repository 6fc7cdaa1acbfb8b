import { mutant } from "edgelab/testing";

export default mutant("q3", {
  misconception: "Each channel is one input of a dense layer.",
  changes: [
    [
      "data: take(second.weights.data, outputs * channels, readers),",
      "data: nextWindow.length > 0 ? take(second.weights.data, outputs * channels, readers) : take(second.weights.data, outputs * inputs, Array.from({ length: outputs }, (_, o) => keep.map((c) => o * inputs + c)).flat()),",
    ],
  ],
  caughtBy: [
    "removes the channel's places from a dense layer",
    "computes with a flattened dense layer what the silenced network computes",
  ],
  feedback: "The dense layer has more inputs than there are channels. How many does each channel own?",
});
