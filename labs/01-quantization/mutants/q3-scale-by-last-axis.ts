import { mutant } from "edgelab/testing";

export default mutant("q3", {
  misconception: "Scales are dealt out to the weights in turn.",
  changes: [["scales[Math.floor(i / perChannel)]", "scales[i % channels]"]],
  caughtBy: [
    "reproduces the worked example",
    "quantizes each channel with the scale that is given for it",
    "keeps every channel within half of its own step",
    "takes the weights of a linear layer too",
  ],
  feedback: "For two neighbouring weights, which scales does your function take?",
});
