/* What the evaluator runs for this lab's hidden tests. */
export { digitAccuracy, digitNetwork } from "./hidden/evaluate-digit-network.js";
export { digitsReadRight } from "./hidden/evaluate-small-networks.js";
