import { mutant } from "edgelab/testing";

export default mutant("q7", {
  misconception: "The place of an entry is its number in the whole matrix.",
  changes: [["places.push(i % columns)", "places.push(i)"]],
  caughtBy: [
    "stores the worked matrix in both formats",
    "stores rows that are empty and rows that are full",
    "gives each row the narrowest column numbers that suffice",
    "drops zeros of both signs, and nothing else",
  ],
  feedback: "Your column numbers go beyond the width of a row. Where does counting begin anew?",
});
