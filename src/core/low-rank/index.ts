export {
  breakEvenRank,
  type ConvSize,
  type Cost,
  channelRankCost,
  costAtRank,
  type DenseSize,
  denseRankCost,
  type RankCost,
  rankByBudget,
  spatialRankCost,
  tuckerCost,
} from "./cost.js";
export {
  channelDecomposition,
  factorizeDense,
  type KernelPair,
  type PairMethod,
  spatialDecomposition,
} from "./pairs.js";
export {
  factorizeLayer,
  type LowRankOptions,
  type LowRankPlan,
  planLowRank,
  type RankCriterion,
} from "./plan.js";
export { energyOfRank, errorOfRank, rankByEnergy } from "./rank.js";
export { type LowRankReport, type LowRankRow, lowRankReport, type ReportOptions } from "./report.js";
export { fromSvd, type Svd, svd, truncate, truncatedSvd } from "./svd.js";
export { type Tucker2, type TuckerOptions, type TuckerRanks, tucker2 } from "./tucker.js";
