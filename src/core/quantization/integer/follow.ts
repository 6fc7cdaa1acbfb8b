import type { ByteTensor, IntegerNetwork } from "./network.js";
import { type RunOptions, runIntegerLayers } from "./run.js";
import {
  type AddTrace,
  type IntegerTrace,
  type PoolTrace,
  type ProductTrace,
  traceActivation,
} from "./trace.js";

export interface FollowOptions extends RunOptions {
  /** One index an axis of the network's output. */
  readonly index: readonly number[];
}

/**
 * Follows one number from a network's output back to its input: a trace for each layer on the way, the output's
 * first. From layer to layer it goes to the code that counts most: of a sum the largest product, of an addition the
 * larger summand, of a window the largest code, in each case by size. Among equals it takes the first.
 *
 * @throws LabError for an index outside of the output, and whatever `runInteger` refuses.
 *
 * @example
 * ```ts
 * const params = { type: "int8", scale: 1, zeroPoint: 0, codeMin: -128, codeMax: 127 } as const;
 * const weights = { shape: [2, 1], data: Int8Array.of(3, -1) };
 * const numbers = { weightScales: Float64Array.of(0.5), weightZeros: Int32Array.of(0), bias: Int32Array.of(0) };
 * const fc = { kind: "dense", name: "fc", input: "relu", weights, ...numbers, output: params } as const;
 * const relu = { kind: "relu", name: "relu", input: "x" } as const;
 * const network = { input: { name: "x", shape: [2], params }, layers: [relu, fc], output: "fc" };
 * const traces = followInteger(network, { shape: [1, 2], data: Int8Array.of(-10, 20) }, { index: [0, 0] });
 * traces.map(({ layer, index, code }) => [layer, index, code]); // [["fc", [0, 0], -10], ["relu", [0, 1], 20]]
 * ```
 *
 * @example From a quantized model:
 * ```ts
 * import { seeded, uniformTensor } from "edgelab/core";
 * import { teachingMlp } from "edgelab/core/zoo";
 * import { inputCodes, quantizeModel, toIntegerNetwork } from "edgelab/core/quantization/models";
 * const images = uniformTensor(seeded("b"), [8, 28, 28, 1], 0, 1);
 * const quantized = await quantizeModel(teachingMlp(seeded("a")), { calibration: images });
 * const traces = followInteger(toIntegerNetwork(quantized), inputCodes(quantized, images), { index: [0, 3] });
 * traces.map(({ kind }) => kind); // ["dense", "dense", "dense", "flatten"]
 * ```
 */
export function followInteger(
  network: IntegerNetwork,
  input: ByteTensor,
  options: FollowOptions,
): IntegerTrace[] {
  const activations = runIntegerLayers(network, input, options);
  const traces: IntegerTrace[] = [];
  let layer = network.output;
  let index = options.index;
  while (layer !== network.input.name) {
    const trace = traceActivation(network, activations, { ...options, layer, index });
    traces.push(trace);
    [layer, index] = strongest(trace);
  }
  return traces;
}

/** The layer and the index of the code that counts most in a trace. */
function strongest(trace: IntegerTrace): readonly [string, readonly number[]] {
  const [first = "", second = ""] = trace.inputs;
  switch (trace.kind) {
    case "dense":
    case "conv2d":
    case "depthwise-conv2d":
      return [first, termsBySize(trace)[0]!.inputIndex];
    case "max-pool":
    case "average-pool":
    case "global-average-pool":
      return [first, windowBySize(trace)[0]!.inputIndex];
    case "add":
      return [[first, second][largerSummand(trace)]!, trace.index];
    case "flatten":
    case "relu":
      return [first, trace.inputIndex];
  }
}

/** The products, the largest first; those of one size as they come. */
export function termsBySize({ terms }: ProductTrace): ProductTrace["terms"] {
  return terms.toSorted((a, b) => Math.abs(b.product) - Math.abs(a.product));
}

/** The codes of a window in the order in which they count: for a maximum by the code, for a mean by its distance. */
export function windowBySize({ kind, window, params: { zeroPoint } }: PoolTrace): PoolTrace["window"] {
  const size = (code: number) => (kind === "max-pool" ? code : Math.abs(code - zeroPoint));
  return window.toSorted((a, b) => size(b.inputCode) - size(a.inputCode));
}

/** The place of the summand that counts more. */
export function largerSummand({ summands: [a, b] }: AddTrace): 0 | 1 {
  return Math.abs(a.rescaled) >= Math.abs(b.rescaled) ? 0 : 1;
}
