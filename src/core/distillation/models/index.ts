export { type DistillOptions, type DistillResult, distill, type LayerPair } from "./distill.js";
export { attentionLossOp, attentionMapOp, distillationLossOp, hintLossOp } from "./losses.js";
