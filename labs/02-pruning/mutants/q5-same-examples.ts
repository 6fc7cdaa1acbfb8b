import { mutant } from "edgelab/testing";

export default mutant("q5", {
  misconception: "Each step looks at the same examples.",
  changes: [["gradientAt(step, kept, examples)", "gradientAt(0, kept, examples)"]],
  caughtBy: ["takes the same training steps as the text describes"],
  alsoFails: ["gives a network with exactly that sparsity, which works on new examples"],
  feedback:
    "From the second step on your gradients differ from those of the text. Whose turn is it in step 1?",
});
