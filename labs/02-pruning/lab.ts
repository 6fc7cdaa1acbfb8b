import { defineLab } from "edgelab/lab";

export default defineLab({
  id: "02-pruning",
  title: "Pruning",
  packages: [],
  // The questions ask for what these hold.
  withheld: ["core/pruning", "core/low-rank"],
});
