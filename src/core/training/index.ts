export { type Backend, type BackendName, type BackendOptions, chooseBackend } from "./backend.js";
export type { EarlyStop } from "./early-stop.js";
export { type Evaluation, evaluate } from "./evaluate.js";
export { fit } from "./fit.js";
export type { OptimizerOptions } from "./optimizer.js";
export type { Batch, Callbacks, EpochReport, FitOptions, FitResult, Loss, Progress } from "./options.js";
export { accuracyOf, type PredictOptions, predict } from "./predict.js";
