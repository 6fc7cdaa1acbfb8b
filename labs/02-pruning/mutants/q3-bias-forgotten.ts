import { mutant } from "edgelab/testing";

export default mutant("q3", {
  misconception: "A channel is its weights.",
  changes: [["bias: take(first.bias, channels, keep),", "bias: first.bias,"]],
  caughtBy: [
    "removes the channel from the two convolutions of the worked example",
    "computes with two convolutions what the silenced network computes",
    "computes with a flattened dense layer what the silenced network computes",
    "saves the MACs and parameters that it should",
    "leaves both layers as they are where every channel stays, and can leave one",
  ],
  feedback: "Your smaller layer has more biases than channels. Which channels are the others of?",
});
