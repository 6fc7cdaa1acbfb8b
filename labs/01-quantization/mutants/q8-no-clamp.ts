import { mutant } from "edgelab/testing";

export default mutant("q8", {
  misconception: "The limit only sets the scale.",
  changes: [["Math.min(Math.max(weight, -limit), limit) / scale", "weight / scale"]],
  caughtBy: [
    "puts the worked example on both grids",
    "puts drawn weights on the grid",
    "sends ties to the even code, on few values, and stays there",
    "takes one step with all examples",
    "adds up many steps, batch after batch",
  ],
  alsoFails: ["saves a network that rounding ruins"],
  feedback: "One of your weights comes back beyond the limit. Which code would name it?",
});
