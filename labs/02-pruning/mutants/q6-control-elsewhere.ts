import { mutant } from "edgelab/testing";

export default mutant("q6", {
  misconception: "Any mask with as many ones is a control.",
  changes: [
    [
      "Float32Array.from(mask, (bit) => (bit === 1",
      "Float32Array.from([...mask].reverse(), (bit) => (bit === 1",
    ],
  ],
  caughtBy: ["keeps the control's mask, with values of its own"],
  feedback:
    "Your control has weights at other places than the ticket. Then two things differ at once: which?",
});
