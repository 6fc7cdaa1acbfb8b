import { wrongKind } from "../arguments.js";
import { LabError } from "../errors.js";
import { type CodeRange, fullRange, parseCodeType } from "./code-type.js";
import { checkGranularity } from "./groups.js";
import type { Convention, QuantScheme } from "./scheme.js";

/**
 * What a convention does, one field for each way in which conventions differ. Everything computes by these
 * fields, so that `explainDifference` can swap one at a time.
 */
export interface Recipe {
  /** Symmetric: the range is widened to [-m, m]. */
  readonly symmetric: boolean;
  /** The codes over which the range is spread: their distance is the scale's divisor. */
  readonly span: CodeRange;
  /** Where the scale is computed, and how it is kept. */
  readonly scalePrecision: "float64" | "float32" | "float64 kept as float32";
  /** What becomes of a scale that is (nearly) zero. */
  readonly smallestScale: "zero becomes 1" | "at least epsilon" | "below tiny becomes 1";
  readonly zeroPointRule: ZeroPointRule;
  /** x / scale, or x · (1 / scale); fused: the product is not rounded before the zero point is added. */
  readonly division: "float64 quotient" | "float32 quotient" | "float32 reciprocal" | "fused reciprocal";
  /** Whether the zero point is added before rounding or after. Before, an odd one turns ties around. */
  readonly zeroPointAdded: "before rounding" | "after rounding";
  readonly ties: "to even" | "away from zero";
  /** Where codes saturate. */
  readonly limits: CodeRange;
}

/** Whose equation gives the zero point; runtimes quantize blocks of weights by another function. */
export type ZeroPointRule = Convention | "onnxruntime's blocks";

/** What a recipe is for. */
export type Operation = "quantize" | "fake quantize";

/** The recipe of a scheme. `operation` matters to torch, whose fake quantization rounds before it adds. */
export function recipeOf(scheme: QuantScheme, operation: Operation = "quantize"): Recipe {
  checkScheme(scheme);
  const span = spanOf(scheme);
  const base = { symmetric: scheme.symmetric, span };
  switch (scheme.convention) {
    case "lecture":
      return { ...base, ...lecture, limits: span };
    case "torch":
      return { ...base, ...torch, ...torchArithmetic(scheme, operation), limits: span };
    case "onnxruntime":
      // QuantizeLinear knows the type only: it saturates at the type's ends, whatever the range.
      return { ...base, ...onnxruntimeOf(scheme), limits: fullRange(scheme.type) };
    case "tflite":
      return { ...base, ...tflite, limits: span };
  }
}

type Rules = Omit<Recipe, "symmetric" | "span" | "limits">;

/** Jacob et al. (2018), equation 1, as the lecture writes it: float64 throughout. */
const lecture: Rules = {
  scalePrecision: "float64",
  smallestScale: "zero becomes 1",
  zeroPointRule: "lecture",
  division: "float64 quotient",
  zeroPointAdded: "before rounding",
  ties: "to even",
};

/** torch/ao/quantization/observer.py, `_calculate_qparams`. */
const torch: Pick<Rules, "scalePrecision" | "smallestScale" | "zeroPointRule" | "ties"> = {
  scalePrecision: "float32",
  smallestScale: "at least epsilon",
  zeroPointRule: "torch",
  ties: "to even",
};

/**
 * `quantize_per_tensor` multiplies and adds in one fused step (on x86), `quantize_per_channel` in two;
 * `fake_quantize_…` rounds the product and adds then.
 */
function torchArithmetic(
  { granularity }: QuantScheme,
  operation: Operation,
): Pick<Rules, "division" | "zeroPointAdded"> {
  if (operation === "fake quantize") {
    return { division: "float32 reciprocal", zeroPointAdded: "after rounding" };
  }
  const division = granularity.per === "tensor" ? "fused reciprocal" : "float32 reciprocal";
  return { division, zeroPointAdded: "before rounding" };
}

/** onnxruntime/quantization/quant_utils.py, `compute_scale_zp` and `compute_scale_zp_blocked`; QuantizeLinear. */
function onnxruntimeOf({ granularity }: QuantScheme): Rules {
  const blocks = granularity.per === "block";
  return {
    scalePrecision: blocks ? "float32" : "float64 kept as float32",
    smallestScale: "below tiny becomes 1",
    zeroPointRule: blocks ? "onnxruntime's blocks" : "onnxruntime",
    division: "float32 quotient",
    zeroPointAdded: "after rounding",
    ties: "to even",
  };
}

/** quantization_utils.cc, `GetAsymmetricQuantizationParams`; reference_ops/quantize.h, `AffineQuantize`. */
const tflite: Rules = {
  scalePrecision: "float32",
  smallestScale: "zero becomes 1",
  zeroPointRule: "tflite",
  division: "float32 quotient",
  zeroPointAdded: "after rounding",
  ties: "away from zero",
};

/** The codes over which a convention spreads the range. */
function spanOf({ convention, type, symmetric, reduceRange }: QuantScheme): CodeRange {
  const { codeMin, codeMax } = fullRange(type);
  const { signed, bits } = parseCodeType(type);
  const opposite = { codeMin: -codeMax, codeMax };
  if (reduceRange) {
    const half = { codeMin: Math.floor(codeMin / 2), codeMax: Math.floor(codeMax / 2) };
    // onnxruntime's table has [-64, 64] for int8 and [-16384, 16384] for int16, but [-4, 3] for int4.
    return convention === "onnxruntime" && signed && bits >= 8
      ? { codeMin: half.codeMin, codeMax: -half.codeMin }
      : half;
  }
  if (!symmetric || !signed) return { codeMin, codeMax };
  if (convention === "torch" || (convention === "onnxruntime" && bits < 8)) return { codeMin, codeMax };
  return opposite;
}

function refuse(problem: string, nextStep: string): never {
  throw new LabError("BAD_SCHEME", problem, nextStep);
}

/** A convention is what its software does: what it does not define is refused. */
function checkScheme(scheme: QuantScheme): void {
  if (typeof scheme !== "object" || scheme === null) {
    throw wrongKind("the scheme", scheme, "Give { convention, type, symmetric, granularity }.");
  }
  const { convention, type, symmetric, granularity, reduceRange = false } = scheme;
  checkGranularity(granularity);
  const { signed, bits } = parseCodeType(type);
  const blocks = granularity.per === "block";
  switch (convention) {
    case "lecture":
      if (symmetric && !signed) refuse(`the lecture has no symmetric ${type}`, `Use "int${bits}".`);
      if (reduceRange) refuse("the lecture has no reduced range", 'Use convention "torch" or "onnxruntime".');
      return;
    case "torch":
      if (blocks) refuse("torch's observers have no blocks", 'Use convention "lecture" or "onnxruntime".');
      if (symmetric && !signed && reduceRange) {
        refuse(
          `torch puts the zero point of a symmetric ${type} outside of the reduced range`,
          `Use "int${bits}".`,
        );
      }
      return;
    case "onnxruntime":
      if (![4, 8, 16].includes(bits))
        refuse(`ONNX Runtime does not quantize to ${type}`, "Use 4, 8 or 16 bits.");
      if (blocks && reduceRange) refuse("ONNX Runtime reduces no range of blocks", "Leave reduceRange out.");
      return;
    case "tflite":
      if (!signed) refuse(`TensorFlow Lite's specification has no ${type}`, `Use "int${bits}".`);
      if (blocks) refuse("TensorFlow Lite's specification has no blocks", 'Use a granularity per "channel".');
      if (reduceRange) refuse("TensorFlow Lite has no reduced range", "Leave reduceRange out.");
      return;
    default:
      refuse(
        `${JSON.stringify(convention)} is no convention`,
        'Use "lecture", "torch", "onnxruntime" or "tflite".',
      );
  }
}
