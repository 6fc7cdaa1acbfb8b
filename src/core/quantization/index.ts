export { type AffineParams, affineParams, dequantize, quantize } from "./affine.js";
export { channelScales, dequantizePerChannel, quantizePerChannel } from "./granularity.js";
export * from "./integer/index.js";
export * from "./observers/index.js";
export { roundHalfToEven } from "./round.js";
export type {
  Codes,
  CodeType,
  Convention,
  Granularity,
  QuantizedTensor,
  QuantParams,
  QuantScheme,
  ValueRange,
} from "./scheme.js";
export { sqnr } from "./sqnr.js";
export { dequantizeSymmetric, quantizeSymmetric, symmetricScale } from "./symmetric.js";
