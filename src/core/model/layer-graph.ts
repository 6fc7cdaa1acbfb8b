import type { Tensor } from "../tensor.js";

/** One layer of a model, as plain data. */
export interface LayerNode {
  readonly name: string;
  /** The tfjs class: "Conv2D", "Dense", "BatchNormalization", "InputLayer", … */
  readonly kind: string;
  /** What tfjs' `getConfig` says: filters, kernelSize, strides, padding, activation, useBias, … */
  readonly config: Readonly<Record<string, unknown>>;
  /** The names of the layers whose outputs come in. */
  readonly inputs: readonly string[];
  /** In the order of tfjs' `getWeights`: kernel, bias; or gamma, beta, moving mean, moving variance. */
  readonly weights: readonly Tensor[];
}

/**
 * A model taken apart: layers in an order in which each comes after its inputs. What changes a model (folds a
 * batch normalization, removes channels, factorizes a layer) takes such a graph and returns a new one.
 */
export interface LayerGraph {
  readonly nodes: readonly LayerNode[];
  /** The names of the layers whose outputs are the model's. */
  readonly outputs: readonly string[];
}
