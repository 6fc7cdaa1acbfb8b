import { join } from "node:path";
import { type PythonEnvironment, peersDir } from "./python-environment.js";

/** The Python programs whose answers the library's fixtures hold. A build of torch for the CPU is enough. */
export const environment: PythonEnvironment = {
  folder: join(peersDir, "oracles"),
  requirements: join(import.meta.dirname, "oracles.requirements.txt"),
  modules: ["numpy", "onnx", "onnxruntime", "torch"],
};
