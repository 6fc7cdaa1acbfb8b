export type { FloatArray, Logits } from "./arguments.js";
export { type AttentionLoss, attentionLoss, attentionMap } from "./attention.js";
export { crossEntropy, crossEntropyGradient } from "./cross-entropy.js";
export { type DistillationLoss, type DistillationOptions, distillationLoss } from "./distillation-loss.js";
export { type HintLoss, hintLoss, type Regressor } from "./hint.js";
export { klDivergence, klDivergenceGradient } from "./kl-divergence.js";
export { logSoftmax, temperatureSoftmax } from "./softmax.js";
