export { distillation } from "./distillation.js";
export { floatTraining } from "./float-training.js";
export { lotteryTickets } from "./lottery-tickets.js";
export { pruning } from "./pruning.js";
export { quantizationAwareTraining } from "./quantization-aware-training.js";
export type { Recording } from "./recording.js";
