export { fromFloat16, toFloat16 } from "../float16.js";
export type { CodeRange } from "./code-type.js";
export * from "./dynamic/index.js";
export { cosineSimilarity, maxError, sqnr } from "./error-measures.js";
export { type Difference, type Explanation, explainDifference, type FromTo, type Reason } from "./explain.js";
export { formatExplanation } from "./explain-text.js";
export * from "./integer/index.js";
export { type AffineParams, affineParams, channelScales, symmetricScale } from "./lecture.js";
export * from "./observers/index.js";
export { codeRange, paramsFromData, paramsFromRanges } from "./params.js";
export { dequantize, fakeQuantize, quantize } from "./quantize.js";
export { roundHalfAwayFromZero, roundHalfToEven } from "./round.js";
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
export { packInt4, storedBytes, unpackInt4 } from "./storage.js";
