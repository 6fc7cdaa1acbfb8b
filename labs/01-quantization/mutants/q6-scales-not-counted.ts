import { mutant } from "edgelab/testing";

export default mutant("q6", {
  misconception: "The size of a network is the size of its weights and biases.",
  changes: [["codes.length + 4 * scales.length + 4 * bias.length", "codes.length + 4 * bias.length"]],
  caughtBy: [
    "counts the bytes of the worked example",
    "counts the bytes of any network",
    "keeps the accuracy of a trained network on digits that it has not seen",
  ],
  feedback:
    "Could a device run the network from what you counted? What else does it have to store for each channel?",
});
