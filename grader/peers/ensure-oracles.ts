/*
 * Makes `.peers/oracles`, a Python environment with torch and ONNX Runtime, from which the library's fixtures
 * come. Asks nothing, changes nothing outside of `.peers`, and does nothing where that is done already.
 *
 *   npx tsx grader/peers/ensure-oracles.ts
 */
import { environment } from "./oracles.js";
import { installByPip, isComplete, markComplete, pythonOf } from "./python-environment.js";

if (!isComplete(environment) && installByPip(environment)) markComplete(environment);
console.log(
  isComplete(environment)
    ? `torch and ONNX Runtime: ${pythonOf(environment)}`
    : "torch and ONNX Runtime: none (pip could not install grader/peers/oracles.requirements.txt)",
);
