import * as tf from "@tensorflow/tfjs";
import "../model/quiet.js";
import { kernelVariable } from "../model/kernel.js";
import type { Rng } from "../random.js";

/**
 * Draws every kernel of a fresh model anew, from He's uniform distribution: U(-b, b), b = sqrt(6 / fanIn).
 * tfjs' own initializers can't be given a generator; with this one a model is the same on every platform.
 * Biases and batch normalizations keep their zeros and ones.
 *
 * @see He et al., "Delving deep into rectifiers" (2015), section 2.2
 */
export function initialize<Model extends tf.LayersModel>(model: Model, rng: Rng): Model {
  for (const layer of model.layers) {
    const kernel = kernelVariable(layer);
    if (!kernel) continue;
    const shape = kernel.shape.map(Number);
    // A depthwise kernel [h, w, in, multiplier] sees one channel; the others see all, and end with their outputs.
    const inputs = layer.getClassName() === "DepthwiseConv2D" ? shape.slice(0, 2) : shape.slice(0, -1);
    const fanIn = inputs.reduce((a, b) => a * b, 1);
    const bound = Math.sqrt(6 / fanIn);
    const values = Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () =>
      rng.uniform(-bound, bound),
    );
    tf.tidy(() => {
      kernel.write(tf.tensor(values, shape));
    });
  }
  return model;
}
