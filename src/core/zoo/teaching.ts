import * as tf from "@tensorflow/tfjs";
import type { Rng } from "../random.js";
import { initialize } from "./initialize.js";

/** All models here take images [28, 28, 1] and give 10 logits: no softmax at the end. */
const image = [28, 28, 1];

/**
 * The teaching CNN: conv 16 → pool → conv 32 → pool → dense 64 → 10, kernels 3×3, 'same' padding; 105,866
 * parameters.
 *
 * @example
 * ```ts
 * import { seeded } from "edgelab/core";
 * teachingCnn(seeded("a")).countParams(); // 105866
 * ```
 */
export function teachingCnn(rng: Rng): tf.Sequential {
  const conv = (filters: number) =>
    tf.layers.conv2d({ filters, kernelSize: 3, padding: "same", activation: "relu" });
  const layers = [
    tf.layers.inputLayer({ inputShape: image }),
    conv(16),
    tf.layers.maxPooling2d({ poolSize: 2 }),
    conv(32),
    tf.layers.maxPooling2d({ poolSize: 2 }),
    tf.layers.flatten(),
    tf.layers.dense({ units: 64, activation: "relu" }),
    tf.layers.dense({ units: 10 }),
  ];
  return initialize(tf.sequential({ layers }), rng);
}

/**
 * Dense layers only: 784 → 128 → 64 → 10; 109,386 parameters.
 *
 * @example
 * ```ts
 * import { seeded } from "edgelab/core";
 * teachingMlp(seeded("a")).countParams(); // 109386
 * ```
 */
export function teachingMlp(rng: Rng): tf.Sequential {
  const layers = [
    tf.layers.inputLayer({ inputShape: image }),
    tf.layers.flatten(),
    tf.layers.dense({ units: 128, activation: "relu" }),
    tf.layers.dense({ units: 64, activation: "relu" }),
    tf.layers.dense({ units: 10 }),
  ];
  return initialize(tf.sequential({ layers }), rng);
}
