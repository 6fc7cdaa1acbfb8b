import * as tf from "@tensorflow/tfjs";
import { checkRng, type Rng } from "../random.js";
import { initialize } from "./initialize.js";

/** Models built of blocks, with batch normalizations. Like all of the zoo, from images [28, 28, 1] to 10 logits. */

interface Convolution {
  readonly filters: number;
  readonly size: number;
  readonly strides?: number;
}

/**
 * Two residual blocks after the pattern of ResNet: conv 16 by 2 → block 16 → block 32 by 2 → mean → 10, where
 * "by 2" is a stride. The second block's shortcut is a 1×1 convolution; 19,994 parameters.
 *
 * @throws LabError for what is no generator.
 * @see He et al., "Deep residual learning for image recognition" (2016), figures 2 and 3
 *
 * @example
 * ```ts
 * import { seeded } from "edgelab/core";
 * residualCnn(seeded("a")).countParams(); // 19994
 * ```
 */
export function residualCnn(rng: Rng): tf.LayersModel {
  checkRng(rng);
  const image = tf.input({ shape: [28, 28, 1], name: "image" });
  const stem = relu(normed(image, "conv1", { filters: 16, size: 3, strides: 2 }), "relu1");
  const first = residual(stem, stem, "block1", { filters: 16, size: 3 });
  const shortcut = normed(first, "block2_shortcut", { filters: 32, size: 1, strides: 2 });
  const second = residual(first, shortcut, "block2", { filters: 32, size: 3, strides: 2 });
  return initialize(tf.model({ inputs: image, outputs: classified(second) }), rng);
}

/**
 * Depthwise separable convolutions after the pattern of MobileNet: conv 16 by 2 → 32 → 64 by 2 → 64 → mean → 10,
 * where each step is a depthwise 3×3 and a 1×1 convolution; 9,610 parameters.
 *
 * @throws LabError for what is no generator.
 * @see Howard et al., "MobileNets" (2017), figure 3 and table 1
 *
 * @example
 * ```ts
 * import { seeded } from "edgelab/core";
 * depthwiseCnn(seeded("a")).countParams(); // 9610
 * ```
 */
export function depthwiseCnn(rng: Rng): tf.LayersModel {
  checkRng(rng);
  const image = tf.input({ shape: [28, 28, 1], name: "image" });
  const stem = relu(normed(image, "conv1", { filters: 16, size: 3, strides: 2 }), "relu1");
  const first = separable(stem, "block1", { filters: 32, size: 3 });
  const second = separable(first, "block2", { filters: 64, size: 3, strides: 2 });
  const third = separable(second, "block3", { filters: 64, size: 3 });
  return initialize(tf.model({ inputs: image, outputs: classified(third) }), rng);
}

/** Y = relu(shortcut + F(X)), F being two convolutions. */
function residual(
  x: tf.SymbolicTensor,
  shortcut: tf.SymbolicTensor,
  name: string,
  { filters, size, strides = 1 }: Convolution,
): tf.SymbolicTensor {
  const inner = relu(normed(x, `${name}_conv1`, { filters, size, strides }), `${name}_relu1`);
  const outer = normed(inner, `${name}_conv2`, { filters, size });
  const sum = tf.layers.add({ name: `${name}_add` }).apply([shortcut, outer]) as tf.SymbolicTensor;
  return relu(sum, `${name}_relu2`);
}

function separable(
  x: tf.SymbolicTensor,
  name: string,
  { filters, size, strides = 1 }: Convolution,
): tf.SymbolicTensor {
  const depthwise = tf.layers.depthwiseConv2d({
    kernelSize: size,
    strides,
    padding: "same",
    useBias: false,
    name: `${name}_depthwise`,
  });
  const spatial = normalization(depthwise.apply(x) as tf.SymbolicTensor, `${name}_depthwise`);
  const pointwise = normed(relu(spatial, `${name}_relu1`), `${name}_pointwise`, { filters, size: 1 });
  return relu(pointwise, `${name}_relu2`);
}

/** A convolution without a bias, since the normalization after it has one. */
function normed(
  x: tf.SymbolicTensor,
  name: string,
  { filters, size, strides = 1 }: Convolution,
): tf.SymbolicTensor {
  const conv = tf.layers.conv2d({
    filters,
    kernelSize: size,
    strides,
    padding: "same",
    useBias: false,
    name,
  });
  return normalization(conv.apply(x) as tf.SymbolicTensor, name);
}

/** The moving averages follow within tens of steps: trainings are short here. */
function normalization(x: tf.SymbolicTensor, name: string): tf.SymbolicTensor {
  return tf.layers.batchNormalization({ momentum: 0.9, name: `${name}_norm` }).apply(x) as tf.SymbolicTensor;
}

function relu(x: tf.SymbolicTensor, name: string): tf.SymbolicTensor {
  return tf.layers.reLU({ name }).apply(x) as tf.SymbolicTensor;
}

function classified(x: tf.SymbolicTensor): tf.SymbolicTensor {
  const mean = tf.layers.globalAveragePooling2d({ name: "mean" }).apply(x) as tf.SymbolicTensor;
  return tf.layers.dense({ units: 10, name: "logits" }).apply(mean) as tf.SymbolicTensor;
}
