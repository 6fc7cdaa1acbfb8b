import { checkFinite, checkInteger } from "../arguments.js";
import { LabError } from "../errors.js";
import { fullRange } from "./code-type.js";
import type { QuantParams } from "./scheme.js";

/** Bits that a code may have: two bytes hold it, and with one bit no symmetric code is left. */
export function checkBits(bits: number): void {
  if (!Number.isInteger(bits) || bits < 2 || bits > 16) {
    throw new LabError("BAD_BITS", `bits must be an integer from 2 to 16, got ${bits}`, "Use 8 for a byte.");
  }
}

export function checkScale(scale: number, what = "scale"): void {
  if (!(scale > 0 && Number.isFinite(scale))) {
    throw new LabError(
      "BAD_SCALE",
      `${what} must be positive and finite, got ${scale}`,
      "Take it from paramsFromData or paramsFromRanges, and look whether the range is absurdly narrow or wide.",
    );
  }
}

/** Whether parameters could be those of a tensor with so many groups. */
export function checkParams(params: QuantParams, groups: number): void {
  const { scales, zeroPoints, codeMin, codeMax } = params;
  if (scales.length !== groups || zeroPoints.length !== groups) {
    throw new LabError(
      "BAD_LENGTH",
      `the tensor has ${groups} groups, but there are ${scales.length} scales and ${zeroPoints.length} zero points`,
      "Use the parameters of a tensor of this shape.",
    );
  }
  const type = fullRange(params.type);
  checkInteger(codeMin, "codeMin", type.codeMin, type.codeMax);
  checkInteger(codeMax, "codeMax", codeMin, type.codeMax);
  for (const scale of scales) {
    checkScale(scale);
    if (params.convention !== "lecture" && scale !== Math.fround(scale)) {
      throw new LabError(
        "BAD_SCALE",
        `scale ${scale} is no float32 number, which the scales of ${params.convention} are`,
        "Use Math.fround(scale).",
      );
    }
  }
  for (const zeroPoint of zeroPoints) checkInteger(zeroPoint, "the zero point", codeMin, codeMax);
}

/**
 * `checkFinite` sees arrays of all types, which makes its loop many times slower than this one, which sees one:
 * where this finds something, that says what.
 */
export function checkAllFinite(x: Float32Array): void {
  for (let i = 0; i < x.length; i++) if (!Number.isFinite(x[i]!)) checkFinite(x, "x");
}
