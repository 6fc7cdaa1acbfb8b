import { mutant } from "edgelab/testing";

export default mutant("q4", {
  misconception: "A loss is what is missing to 100 %.",
  changes: [["accuracies[0]! - accuracies[sparsities", "1 - accuracies[sparsities"]],
  caughtBy: ["predicts the losses of the worked example", "adds up what each layer loses alone"],
  feedback:
    "A plan that removes nothing loses something in your sum. Compared with what does a layer lose accuracy?",
});
