export { kernelOf, layersWithKernels } from "../model/kernel.js";
export {
  type ChannelNorm,
  channelMask,
  channelNorms,
  weakestChannels,
} from "./channel.js";
export {
  applyMasks,
  type MagnitudeMasksOptions,
  type Masks,
  magnitudeMasks,
  maskedSparsity,
} from "./graph-masks.js";
export { globalMagnitudeMasks, magnitudeMask, magnitudeThreshold, type Sparsity } from "./magnitude.js";
export { applyMask, type Mask, type MaskCounts, maskCounts, sparsityOf } from "./mask.js";
export { type NOfM, nmMask } from "./n-of-m.js";
export { randomMask } from "./random-mask.js";
export { type Gradual, type OneShot, type Schedule, sparsitySchedule } from "./schedule.js";
export {
  type Sensitivity,
  type SensitivityOptions,
  type SensitivityRow,
  sensitivityScan,
} from "./sensitivity.js";
export * from "./storage/index.js";
export * from "./structured/index.js";
export { type TaylorOptions, taylorChannelScores, taylorMask, taylorScores } from "./taylor.js";
