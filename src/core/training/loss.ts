import * as tf from "@tensorflow/tfjs";
import type { Loss } from "./options.js";

/** L = -mean over the batch of Σⱼ yⱼ log softmax(z)ⱼ */
export const softmaxCrossEntropy: Loss = ({ logits, labels }) =>
  tf.losses.softmaxCrossEntropy(labels, logits).asScalar();
