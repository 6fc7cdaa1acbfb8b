import { LabError } from "../errors.js";
import { holdsSigned, parseCodeType } from "./code-type.js";
import type { QuantizedTensor } from "./scheme.js";

/**
 * Two 4-bit codes a byte, the first one in the low nibble, as ONNX stores int4 and uint4. An odd last code
 * leaves the high nibble 0.
 *
 * @throws LabError for a code outside of -8 to 7 (signed) or 0 to 15 (unsigned).
 * @see ONNX, "4 bit integer types", https://onnx.ai/onnx/technical/int4.html
 *
 * @example
 * ```ts
 * packInt4(Int8Array.of(1, -2, 7)); // Uint8Array [225, 7]
 * ```
 */
export function packInt4(codes: Int8Array | Uint8Array): Uint8Array {
  const low = holdsSigned(codes) ? -8 : 0;
  const packed = new Uint8Array(Math.ceil(codes.length / 2));
  codes.forEach((code, i) => {
    if (code < low || code > low + 15) {
      throw new LabError(
        "BAD_CODE",
        `code ${code} at index ${i} does not fit 4 bits, which hold ${low} to ${low + 15}`,
        'Quantize with type "int4" or "uint4".',
      );
    }
    packed[i >> 1]! |= (code & 15) << (4 * (i & 1));
  });
  return packed;
}

/**
 * The codes that `packInt4` packed.
 *
 * @throws LabError where the bytes hold another number of codes, and for another type.
 *
 * @example
 * ```ts
 * unpackInt4(Uint8Array.of(225, 7), 3, "int4"); // Int8Array [1, -2, 7]
 * unpackInt4(Uint8Array.of(225, 7), 3, "uint4"); // Uint8Array [1, 14, 7]
 * ```
 */
export function unpackInt4(bytes: Uint8Array, count: number, type: "int4" | "uint4"): Int8Array | Uint8Array {
  if (type !== "int4" && type !== "uint4") {
    throw new LabError(
      "BAD_CODE_TYPE",
      `${JSON.stringify(type)} is no type of 4 bits`,
      'Say which codes were packed: "int4" or "uint4".',
    );
  }
  if (!Number.isInteger(count) || Math.ceil(count / 2) !== bytes.length || count < 0) {
    throw new LabError(
      "BAD_LENGTH",
      `${bytes.length} bytes do not hold ${count} codes of 4 bits`,
      "Give the number of codes that were packed: twice the bytes, or one less.",
    );
  }
  const signed = type === "int4";
  const codes = signed ? new Int8Array(count) : new Uint8Array(count);
  for (let i = 0; i < count; i++) {
    const nibble = (bytes[i >> 1]! >> (4 * (i & 1))) & 15;
    codes[i] = signed && nibble > 7 ? nibble - 16 : nibble;
  }
  return codes;
}

/**
 * The bytes that a quantized tensor takes on disk: its codes, 2 to 4 bits packed two a byte, 5 to 8 bits one
 * a byte, more bits two bytes; a float32 scale for each group; and unless the scheme is symmetric, whose zero
 * points are known, a zero point for each group stored like a code.
 *
 * @throws LabError for a type that is no code type.
 *
 * @example
 * ```ts
 * import { tensor } from "edgelab/core";
 * import { paramsFromData, quantize } from "edgelab/core/quantization";
 * const scheme = { convention: "lecture", type: "int4", symmetric: true, granularity: { per: "channel", axis: 0 } } as const;
 * const x = tensor([2, 32], new Float32Array(64).fill(0.5));
 * storedBytes(quantize(x, paramsFromData(x, scheme))); // 40
 * ```
 */
export function storedBytes({ codes, params }: QuantizedTensor): number {
  const { bits } = parseCodeType(params.type);
  const bytesOf = (count: number) => (bits <= 4 ? Math.ceil(count / 2) : bits <= 8 ? count : 2 * count);
  const zeroPoints = params.symmetric ? 0 : bytesOf(params.zeroPoints.length);
  return bytesOf(codes.length) + 4 * params.scales.length + zeroPoints;
}
