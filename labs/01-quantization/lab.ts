import { defineLab } from "edgelab/lab";

export default defineLab({
  id: "01-quantization",
  title: "Quantization",
  packages: [],
  // The questions ask for what these hold.
  withheld: ["core/quantization"],
});
