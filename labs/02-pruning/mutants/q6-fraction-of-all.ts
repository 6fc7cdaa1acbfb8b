import { mutant } from "edgelab/testing";

export default mutant("q6", {
  misconception: "The fraction is one of all weights.",
  changes: [["fraction * standing.length", "fraction * mask.length"]],
  caughtBy: [
    "finds both masks of the worked example",
    "removes the exact count of what stands, round after round",
    "goes back to the first weights exactly, and only where the mask stands",
  ],
  feedback: "From the second round on your masks lose too many weights. A fraction of what goes?",
});
