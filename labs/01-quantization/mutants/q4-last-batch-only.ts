import { mutant } from "edgelab/testing";

export default mutant("q4", {
  misconception: "The range is that of the batch that came last.",
  changes: [
    ["  for (const batch of batches) {", "  for (const batch of batches) {\n    min = 0;\n    max = 0;"],
  ],
  caughtBy: [
    "finds the ends of all batches, and contains 0",
    "finds both ends wherever they lie, and widens ranges on one side of 0",
  ],
  feedback: "Your range forgets. Which batch does it describe after the third one came?",
});
