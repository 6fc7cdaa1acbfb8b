import { mutant } from "edgelab/testing";

export default mutant("q7", {
  misconception: "A range that was found in the data itself can't be left.",
  changes: [["return Math.min(Math.max(code, 0), 255);", "return code;"]],
  caughtBy: ["rounds ties as the specification does, and saturates"],
  feedback:
    "Both ends of the range can lie half a step beside a code. Which code does the largest input get then?",
});
