import { mutant } from "edgelab/testing";

export default mutant("q6", {
  misconception: "In an int8 network everything takes one byte.",
  changes: [["4 * bias.length", "bias.length"]],
  caughtBy: [
    "counts the bytes of the worked example",
    "counts the bytes of any network",
    "keeps the accuracy of a trained network on digits that it has not seen",
  ],
  feedback: "How many bytes has one number of an Int32Array?",
});
