import { mutant } from "edgelab/testing";

export default mutant("q8", {
  misconception: "The first position stands at the left of its byte.",
  changes: [
    ["(i % 4) * 4 ** (next % 4)", "(i % 4) * 4 ** (3 - (next % 4))"],
    ["byte / 4 ** (k % 4)", "byte / 4 ** (3 - (k % 4))"],
  ],
  caughtBy: ["packs the worked example, and unpacks it", "packs any two of four, and finds them again"],
  feedback: "Your bytes hold the right positions in another order. In which bits does the first one lie?",
});
