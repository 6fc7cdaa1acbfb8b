import { LabError } from "../../errors.js";
import { checkParams } from "../arguments.js";
import { fullRange, holdsBytes, parseCodeType } from "../code-type.js";
import type { CodeType, QuantizedTensor, QuantParams } from "../scheme.js";
import type { ActivationParams, ByteTensor } from "./network.js";

/**
 * The codes of a quantized tensor as integer arithmetic takes them. They are kept, not copied. Codes of fewer than
 * 8 bits are bytes, too.
 *
 * @throws LabError for codes of more than 8 bits.
 *
 * @example
 * ```ts
 * import { tensor } from "edgelab/core";
 * import { matmulInt8, paramsFromData, quantize } from "edgelab/core/quantization";
 * const scheme = { convention: "tflite", type: "int8", symmetric: true, granularity: { per: "tensor" } } as const;
 * const x = tensor([1, 2], [127, -1]);
 * const codes = byteTensor(quantize(x, paramsFromData(x, scheme)));
 * matmulInt8(codes, { shape: [2, 1], data: Int8Array.of(1, 7) }).data; // Int32Array [120]
 * ```
 */
export function byteTensor({ shape, codes, params }: QuantizedTensor): ByteTensor {
  if (holdsBytes(codes)) return { shape: [...shape], data: codes };
  throw tooWide(params.type);
}

/**
 * What an activation's codes stand for, as integer arithmetic takes it. Codes of fewer than 8 bits count as bytes
 * that saturate where their own type ends.
 *
 * @throws LabError for codes of more than 8 bits, and for parameters per channel or block: an accumulator adds up
 *   products that have one scale.
 *
 * @example
 * ```ts
 * import { paramsFromRanges } from "edgelab/core/quantization";
 * const scheme = { convention: "lecture", type: "uint4", symmetric: false, granularity: { per: "tensor" } } as const;
 * activationParams(paramsFromRanges([{ min: -1, max: 2 }], scheme)); // { type: "uint8", scale: 0.2, zeroPoint: 5, codeMin: 0, codeMax: 15 }
 * ```
 */
export function activationParams(params: QuantParams): ActivationParams {
  const { type, granularity, codeMin, codeMax } = params;
  const { signed, bits } = parseCodeType(type);
  if (bits > 8) throw tooWide(type);
  if (granularity.per !== "tensor") {
    throw new LabError(
      "BAD_SCHEME",
      `an activation can't have parameters per ${granularity.per}`,
      'Quantize it with granularity { per: "tensor" }.',
    );
  }
  checkParams(params, 1);
  const [scale, zeroPoint] = [params.scales[0]!, params.zeroPoints[0]!];
  return { type: signed ? "int8" : "uint8", scale, zeroPoint, codeMin, codeMax };
}

function tooWide(type: CodeType): LabError {
  const { codeMin, codeMax } = fullRange(type);
  return new LabError(
    "BAD_TYPE",
    `${type} has codes from ${codeMin} to ${codeMax}, more than a byte holds`,
    "Quantize it to 8 bits or fewer.",
  );
}
