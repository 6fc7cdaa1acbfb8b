import * as tf from "@tensorflow/tfjs";
import { checkRng, type Rng } from "../random.js";
import { initialize } from "./initialize.js";

/** All models here take images [28, 28, 1] and give 10 logits: no softmax at the end. */
const image = [28, 28, 1];

/**
 * The teaching CNN: conv 16 → pool → conv 32 → pool → dense 64 → 10, kernels 3×3, 'same' padding; 105,866
 * parameters.
 *
 * @throws LabError for what is no generator.
 *
 * @example
 * ```ts
 * import { seeded } from "edgelab/core";
 * teachingCnn(seeded("a")).countParams(); // 105866
 * ```
 */
export function teachingCnn(rng: Rng): tf.Sequential {
  checkRng(rng);
  const layers = [
    tf.layers.inputLayer({ inputShape: image, name: "image" }),
    conv("conv1", 16),
    pool("pool1"),
    conv("conv2", 32),
    pool("pool2"),
    tf.layers.flatten({ name: "flatten" }),
    tf.layers.dense({ units: 64, activation: "relu", name: "dense1" }),
    tf.layers.dense({ units: 10, name: "logits" }),
  ];
  return initialize(tf.sequential({ layers }), rng);
}

/**
 * A student for distillation: conv 8 → pool → conv 16 → pool → 10; 9,098 parameters.
 *
 * @throws LabError for what is no generator.
 *
 * @example
 * ```ts
 * import { seeded } from "edgelab/core";
 * tinyCnn(seeded("a")).countParams(); // 9098
 * ```
 */
export function tinyCnn(rng: Rng): tf.Sequential {
  checkRng(rng);
  const layers = [
    tf.layers.inputLayer({ inputShape: image, name: "image" }),
    conv("conv1", 8),
    pool("pool1"),
    conv("conv2", 16),
    pool("pool2"),
    tf.layers.flatten({ name: "flatten" }),
    tf.layers.dense({ units: 10, name: "logits" }),
  ];
  return initialize(tf.sequential({ layers }), rng);
}

/**
 * Dense layers only: 784 → 128 → 64 → 10; 109,386 parameters.
 *
 * @throws LabError for what is no generator.
 *
 * @example
 * ```ts
 * import { seeded } from "edgelab/core";
 * teachingMlp(seeded("a")).countParams(); // 109386
 * ```
 */
export function teachingMlp(rng: Rng): tf.Sequential {
  checkRng(rng);
  const layers = [
    tf.layers.inputLayer({ inputShape: image, name: "image" }),
    tf.layers.flatten({ name: "flatten" }),
    tf.layers.dense({ units: 128, activation: "relu", name: "dense1" }),
    tf.layers.dense({ units: 64, activation: "relu", name: "dense2" }),
    tf.layers.dense({ units: 10, name: "logits" }),
  ];
  return initialize(tf.sequential({ layers }), rng);
}

function conv(name: string, filters: number): tf.layers.Layer {
  return tf.layers.conv2d({ filters, kernelSize: 3, padding: "same", activation: "relu", name });
}

function pool(name: string): tf.layers.Layer {
  return tf.layers.maxPooling2d({ poolSize: 2, name });
}
