import { checkNoNaN, checkNotEmpty } from "../arguments.js";
import { checkTensor, type Tensor } from "../tensor.js";
import { checkParams } from "./arguments.js";
import { codeArray } from "./code-type.js";
import { type CodeRecipe, codeOf } from "./codes.js";
import { groupsOf } from "./groups.js";
import { codesKernel, lineLength, restoreKernel, roundTripKernel } from "./kernels.js";
import { type Operation, type Recipe, recipeOf } from "./recipe.js";
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
 * import { paramsFromData } from "edgelab/core/quantization";
 * const scheme = { convention: "lecture", type: "uint8", symmetric: false, granularity: { per: "tensor" } } as const;
 * const x = tensor([5], [-2.5, -1, 0, 1.5, 3]);
 * quantize(x, paramsFromData(x, scheme)).codes; // Uint8Array [0, 70, 116, 186, 255]
 * ```
 */
export function quantize(x: Tensor, params: QuantParams): QuantizedTensor {
  const recipe = checkedRecipe(x, params, "quantize");
  const codes = codeArray(params.type, x.data.length);
  const kernel = codesKernel(recipe, codes);
  forEachRun(x.shape, params, (start, end, scale, zeroPoint) => {
    if (!kernel || end - start < shortRun) {
      for (let i = start; i < end; i++) codes[i] = codeAt(x.data, i, scale, zeroPoint, recipe);
    } else {
      codes.set(kernel(x.data, start, end, scale, zeroPoint), start);
    }
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
 * import { paramsFromRanges } from "edgelab/core/quantization";
 * const scheme = { convention: "lecture", type: "int8", symmetric: true, granularity: { per: "tensor" } } as const;
 * const params = paramsFromRanges([{ min: -63.5, max: 2 }], scheme);
 * dequantize(quantize(tensor([3], [-1, 0.2, 80]), params)).data; // Float32Array [-1, 0, 63.5]
 * ```
 */
export function dequantize({ shape, codes, params }: QuantizedTensor): Tensor {
  checkTensor({ shape, data: codes }, "the codes");
  checkNotEmpty(codes, "the codes");
  checkParams(params, groupsOf(shape, params.granularity).count);
  const data = new Float32Array(codes.length);
  const kernel = restoreKernel(codes);
  forEachRun(shape, params, (start, end, scale, zeroPoint) => {
    if (!kernel || end - start < shortRun) {
      for (let i = start; i < end; i++) data[i] = scale * (codes[i]! - zeroPoint);
    } else {
      data.set(kernel(codes, start, end, scale, zeroPoint), start);
    }
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
 * import { paramsFromRanges } from "edgelab/core/quantization";
 * const scheme = { convention: "tflite", type: "int4", symmetric: true, granularity: { per: "tensor" } } as const;
 * const x = tensor([4], [-7, 0.4, 2.5, 9]);
 * fakeQuantize(x, paramsFromRanges([{ min: -7, max: 7 }], scheme)).data; // Float32Array [-7, 0, 3, 7]
 * ```
 */
export function fakeQuantize(x: Tensor, params: QuantParams): Tensor {
  const recipe = checkedRecipe(x, params, "fake quantize");
  const data = new Float32Array(x.data.length);
  const kernel = roundTripKernel(recipe);
  forEachRun(x.shape, params, (start, end, scale, zeroPoint) => {
    if (!kernel || end - start < shortRun) {
      for (let i = start; i < end; i++) {
        data[i] = scale * (codeAt(x.data, i, scale, zeroPoint, recipe) - zeroPoint);
      }
    } else {
      data.set(kernel(x.data, start, end, scale, zeroPoint), start);
    }
  });
  return { shape: [...x.shape], data };
}

function codeAt(x: Float32Array, i: number, scale: number, zeroPoint: number, recipe: CodeRecipe): number {
  if (Number.isNaN(x[i]!)) checkNoNaN(x, "x");
  return codeOf(x[i]!, scale, zeroPoint, recipe);
}

/** Up to here an element at a time is faster than a line. */
const shortRun = 16;

function checkedRecipe(x: Tensor, params: QuantParams, operation: Operation): Recipe {
  checkTensor(x, "x");
  checkNotEmpty(x.data, "x");
  checkParams(params, groupsOf(x.shape, params.granularity).count);
  return { ...recipeOf(params, operation), limits: params };
}

/** Calls back for each run of neighbours in a group, cut into lines. */
function forEachRun(
  shape: readonly number[],
  { granularity, scales, zeroPoints }: QuantParams,
  visit: (start: number, end: number, scale: number, zeroPoint: number) => void,
): void {
  groupsOf(shape, granularity).forEachRun((first, last, group) => {
    const scale = scales[group]!;
    const zeroPoint = zeroPoints[group]!;
    for (let start = first; start < last; start += lineLength) {
      visit(start, Math.min(start + lineLength, last), scale, zeroPoint);
    }
  });
}
