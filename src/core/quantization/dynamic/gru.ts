import type { Tensor } from "../../tensor.js";
import { type DenseWeights, type DynamicOptions, dynamicDense, floatDense } from "./dense.js";
import { addMacs, checkInput, checkShape, type InferenceLayer } from "./layer.js";

/** A gated recurrent unit's parameters. The columns are those of the gates r, z and n, one after the other. */
export interface GruWeights {
  /** Weights [in, 3·hidden] and bias [3·hidden] of the input: PyTorch's weight_ih_l0, transposed, and bias_ih_l0. */
  readonly input: DenseWeights;
  /** Weights [hidden, 3·hidden] and bias of the state: PyTorch's weight_hh_l0, transposed, and bias_hh_l0. */
  readonly state: DenseWeights;
}

/** A recurrent layer ready to run, from state 0 or from the last state [n, hidden] of a run before. */
export interface GruLayer extends InferenceLayer {
  run(x: Tensor, state?: Tensor): Tensor;
}

/**
 * A gated recurrent unit that keeps its weights as int8 and its state as float32. The input [n, time, in] gives the
 * states [n, time, hidden]. The gates are those of PyTorch:
 *
 *     r  = σ(W_ir x + b_ir + W_hr h + b_hr)
 *     z  = σ(W_iz x + b_iz + W_hz h + b_hz)
 *     n  = tanh(W_in x + b_in + r (W_hn h + b_hn))
 *     h' = (1 - z) n + z h
 *
 * Input and state are quantized at each step, by the range that they have then.
 *
 * @throws LabError for weights that do not fit each other, NaN, an infinity, and an input that does not fit.
 * @see Cho et al., "Learning phrase representations using RNN encoder-decoder" (2014)
 * @see torch.nn.GRU, PyTorch 2.13
 *
 * @example
 * ```ts
 * import { normalTensor, seeded } from "edgelab/core";
 * const rng = seeded("gru");
 * const weights = {
 *   input: { weights: normalTensor(rng, [8, 48], 0, 0.2) },
 *   state: { weights: normalTensor(rng, [16, 48], 0, 0.2) },
 * };
 * dynamicGru(weights).run(normalTensor(rng, [1, 5, 8])).shape; // [1, 5, 16]
 * dynamicGru(weights).storedBytes / floatGru(weights).storedBytes < 0.34; // true
 * ```
 */
export function dynamicGru(weights: GruWeights, options: DynamicOptions = {}): GruLayer {
  return gru(weights, (dense) => dynamicDense(dense, options));
}

/**
 * The same unit in float32, to compare with.
 *
 * @throws LabError for what `dynamicGru` refuses.
 *
 * @example
 * ```ts
 * import { tensor } from "edgelab/core";
 * const zeros = { weights: tensor([1, 3], [0, 0, 0]) };
 * const bias = tensor([3], [0, -100, 100]);
 * floatGru({ input: { ...zeros, bias }, state: zeros }).run(tensor([1, 1, 1], [7])).data; // Float32Array [1]
 * ```
 */
export function floatGru(weights: GruWeights): GruLayer {
  return gru(weights, floatDense);
}

function gru({ input, state }: GruWeights, dense: (weights: DenseWeights) => InferenceLayer): GruLayer {
  const ofInput = dense(input);
  const ofState = dense(state);
  const [inputs, hidden] = [input.weights.shape[0]!, state.weights.shape[0]!];
  checkShape(input.weights.shape, [null, 3 * hidden], "the weights of the input");
  checkShape(state.weights.shape, [null, 3 * hidden], "the weights of the state");
  return {
    run: (x, first) => {
      checkInput(x, [null, null, inputs]);
      const n = x.shape[0]!;
      if (first) checkInput(first, [n, hidden], "the state");
      const zero = { shape: [n, hidden], data: new Float32Array(n * hidden) };
      return runSteps(x, first ?? zero, (step, h) => nextState(ofInput.run(step), ofState.run(h), h));
    },
    storedBytes: ofInput.storedBytes + ofState.storedBytes,
    macs: (shape) => {
      checkShape(shape, [null, null, inputs], "the input");
      const steps = shape[0]! * shape[1]!;
      // r · (…), (1 - z) · n and z · h of each unit.
      const gates = { quantized: 0, float: 3 * steps * hidden };
      return addMacs(ofInput.macs(shape), ofState.macs([steps, hidden]), gates);
    },
  };
}

function runSteps(x: Tensor, first: Tensor, next: (step: Tensor, h: Tensor) => Tensor): Tensor {
  const [n, time, inputs] = x.shape as [number, number, number];
  const hidden = first.shape[1]!;
  const data = new Float32Array(n * time * hidden);
  let h = first;
  for (let t = 0; t < time; t++) {
    const step = new Float32Array(n * inputs);
    for (let i = 0; i < n; i++) {
      const start = (i * time + t) * inputs;
      step.set(x.data.subarray(start, start + inputs), i * inputs);
    }
    h = next({ shape: [n, inputs], data: step }, h);
    for (let i = 0; i < n; i++) {
      data.set(h.data.subarray(i * hidden, (i + 1) * hidden), (i * time + t) * hidden);
    }
  }
  return { shape: [n, time, hidden], data };
}

/** h' from the sums [n, 3·hidden] of input and state. */
function nextState(fromInput: Tensor, fromState: Tensor, h: Tensor): Tensor {
  const hidden = h.shape[1]!;
  const data = new Float32Array(h.data.length);
  for (let i = 0; i < data.length; i++) {
    const at = Math.floor(i / hidden) * 3 * hidden + (i % hidden);
    const r = sigmoid(fromInput.data[at]! + fromState.data[at]!);
    const z = sigmoid(fromInput.data[at + hidden]! + fromState.data[at + hidden]!);
    const n = Math.tanh(fromInput.data[at + 2 * hidden]! + r * fromState.data[at + 2 * hidden]!);
    data[i] = (1 - z) * n + z * h.data[i]!;
  }
  return { shape: [...h.shape], data };
}

function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}
