import { mutant } from "edgelab/testing";

export default mutant("q6", {
  misconception: "An Int32Array clips what does not fit.",
  changes: [["return Math.min(Math.max(code, -most), most);", "return code;"]],
  caughtBy: ["rounds ties to even, and clips what an int32 can't hold"],
  feedback: "What does an Int32Array hold after you store 3,000,000,000 in it?",
});
