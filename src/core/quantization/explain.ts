import { LabError } from "../errors.js";
import type { Tensor } from "../tensor.js";
import { fullRange, parseCodeType } from "./code-type.js";
import { codeOf } from "./codes.js";
import { groupsOf } from "./groups.js";
import { groupParams, paramsFromData, rangesOfGroups } from "./params.js";
import { quantize } from "./quantize.js";
import { type Recipe, recipeOf } from "./recipe.js";
import type { Granularity, QuantParams, QuantScheme } from "./scheme.js";

/** One way in which two schemes differ, and by how many codes it moves an element. */
export type Reason = {
  /** How far the code moves when this one thing changes from a's way to b's. */
  readonly change: number;
} & (
  | {
      /** What changes the parameters: the groups, the range, the codes it is spread over, the arithmetic. */
      readonly because:
        | "type"
        | "granularity"
        | "range"
        | "code-range"
        | "scale"
        | "smallest-scale"
        | "zero-point";
      readonly scale: FromTo<number>;
      readonly zeroPoint: FromTo<number>;
    }
  | {
      /** What changes the way from a number to its code. */
      readonly because: "division" | "addition" | "tie";
      readonly way: FromTo<string>;
    }
  | { readonly because: "saturation"; readonly limits: FromTo<readonly [number, number]> }
);

export interface FromTo<Value> {
  readonly from: Value;
  readonly to: Value;
}

/** An element whose codes differ. The reasons' changes add up to the difference. */
export interface Difference {
  readonly index: number;
  readonly value: number;
  readonly codeA: number;
  readonly codeB: number;
  readonly reasons: readonly Reason[];
}

export interface Explanation {
  readonly a: QuantParams;
  readonly b: QuantParams;
  /** How many elements were compared. */
  readonly elements: number;
  readonly differences: readonly Difference[];
}

/**
 * Why two schemes give elements different codes. Between a and b one thing is swapped at a time, in the order
 * in which a code is computed (groups, range, codes that it is spread over, scale, zero point, division,
 * addition, rounding, saturation), each on top of the ones before; what moves a code is a reason. Where two
 * things act together, the share of each depends on that order.
 *
 * A signed and an unsigned type are compared counting from their smallest codes.
 *
 * @throws LabError for types of different bits, and for what `paramsFromData` refuses.
 *
 * @example
 * ```ts
 * import { tensor } from "edgelab/core";
 * const torch = { convention: "torch", type: "int8", symmetric: true, granularity: { per: "tensor" } } as const;
 * const { differences } = explainDifference(tensor([2], [-1.27, 1]), torch, { ...torch, convention: "tflite" });
 * differences.map(({ codeA, codeB }) => [codeA, codeB]); // [[-128, -127]]
 * differences[0].reasons.map(({ because, change }) => [because, change]); // [["code-range", 1]]
 * ```
 */
export function explainDifference(x: Tensor, a: QuantScheme, b: QuantScheme): Explanation {
  checkSameBits(a, b);
  const paramsA = paramsFromData(x, a);
  const paramsB = paramsFromData(x, b);
  const { codes: codesA } = quantize(x, paramsA);
  const { codes: codesB } = quantize(x, paramsB);
  const shift = fullRange(b.type).codeMin - fullRange(a.type).codeMin;
  const stages = stagesBetween(x, a, b);
  const differences: Difference[] = [];
  x.data.forEach((value, index) => {
    const codeA = codesA[index]!;
    const codeB = codesB[index]!;
    if (codeA + shift === codeB) return;
    differences.push({ index, value, codeA, codeB, reasons: reasonsOf(value, index, codeA + shift, stages) });
  });
  return { a: paramsA, b: paramsB, elements: x.data.length, differences };
}

/** A recipe on the way from a to b, with its parameters. */
interface Stage {
  readonly because: Reason["because"];
  readonly recipe: Recipe;
  readonly groupOf: Int32Array;
  readonly numbers: readonly { readonly scale: number; readonly zeroPoint: number }[];
}

/** Every field of a recipe, in the order in which they are swapped. */
const ingredients: Record<keyof Recipe, Reason["because"]> = {
  symmetric: "range",
  span: "code-range",
  scalePrecision: "scale",
  smallestScale: "smallest-scale",
  zeroPointRule: "zero-point",
  division: "division",
  zeroPointAdded: "addition",
  ties: "tie",
  limits: "saturation",
};

/** The first stage is a itself, the last one b. */
function stagesBetween(x: Tensor, a: QuantScheme, b: QuantScheme): Stage[] {
  const stages: Stage[] = [];
  const add = (because: Reason["because"], granularity: Granularity, recipe: Recipe) => {
    const numbers = rangesOfGroups(x, granularity).map((range) => groupParams(range, recipe));
    stages.push({ because, recipe, groupOf: groupOfElements(x, granularity), numbers });
  };
  const target = recipeOf(b);
  let recipe = recipeOf(a);
  add("type", a.granularity, recipe);
  recipe = shifted(recipe, fullRange(b.type).codeMin - fullRange(a.type).codeMin);
  add("type", a.granularity, recipe);
  add("granularity", b.granularity, recipe);
  for (const field of Object.keys(ingredients) as (keyof Recipe)[]) {
    recipe = { ...recipe, [field]: target[field] };
    add(ingredients[field], b.granularity, recipe);
  }
  return stages;
}

function shifted(recipe: Recipe, shift: number): Recipe {
  const move = ({ codeMin, codeMax }: Recipe["span"]) => ({
    codeMin: codeMin + shift,
    codeMax: codeMax + shift,
  });
  return { ...recipe, span: move(recipe.span), limits: move(recipe.limits) };
}

function groupOfElements(x: Tensor, granularity: Granularity): Int32Array {
  const groups = new Int32Array(x.data.length);
  groupsOf(x.shape, granularity).forEachRun((start, end, group) => groups.fill(group, start, end));
  return groups;
}

/** The stages that move an element's code, from `code` on. */
function reasonsOf(value: number, index: number, code: number, stages: readonly Stage[]): Reason[] {
  const reasons: Reason[] = [];
  let before = code;
  for (let i = 1; i < stages.length; i++) {
    const stage = stages[i]!;
    const { scale, zeroPoint } = stage.numbers[stage.groupOf[index]!]!;
    const after = codeOf(value, scale, zeroPoint, stage.recipe);
    if (after !== before) reasons.push(reasonOf(stages[i - 1]!, stage, index, after - before));
    before = after;
  }
  return reasons;
}

function reasonOf(from: Stage, to: Stage, index: number, change: number): Reason {
  const { because } = to;
  switch (because) {
    case "division":
      return { because, change, way: { from: from.recipe.division, to: to.recipe.division } };
    case "addition":
      return { because, change, way: { from: from.recipe.zeroPointAdded, to: to.recipe.zeroPointAdded } };
    case "tie":
      return { because, change, way: { from: from.recipe.ties, to: to.recipe.ties } };
    case "saturation":
      return { because, change, limits: { from: limitsOf(from), to: limitsOf(to) } };
    default: {
      const numbersA = from.numbers[from.groupOf[index]!]!;
      const numbersB = to.numbers[to.groupOf[index]!]!;
      const scale = { from: numbersA.scale, to: numbersB.scale };
      return { because, change, scale, zeroPoint: { from: numbersA.zeroPoint, to: numbersB.zeroPoint } };
    }
  }
}

function limitsOf({ recipe }: Stage): readonly [number, number] {
  return [recipe.limits.codeMin, recipe.limits.codeMax];
}

function checkSameBits(a: QuantScheme, b: QuantScheme): void {
  if (parseCodeType(a.type).bits !== parseCodeType(b.type).bits) {
    throw new LabError(
      "BAD_SCHEME",
      `codes of ${a.type} and ${b.type} can't be compared one by one`,
      "Compare two schemes with the same bits, or compare their errors: sqnr.",
    );
  }
}
