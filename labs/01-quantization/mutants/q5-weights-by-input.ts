import { mutant } from "edgelab/testing";

export default mutant("q5", {
  misconception: "The weights of one input lie together.",
  changes: [["weights[output * x.length + i]", "weights[i * bias.length + output]"]],
  caughtBy: ["adds up the worked example", "adds up layers of any shape"],
  feedback: "Write down which weights your first output uses. Are they the first ones of the list?",
});
