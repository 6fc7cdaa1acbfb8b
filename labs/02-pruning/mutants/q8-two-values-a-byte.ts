import { mutant } from "edgelab/testing";

export default mutant("q8", {
  misconception: "Each group gets a byte of its own.",
  changes: [
    ["new Uint8Array(Math.ceil(values.length / 4))", "new Uint8Array(Math.ceil(values.length / 2))"],
    [
      "indices[Math.floor(next / 4)]! += (i % 4) * 4 ** (next % 4)",
      "indices[Math.floor(next / 2)]! += (i % 4) * 4 ** (next % 2)",
    ],
  ],
  caughtBy: ["packs the worked example, and unpacks it", "packs any two of four, and finds them again"],
  feedback: "Count the bits that two positions take, and those of your indices.",
});
