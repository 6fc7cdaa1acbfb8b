import * as tf from "@tensorflow/tfjs";
import type { Tensor } from "../../tensor.js";
import { paramsFromData } from "../params.js";
import type { QuantParams, QuantScheme } from "../scheme.js";
import { learnedScale, withLogScales } from "./learned-scale.js";
import { outputAxisLast } from "./quantized-model.js";
import { asConfig } from "./rounding-layers.js";
import { fromTf, straightThrough } from "./straight-through.js";

export interface RoundedWeightsConfig {
  readonly name?: string;
  /** The class of the layer itself, and its config. */
  readonly kind: string;
  readonly layer: Readonly<Record<string, unknown>>;
  readonly scheme: QuantScheme;
  /** With them, scales are trained; without, they follow the weights' range in each step. */
  readonly learned?: QuantParams;
}

/**
 * A convolution or dense layer that computes with a rounded kernel, and trains the one behind it. Its weights are
 * the layer's own (kernel, bias), and after them the scales' logarithms where these are trained.
 */
export class RoundedWeights extends tf.layers.Layer {
  static readonly className = "RoundedWeights";
  readonly #config: RoundedWeightsConfig;
  readonly #layer: tf.layers.Layer;
  #logScales?: tf.LayerVariable;

  constructor(config: RoundedWeightsConfig) {
    super(config.name === undefined ? {} : { name: config.name });
    this.#config = config;
    this.#layer = layerOf(config);
  }

  override build(inputShape: tf.Shape | tf.Shape[]): void {
    const { learned } = this.#config;
    this.#layer.build(inputShape);
    if (learned) {
      const zeros = tf.initializers.zeros();
      this.#logScales = this.addWeight("log_scales", [learned.scales.length], "float32", zeros);
    }
    this.trainableWeights = [...this.#layer.weights, ...(this.#logScales ? [this.#logScales] : [])];
    this.trainable = this.#layer.trainable;
    this.built = true;
  }

  override computeOutputShape(inputShape: tf.Shape): tf.Shape | tf.Shape[] {
    return this.#layer.computeOutputShape(inputShape);
  }

  /** The layer computes as it always does, but where it reads its kernel it gets the rounded one. */
  override call(
    inputs: tf.Tensor | tf.Tensor[],
    kwargs: Readonly<Record<string, unknown>>,
  ): tf.Tensor | tf.Tensor[] {
    const kernel = this.#layer.weights[0]!;
    const read = kernel.read;
    kernel.read = () => this.#rounded(read.call(kernel));
    try {
      return this.#layer.call(inputs, kwargs);
    } finally {
      kernel.read = read;
    }
  }

  #rounded(kernel: tf.Tensor): tf.Tensor {
    const { kind, learned } = this.#config;
    const shaped = kernel.reshape(outputAxisLast(kind, kernel.shape));
    const rounded = this.#logScales
      ? learnedScale(shaped, this.#logScales.read(), learned!)
      : straightThrough(shaped, this.paramsOf(fromTf(shaped)));
    return rounded.reshape(kernel.shape);
  }

  /** What a kernel is rounded to at present; its outputs are one axis. */
  paramsOf(kernel: Tensor): QuantParams {
    const { learned, scheme } = this.#config;
    return this.#logScales
      ? withLogScales(learned!, fromTf(this.#logScales.read()).data)
      : paramsFromData(kernel, scheme);
  }

  override getConfig(): tf.serialization.ConfigDict {
    const { kind, layer, scheme, learned } = this.#config;
    return { ...super.getConfig(), ...asConfig({ kind, layer, scheme, ...(learned && { learned }) }) };
  }
}

function layerOf({ kind, layer }: RoundedWeightsConfig): tf.layers.Layer {
  const [layerClass, fromConfig] = tf.serialization.SerializationMap.getMap().classNameMap[kind]!;
  const { batchInputShape: _, ...config } = layer;
  return fromConfig(layerClass, asConfig(config)) as tf.layers.Layer;
}

tf.serialization.registerClass(RoundedWeights);
