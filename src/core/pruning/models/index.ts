export {
  type IterativePruning,
  type IterativePruningOptions,
  iterativePruning,
  type PruningRound,
} from "./iterative-pruning.js";
export { type KernelGradientsOptions, kernelGradients } from "./kernel-gradients.js";
export {
  type LotteryRound,
  type LotteryTicket,
  type LotteryTicketOptions,
  lotteryTicket,
} from "./lottery-ticket.js";
export { maskedFit } from "./masked-fit.js";
export type { RoundOptions, RoundsStopped } from "./train-graph.js";
