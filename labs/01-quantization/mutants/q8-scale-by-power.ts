import { mutant } from "edgelab/testing";

export default mutant("q8", {
  misconception: "The codes of b bits reach to 2^(b-1).",
  changes: [["const scale = limit / (2 ** (bits - 1) - 1);", "const scale = limit / 2 ** (bits - 1);"]],
  caughtBy: [
    "puts the worked example on both grids",
    "takes the worked step",
    "puts drawn weights on the grid",
    "sends ties to the even code, on few values, and stays there",
    "takes one step with all examples",
    "adds up many steps, batch after batch",
  ],
  alsoFails: ["saves a network that rounding ruins"],
  feedback: "Count the codes between 0 and the limit: your largest weight needs one that is not there.",
});
