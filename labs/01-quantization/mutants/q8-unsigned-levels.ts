import { mutant } from "edgelab/testing";

export default mutant("q8", {
  misconception: "All 2^b - 1 gaps lie between 0 and the limit.",
  changes: [["const scale = limit / (2 ** (bits - 1) - 1);", "const scale = limit / (2 ** bits - 1);"]],
  caughtBy: [
    "puts the worked example on both grids",
    "takes the worked step",
    "puts drawn weights on the grid",
    "sends ties to the even code, on few values, and stays there",
    "takes one step with all examples",
    "adds up many steps, batch after batch",
  ],
  alsoFails: ["saves a network that rounding ruins"],
  feedback: "Your grid has more values than the bits can name. Which part of them is negative?",
});
