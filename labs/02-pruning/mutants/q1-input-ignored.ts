import { mutant } from "edgelab/testing";

export default mutant("q1", {
  misconception: "The harm depends on the weights alone.",
  changes: [["weight ** 2 * (power[i] ?? 0)", "weight ** 2"]],
  caughtBy: ["expects the change that the output has on average over all signs of the inputs"],
  feedback: "Your error is the same for loud and for quiet inputs. Where does x come into the formula?",
});
