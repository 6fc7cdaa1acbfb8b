import { checkInteger } from "../../arguments.js";
import { LabError } from "../../errors.js";
import { adder } from "./add.js";
import { slides, visitWindow } from "./geometry.js";
import type {
  ActivationParams,
  AddLayer,
  ByteTensor,
  GlobalAveragePoolLayer,
  IntegerLayer,
  IntegerNetwork,
  PoolLayer,
  Rounding,
  WeightedLayer,
} from "./network.js";
import { scaler } from "./requantize.js";
import { type Activation, activationOf, type RunOptions, runIntegerLayers } from "./run.js";
import { type Multiplier, multiplierOf, type Term, termsOf, unravel } from "./trace-product.js";

export interface TraceOptions extends RunOptions {
  readonly layer: string;
  /** One index an axis of the layer's output: [n, h, w, c] or [n, c]. */
  readonly index: readonly number[];
}

interface Traced {
  readonly layer: string;
  /** The layers whose codes come in, or the network's input. */
  readonly inputs: readonly string[];
  readonly index: readonly number[];
  /** The output's code, and what it stands for: scale · (code - zeroPoint). */
  readonly code: number;
  readonly value: number;
  readonly params: ActivationParams;
}

/** Dense, conv2d, depthwise-conv2d: from products to a code. */
export interface ProductTrace extends Traced {
  readonly kind: WeightedLayer["kind"];
  readonly inputZero: number;
  readonly weightZero: number;
  readonly terms: readonly Term[];
  /** Of the products, before the bias. */
  readonly sum: number;
  readonly bias: number;
  readonly accumulator: number;
  readonly rounding: Rounding;
  readonly multiplier: Multiplier;
  /** round(multiplier · accumulator): before the zero point is added and the code is clamped. */
  readonly rounded: number;
}

/** Pools: the codes in the window. */
export interface PoolTrace extends Traced {
  readonly kind: PoolLayer["kind"] | GlobalAveragePoolLayer["kind"];
  readonly window: readonly { readonly inputIndex: readonly number[]; readonly inputCode: number }[];
}

/** Add: two codes at the same index, rescaled to what they have in common. */
export interface AddTrace extends Traced {
  readonly kind: "add";
  readonly summands: readonly [Summand, Summand];
  readonly rounding: Rounding;
  /** The sum in steps of the output, before the zero point is added and the code is clamped. */
  readonly rounded: number;
}

export interface Summand {
  readonly code: number;
  readonly params: ActivationParams;
  /** "float": in steps of the output. Else in 2⁻¹⁹ of the larger scale. */
  readonly rescaled: number;
}

/** Flatten and ReLU: one code comes in. */
export interface PassTrace extends Traced {
  readonly kind: "flatten" | "relu";
  readonly inputIndex: readonly number[];
  readonly inputCode: number;
}

export type IntegerTrace = ProductTrace | PoolTrace | AddTrace | PassTrace;

/**
 * Follows one number through a network: what comes together in it, and each step to its code.
 *
 * @throws LabError for an unknown layer, an index outside of its output, and whatever `runInteger` refuses.
 *
 * @example
 * ```ts
 * const params = { type: "int8", scale: 1, zeroPoint: 0, codeMin: -128, codeMax: 127 } as const;
 * const weights = { shape: [2, 1], data: Int8Array.of(3, -1) };
 * const numbers = { weightScales: Float64Array.of(0.5), weightZeros: Int32Array.of(0), bias: Int32Array.of(4) };
 * const fc = { kind: "dense", name: "fc", input: "x", weights, ...numbers, output: params } as const;
 * const network = { input: { name: "x", shape: [2], params }, layers: [fc], output: "fc" };
 * const input = { shape: [1, 2], data: Int8Array.of(10, 20) };
 * const trace = traceInteger(network, input, { layer: "fc", index: [0, 0] });
 * trace.kind === "dense" && [trace.sum, trace.bias, trace.accumulator, trace.code]; // [10, 4, 14, 7]
 * ```
 *
 * @example From a quantized model:
 * ```ts
 * import { seeded, uniformTensor } from "edgelab/core";
 * import { teachingMlp } from "edgelab/core/zoo";
 * import { inputCodes, quantizeModel, toIntegerNetwork } from "edgelab/core/quantization/models";
 * const images = uniformTensor(seeded("b"), [8, 28, 28, 1], 0, 1);
 * const quantized = await quantizeModel(teachingMlp(seeded("a")), { calibration: images });
 * const network = toIntegerNetwork(quantized);
 * const trace = traceInteger(network, inputCodes(quantized, images), { layer: network.output, index: [0, 3] });
 * trace.kind === "dense" && trace.terms.length; // 64
 * ```
 */
export function traceInteger(
  network: IntegerNetwork,
  input: ByteTensor,
  options: TraceOptions,
): IntegerTrace {
  return traceActivation(network, runIntegerLayers(network, input, options), options);
}

/** The same in a network that has run. */
export function traceActivation(
  network: IntegerNetwork,
  activations: ReadonlyMap<string, Activation>,
  options: TraceOptions,
): IntegerTrace {
  const layer = network.layers.find(({ name }) => name === options.layer);
  if (!layer) {
    const names = network.layers.map(({ name }) => name).join(", ");
    throw new LabError("UNKNOWN_LAYER", `there is no layer ${options.layer}`, `Give one of ${names}.`);
  }
  const { codes, params } = activationOf(activations, layer.name);
  const flat = ravel(options.index, codes.shape);
  const code = codes.data[flat]!;
  const traced = {
    layer: layer.name,
    inputs: layer.kind === "add" ? layer.inputs : [layer.input],
    index: [...options.index],
    code,
    value: params.scale * (code - params.zeroPoint),
    params,
  };
  return { ...traced, ...stepsOf(layer, activations, flat, options.rounding ?? "double") };
}

/** What each kind of trace has beside the rest. */
type Steps =
  | Omit<ProductTrace, keyof Traced>
  | Omit<PoolTrace, keyof Traced>
  | Omit<AddTrace, keyof Traced>
  | Omit<PassTrace, keyof Traced>;

function stepsOf(
  layer: IntegerLayer,
  activations: ReadonlyMap<string, Activation>,
  flat: number,
  rounding: Rounding,
): Steps {
  if (layer.kind === "add") return traceAdd(layer, activations, flat, rounding);
  const from = activationOf(activations, layer.input);
  switch (layer.kind) {
    case "dense":
    case "conv2d":
    case "depthwise-conv2d":
      return traceProduct(layer, from, flat, rounding);
    case "max-pool":
    case "average-pool":
    case "global-average-pool":
      return tracePool(layer, from.codes, flat);
    case "flatten":
    case "relu": {
      const inputIndex = unravel(flat, from.codes.shape);
      return { kind: layer.kind, inputIndex, inputCode: from.codes.data[flat]! };
    }
  }
}

function ravel(index: readonly number[], shape: readonly number[]): number {
  if (index.length !== shape.length) {
    throw new LabError(
      "BAD_INDEX",
      `[${index.join(", ")}] is no index into shape [${shape.join(", ")}]`,
      "Give one index for each axis.",
    );
  }
  return index.reduce((flat, i, axis) => {
    checkInteger(i, `index ${axis}`, 0, shape[axis]! - 1);
    return flat * shape[axis]! + i;
  }, 0);
}

function traceProduct(layer: WeightedLayer, from: Activation, flat: number, rounding: Rounding): Steps {
  const channel = flat % layer.bias.length;
  const at = (values: ArrayLike<number>) => values[values.length === 1 ? 0 : channel]!;
  const inputZero = from.params.zeroPoint;
  const weightZero = at(layer.weightZeros);
  const terms = termsOf(layer, from.codes, { input: inputZero, weight: weightZero }, flat);
  const sum = terms.reduce((total, { product }) => total + product, 0);
  const bias = layer.bias[channel]!;
  const accumulator = sum + bias;
  const scales = { input: from.params.scale, weight: at(layer.weightScales), output: layer.output.scale };
  const multiplier = multiplierOf(scales, rounding);
  const rounded = scaler(scales, rounding)(accumulator);
  const sums = { terms, sum, bias, accumulator };
  return { kind: layer.kind, inputZero, weightZero, ...sums, rounding, multiplier, rounded };
}

function traceAdd(
  { inputs, output }: AddLayer,
  activations: ReadonlyMap<string, Activation>,
  flat: number,
  rounding: Rounding,
): Steps {
  const [a, b] = [activationOf(activations, inputs[0]), activationOf(activations, inputs[1])];
  const steps = adder({ a: a.params, b: b.params, output, rounding });
  const [left, right] = [a.codes.data[flat]!, b.codes.data[flat]!];
  const summands = [
    { code: left, params: a.params, rescaled: steps.a(left) },
    { code: right, params: b.params, rescaled: steps.b(right) },
  ] as const;
  return { kind: "add", summands, rounding, rounded: steps.sum(summands[0].rescaled, summands[1].rescaled) };
}

function tracePool(
  layer: PoolLayer | GlobalAveragePoolLayer,
  { shape, data }: ByteTensor,
  flat: number,
): Steps {
  const [, height = 0, width = 0, channels = 0] = shape;
  const whole = { size: [height, width], strides: [1, 1], padding: "valid" } as const;
  const options = layer.kind === "global-average-pool" ? whole : layer;
  const [rows, columns] = slides(shape, options.size, options);
  const window: { inputIndex: number[]; inputCode: number }[] = [];
  visitWindow(rows, columns, Math.floor(flat / channels), (pixel) => {
    const at = pixel * channels + (flat % channels);
    window.push({ inputIndex: unravel(at, shape), inputCode: data[at]! });
  });
  return { kind: layer.kind, window };
}
