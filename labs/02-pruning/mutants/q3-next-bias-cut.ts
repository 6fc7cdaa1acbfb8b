import { mutant } from "edgelab/testing";

export default mutant("q3", {
  misconception: "Both layers lose the channel's bias.",
  changes: [["bias: second.bias,", "bias: take(second.bias, outputs, keep.filter((c) => c < outputs)),"]],
  caughtBy: [
    "removes the channel from the two convolutions of the worked example",
    "removes the channel's places from a dense layer",
    "leaves both layers as they are where every channel stays, and can leave one",
  ],
  alsoFails: [
    "computes with two convolutions what the silenced network computes",
    "computes with a flattened dense layer what the silenced network computes",
    "saves the MACs and parameters that it should",
  ],
  feedback: "A bias belongs to an output. Did the outputs of the next layer become fewer?",
});
