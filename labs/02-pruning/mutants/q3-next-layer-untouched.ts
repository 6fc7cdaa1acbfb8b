import { mutant } from "edgelab/testing";

export default mutant("q3", {
  misconception: "Only the pruned layer changes.",
  changes: [
    [
      "shape: [outputs, (inputs / channels) * keep.length, ...nextWindow],",
      "shape: [outputs, inputs, ...nextWindow],",
    ],
    ["take(second.weights.data, outputs * channels, readers)", "second.weights.data"],
  ],
  caughtBy: [
    "removes the channel from the two convolutions of the worked example",
    "removes the channel's places from a dense layer",
    "computes with two convolutions what the silenced network computes",
    "computes with a flattened dense layer what the silenced network computes",
    "saves the MACs and parameters that it should",
    "leaves both layers as they are where every channel stays, and can leave one",
  ],
  feedback: "The next layer still has weights for all channels. What do those multiply now?",
});
