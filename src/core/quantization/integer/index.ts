export { type AddOptions, addInt8 } from "./add.js";
export { quantizeBias } from "./bias.js";
export { type ConvOptions, conv2dInt8 } from "./conv2d.js";
export { depthwiseConv2dInt8 } from "./depthwise.js";
export {
  explainRequantization,
  formatDifferences,
  type RequantizationDifference,
  type RoundingReason,
} from "./explain-requantization.js";
export { type FollowOptions, followInteger } from "./follow.js";
export { type FormatOptions, formatTrace } from "./format-trace.js";
export { activationParams, byteTensor } from "./from-quantized.js";
export {
  matmulFloat,
  matmulInt8,
  matmulPacked,
  type PackedMatrix,
  packMatrix,
  type ZeroPoints,
} from "./matmul.js";
export {
  type FixedPoint,
  multiplyByQuantizedMultiplier,
  quantizeMultiplier,
  roundingDivideByPowerOfTwo,
  saturatingRoundingDoublingHighMul,
} from "./multiplier.js";
export type {
  ActivationParams,
  AddLayer,
  ByteTensor,
  Conv2dLayer,
  DenseLayer,
  DepthwiseConv2dLayer,
  FlattenLayer,
  GlobalAveragePoolLayer,
  IntegerLayer,
  IntegerNetwork,
  PoolLayer,
  ReluLayer,
  Rounding,
  WeightedLayer,
  Window,
} from "./network.js";
export { averagePoolInt8, globalAveragePoolInt8, maxPoolInt8, type PoolOptions } from "./pool.js";
export { reluInt8 } from "./relu.js";
export { type AccumulatorScales, type RequantizeOptions, requantize } from "./requantize.js";
export { type Activation, accumulate, type RunOptions, runInteger, runIntegerLayers } from "./run.js";
export {
  type AddTrace,
  type IntegerTrace,
  type PassTrace,
  type PoolTrace,
  type ProductTrace,
  type Summand,
  type TraceOptions,
  traceInteger,
} from "./trace.js";
export type { Multiplier, Term } from "./trace-product.js";
