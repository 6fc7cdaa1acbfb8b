export type { Calibration } from "./calibrate.js";
export { compareModels, type LayerComparison } from "./compare-models.js";
export { correctBiases } from "./correct-biases.js";
export { equalizeLayers } from "./equalize-layers.js";
export { fuseActivations } from "./fuse-activations.js";
export { halveWeights } from "./halve-weights.js";
export { toIntegerNetwork } from "./integer-network.js";
export { learnedScale } from "./learned-scale.js";
export { type LayerBytes, type ModelBytes, modelBytes } from "./model-bytes.js";
export { inputCodes, type PredictIntegerOptions, predictInteger } from "./predict-integer.js";
export {
  type QuantizationAwareOptions,
  type QuantizationAwareResult,
  quantizationAwareFit,
} from "./quantization-aware-fit.js";
export {
  type ActivationScheme,
  type QuantizeModelOptions,
  quantizeModel,
  quantizeWeights,
} from "./quantize-model.js";
export type { QuantizedBias, QuantizedModel, QuantizedWeights } from "./quantized-model.js";
export { simulate } from "./simulate.js";
export { passMask, scaleGradients, straightThrough } from "./straight-through.js";
export type { WeightOptions, WeightScheme } from "./weight-scheme.js";
