import * as tf from "@tensorflow/tfjs";
import type { QuantParams } from "../scheme.js";
import { straightThrough } from "./straight-through.js";

interface Config {
  readonly name?: string;
  readonly params: QuantParams;
}

/** A layer of tfjs that rounds what passes to the codes of fixed parameters. */
export class FakeQuantize extends tf.layers.Layer {
  static readonly className = "FakeQuantize";
  readonly #params: QuantParams;

  constructor({ name, params }: Config) {
    super({ ...(name !== undefined && { name }) });
    this.#params = params;
  }

  override computeOutputShape(inputShape: tf.Shape): tf.Shape {
    return inputShape;
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => straightThrough(only(inputs), this.#params));
  }

  override getConfig(): tf.serialization.ConfigDict {
    // Plain data, if not of tfjs' own kinds.
    return { ...super.getConfig(), params: this.#params as unknown as tf.serialization.ConfigDict };
  }
}

tf.serialization.registerClass(FakeQuantize);

/** tfjs passes a layer one tensor, or a list that holds it. */
export function only(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
  return Array.isArray(inputs) ? inputs[0]! : inputs;
}
