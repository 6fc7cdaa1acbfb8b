import { mutant } from "edgelab/testing";

export default mutant("q8", {
  misconception: "Only whole batches count.",
  changes: [["from < labels.length; from += batch", "from + batch <= labels.length; from += batch"]],
  caughtBy: ["adds up many steps, batch after batch"],
  feedback: "Which examples of an epoch does your loop never see?",
});
