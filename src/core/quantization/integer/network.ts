import type { Tensor } from "../../tensor.js";

/** The codes that integer arithmetic takes: one byte each, signed or not. */
export type ByteTensor = Tensor<Int8Array | Uint8Array>;

/** How an accumulator comes back to a byte: see `requantize`. */
export type Rounding = "single" | "double" | "float";

/** What the codes of an activation stand for: `x = scale · (code - zeroPoint)`. */
export interface ActivationParams {
  readonly type: "int8" | "uint8";
  readonly scale: number;
  readonly zeroPoint: number;
  /** Codes saturate at these two. A fused ReLU raises `codeMin` to the zero point, a ReLU6 lowers `codeMax` too. */
  readonly codeMin: number;
  readonly codeMax: number;
}

/** The shape of a sliding window, as tfjs and TensorFlow define 'same' and 'valid'. */
export interface Window {
  readonly strides: readonly [number, number];
  readonly padding: "same" | "valid";
}

/** What every layer with weights has. Its last weight axis (for depthwise: the last two) counts the outputs. */
interface Weighted {
  readonly name: string;
  readonly input: string;
  readonly weights: ByteTensor;
  /** One scale, or one an output channel. */
  readonly weightScales: Float64Array;
  /** One zero point, or one an output channel; 0 for symmetric weights. */
  readonly weightZeros: Int32Array;
  /** One an output channel, with scale `inputScale · weightScale` and zero point 0: see `quantizeBias`. */
  readonly bias: Int32Array;
  readonly output: ActivationParams;
}

/** [n, in] by weights [in, out]. */
export interface DenseLayer extends Weighted {
  readonly kind: "dense";
}

/** [n, h, w, in] by weights [kh, kw, in, out]. */
export interface Conv2dLayer extends Weighted, Window {
  readonly kind: "conv2d";
}

/** [n, h, w, in] by weights [kh, kw, in, multiplier]; output channel `c · multiplier + m`. */
export interface DepthwiseConv2dLayer extends Weighted, Window {
  readonly kind: "depthwise-conv2d";
}

/** The output of a pool has the parameters of its input. */
export interface PoolLayer extends Window {
  readonly kind: "max-pool" | "average-pool";
  readonly name: string;
  readonly input: string;
  readonly size: readonly [number, number];
}

/** [n, h, w, c] to [n, c]. */
export interface GlobalAveragePoolLayer {
  readonly kind: "global-average-pool";
  readonly name: string;
  readonly input: string;
}

/** The sum of two activations of one shape, each with its own parameters. */
export interface AddLayer {
  readonly kind: "add";
  readonly name: string;
  readonly inputs: readonly [string, string];
  readonly output: ActivationParams;
}

/** All axes but the first become one. */
export interface FlattenLayer {
  readonly kind: "flatten";
  readonly name: string;
  readonly input: string;
}

/** A ReLU that could not be fused: no code lies below the zero point. */
export interface ReluLayer {
  readonly kind: "relu";
  readonly name: string;
  readonly input: string;
}

export type WeightedLayer = DenseLayer | Conv2dLayer | DepthwiseConv2dLayer;

/** One layer of a network that computes with integers, as plain data. */
export type IntegerLayer =
  | WeightedLayer
  | PoolLayer
  | GlobalAveragePoolLayer
  | AddLayer
  | FlattenLayer
  | ReluLayer;

/** Layers in an order in which each comes after its inputs. */
export interface IntegerNetwork {
  /** `shape` without the batch axis; layers call the network's input by `name`. */
  readonly input: {
    readonly name: string;
    readonly shape: readonly number[];
    readonly params: ActivationParams;
  };
  readonly layers: readonly IntegerLayer[];
  /** The name of the layer whose codes are the network's answer. */
  readonly output: string;
}
