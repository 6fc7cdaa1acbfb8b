import { checkNotEmpty } from "../../arguments.js";
import { LabError } from "../../errors.js";
import { checkTensor, type NumberArray, type Tensor } from "../../tensor.js";
import { checkScale } from "../arguments.js";
import { arrayName, fullRange, holdsBytes, holdsSigned } from "../code-type.js";
import type { ActivationParams, ByteTensor, Rounding } from "./network.js";

export function typeOf(codes: Int8Array | Uint8Array): "int8" | "uint8" {
  return holdsSigned(codes) ? "int8" : "uint8";
}

/** Room for codes of a type. */
export function byteArray(type: "int8" | "uint8", length: number): Int8Array | Uint8Array {
  return type === "int8" ? new Int8Array(length) : new Uint8Array(length);
}

/** A tensor with the given number of axes and at least one element. */
export function checkRank(x: Tensor<NumberArray>, rank: number, what: string): void {
  checkTensor(x, what);
  checkNotEmpty(x.data, what);
  if (x.shape.length !== rank) {
    throw new LabError(
      "BAD_SHAPE",
      `${what} must have ${rank} axes, got shape [${x.shape.join(", ")}]`,
      x.shape.length < rank ? "Add the axes that are missing, with length 1." : "Reshape it to fewer axes.",
    );
  }
}

export function checkBytes(x: ByteTensor, rank: number, what: string): void {
  checkTensor(x, what);
  if (!holdsBytes(x.data)) {
    throw new LabError(
      "BAD_TYPE",
      `${what} must hold an Int8Array or a Uint8Array, got ${arrayName(x.data)}`,
      "Quantize it to int8 or uint8 first.",
    );
  }
  checkRank(x, rank, what);
}

/** A zero point is one of the codes, so that it can be subtracted without leaving 9 bits. */
export function checkZeroPoint(zeroPoint: number, type: "int8" | "uint8", what: string): void {
  const { codeMin, codeMax } = fullRange(type);
  if (!Number.isInteger(zeroPoint) || zeroPoint < codeMin || zeroPoint > codeMax) {
    throw new LabError(
      "BAD_ZERO_POINT",
      `${what} must be an integer from ${codeMin} to ${codeMax} for ${type} codes, got ${zeroPoint}`,
      "A zero point is one of the codes.",
    );
  }
}

export function checkActivation(params: ActivationParams, what: string): void {
  const { type, codeMin, codeMax } = params;
  if (type !== "int8" && type !== "uint8") {
    throw new LabError("BAD_TYPE", `${what} is of type ${type}`, "Integer networks take int8 and uint8.");
  }
  checkScale(params.scale, `the scale of ${what}`);
  checkZeroPoint(params.zeroPoint, type, `the zero point of ${what}`);
  const range = fullRange(type);
  const fits = Number.isInteger(codeMin) && Number.isInteger(codeMax) && codeMin <= codeMax;
  if (!(fits && codeMin >= range.codeMin && codeMax <= range.codeMax)) {
    throw new LabError(
      "BAD_RANGE",
      `${what} can't saturate at ${codeMin} and ${codeMax}`,
      `Give integers codeMin <= codeMax from ${range.codeMin} to ${range.codeMax}.`,
    );
  }
}

export function checkRounding(rounding: Rounding): void {
  if (rounding === "single" || rounding === "double" || rounding === "float") return;
  throw new LabError("BAD_ROUNDING", `there is no rounding '${rounding}'`, "Use single, double or float.");
}

/** One value for all channels, or one for each, as one for each. */
export function perChannel(values: ArrayLike<number>, channels: number, what: string): Float64Array {
  if (values.length === channels) return Float64Array.from(values);
  if (values.length === 1) return new Float64Array(channels).fill(values[0]!);
  throw new LabError(
    "BAD_LENGTH",
    `there are ${values.length} ${what} for ${channels} output channels`,
    "Give one for all channels, or one for each.",
  );
}

/** How far a code of this type can lie from its zero point: 128 to 255. */
export function reach({ data }: ByteTensor, zeros: ArrayLike<number>): number {
  const { codeMin, codeMax } = fullRange(typeOf(data));
  return Array.from(zeros).reduce((far, zero) => Math.max(far, codeMax - zero, zero - codeMin), 0);
}

/** A sum of k products stays within int32 whatever the codes are. */
export function checkSums(k: number, reachA: number, reachB: number): void {
  const most = Math.floor((2 ** 31 - 1) / (reachA * reachB));
  if (k > most) {
    throw new LabError(
      "OVERFLOW",
      `a sum of ${k} products of up to ${reachA} · ${reachB} can leave int32`,
      `Sum at most ${most} products at a time.`,
    );
  }
}
