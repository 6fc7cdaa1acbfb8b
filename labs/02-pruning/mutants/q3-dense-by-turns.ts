import { mutant } from "edgelab/testing";

export default mutant("q3", {
  misconception: "Flattening puts the channels of one place side by side, as TensorFlow does.",
  changes: [
    [
      "take(second.weights.data, outputs * channels, readers)",
      "nextWindow.length > 0 ? take(second.weights.data, outputs * channels, readers) : second.weights.data.filter((_, i) => keep.includes(i % channels))",
    ],
  ],
  caughtBy: [
    "removes the channel's places from a dense layer",
    "computes with a flattened dense layer what the silenced network computes",
  ],
  feedback:
    "Convolutions come out right, the flattened layer does not. Where do the inputs of one channel lie?",
});
