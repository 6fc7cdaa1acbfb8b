export { type AffineParams, affineParams, dequantize, quantize } from "./affine.js";
export { channelScales, dequantizePerChannel, quantizePerChannel } from "./granularity.js";
export { roundHalfToEven } from "./round.js";
export { sqnr } from "./sqnr.js";
export { dequantizeSymmetric, quantizeSymmetric, symmetricScale } from "./symmetric.js";
