export { type AttentionWeights, dynamicAttention, floatAttention } from "./attention.js";
export { type DenseWeights, type DynamicOptions, dynamicDense, floatDense } from "./dense.js";
export { dynamicGru, floatGru, type GruLayer, type GruWeights } from "./gru.js";
export type { InferenceLayer, MacCount } from "./layer.js";
export { type DynamicCodes, dynamicQuantizeLinear } from "./quantize-linear.js";
