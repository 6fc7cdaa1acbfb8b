import { checkNoNaN, checkNotEmpty } from "../arguments.js";
import { checkTensor, type Tensor } from "../tensor.js";
import { checkParams } from "./arguments.js";
import { codeArray } from "./code-type.js";
import { groupsOf } from "./groups.js";
import { kernelOf, lineLength, runOf } from "./kernels.js";
import { type Operation, recipeOf } from "./recipe.js";
import type { QuantizedTensor, QuantParams } from "./scheme.js";

/**
 * Codes of real numbers: `q = clamp(round(x / S) + Z)`, in the arithmetic and with the ties of the
 * convention. Infinities saturate.
 *
 * @throws LabError for an empty tensor, NaN, and parameters that do not fit the tensor.
 * @see Jacob et al., "Quantization and Training of Neural Networks for Efficient Integer-Arithmetic-Only
 *   Inference" (2018), equation 1
 *
 * @example
 * ```ts
 * import { tensor } from "edgelab/core";
 * import { paramsFromData, paramsFromRanges } from "edgelab/core/quantization";
 * const scheme = { convention: "lecture", type: "uint8", symmetric: false, granularity: { per: "tensor" } } as const;
 * const x = tensor([5], [-2.5, -1, 0, 1.5, 3]);
 * quantize(x, paramsFromData(x, scheme)).codes; // Uint8Array [0, 70, 116, 186, 255]
 * ```
 */
export function quantize(x: Tensor, params: QuantParams): QuantizedTensor {
  const codes = codeArray(params.type, x.data.length);
  forEachLine(x, params, "quantize", (line, start, end) => {
    for (let i = start; i < end; i++) codes[i] = line[i - start]! | 0;
  });
  return { shape: [...x.shape], codes, params };
}

/**
 * The real numbers that codes stand for: `x̂ = S (q - Z)`, rounded to float32 once.
 *
 * @throws LabError for an empty tensor, and parameters that do not fit it.
 *
 * @example
 * ```ts
 * import { tensor } from "edgelab/core";
 * import { paramsFromData, paramsFromRanges } from "edgelab/core/quantization";
 * const scheme = { convention: "lecture", type: "int8", symmetric: true, granularity: { per: "tensor" } } as const;
 * const params = paramsFromRanges([{ min: -63.5, max: 2 }], scheme);
 * dequantize(quantize(tensor([3], [-1, 0.2, 80]), params)).data; // Float32Array [-1, 0, 63.5]
 * ```
 */
export function dequantize({ shape, codes, params }: QuantizedTensor): Tensor {
  const groups = groupsOf(shape, params.granularity);
  checkTensor({ shape, data: codes }, "the codes");
  checkNotEmpty(codes, "the codes");
  checkParams(params, groups.count);
  const data = new Float32Array(codes.length);
  groups.forEachRun((start, end, group) => {
    const scale = params.scales[group]!;
    const zeroPoint = params.zeroPoints[group]!;
    for (let i = start; i < end; i++) data[i] = scale * (codes[i]! - zeroPoint);
  });
  return { shape: [...shape], data };
}

/**
 * Real numbers after quantization and back, as a network computes with them while it is trained for
 * quantization. It is `dequantize(quantize(x))` but for torch, whose `fake_quantize` adds the zero point
 * after rounding: its ties differ where the zero point is odd.
 *
 * @throws LabError for what `quantize` refuses.
 *
 * @example
 * ```ts
 * import { tensor } from "edgelab/core";
 * import { paramsFromData, paramsFromRanges } from "edgelab/core/quantization";
 * const scheme = { convention: "tflite", type: "int4", symmetric: true, granularity: { per: "tensor" } } as const;
 * const x = tensor([4], [-7, 0.4, 2.5, 9]);
 * fakeQuantize(x, paramsFromRanges([{ min: -7, max: 7 }], scheme)).data; // Float32Array [-7, 0, 3, 7]
 * ```
 */
export function fakeQuantize(x: Tensor, params: QuantParams): Tensor {
  const data = new Float32Array(x.data.length);
  forEachLine(x, params, "fake quantize", (line, start, end, group) => {
    const scale = params.scales[group]!;
    const zeroPoint = params.zeroPoints[group]!;
    for (let i = start; i < end; i++) data[i] = scale * (line[i - start]! - zeroPoint);
  });
  return { shape: [...x.shape], data };
}

/** Calls back with the codes of each run's elements, a line at a time. */
function forEachLine(
  x: Tensor,
  params: QuantParams,
  operation: Operation,
  visit: (line: Float32Array, start: number, end: number, group: number) => void,
): void {
  checkTensor(x, "x");
  checkNotEmpty(x.data, "x");
  checkNoNaNs(x.data);
  const groups = groupsOf(x.shape, params.granularity);
  checkParams(params, groups.count);
  const recipe = { ...recipeOf(params, operation), limits: params };
  const kernel = kernelOf(recipe);
  const runs = Array.from(params.scales, (scale, group) => runOf(scale, params.zeroPoints[group]!, recipe));
  const line = new Float32Array(Math.min(lineLength, x.data.length));
  groups.forEachRun((first, last, group) => {
    for (let start = first; start < last; start += lineLength) {
      const end = Math.min(start + lineLength, last);
      kernel(x.data, start, end, line, runs[group]!);
      visit(line, start, end, group);
    }
  });
}

/** `checkNoNaN` sees arrays of all types, which makes it slow; this loop sees one. */
function checkNoNaNs(x: Float32Array): void {
  for (let i = 0; i < x.length; i++) if (Number.isNaN(x[i]!)) checkNoNaN(x, "x");
}
