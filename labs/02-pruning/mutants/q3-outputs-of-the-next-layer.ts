import { mutant } from "edgelab/testing";

export default mutant("q3", {
  misconception: "The channel's number is a row of the next layer, and its first blocks are read.",
  changes: [["keep.map((c) => o * channels + c)", "keep.map((_, c) => o * channels + c)"]],
  caughtBy: [
    "removes the channel from the two convolutions of the worked example",
    "removes the channel's places from a dense layer",
    "computes with two convolutions what the silenced network computes",
    "computes with a flattened dense layer what the silenced network computes",
    "leaves both layers as they are where every channel stays, and can leave one",
  ],
  feedback: "The shapes are right. For channels 0 and 2, which weights of the next layer did you take?",
});
