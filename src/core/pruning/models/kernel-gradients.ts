import * as tf from "@tensorflow/tfjs";
import { checkInteger } from "../../arguments.js";
import { checkDataset, type Dataset, pick } from "../../data/index.js";
import { fromLayerGraph, type LayerGraph, toTensor } from "../../model/index.js";
import type { Tensor } from "../../tensor.js";
import { chooseBackend } from "../../training/index.js";
import { layersWithKernels } from "../graph-masks.js";

/**
 * The gradients of the mean cross-entropy over a data set, for each layer's kernel: what `taylorMask` and
 * `taylorChannelScores` need, of frozen layers too. Batch normalizations use their moving averages, and dropout is off.
 *
 * @throws LabError where model and data don't fit each other.
 *
 * @example
 * ```ts
 * import { seeded, uniformTensor } from "edgelab/core";
 * import { toLayerGraph } from "edgelab/core/model";
 * import { teachingMlp } from "edgelab/core/zoo";
 * const data = { inputs: uniformTensor(seeded("b"), [4, 28, 28, 1], 0, 1), labels: Int32Array.of(0, 1, 2, 3), classes: 10 };
 * const gradients = await kernelGradients(toLayerGraph(teachingMlp(seeded("a"))), data);
 * [...gradients.values()].map(({ shape }) => shape); // [[784, 128], [128, 64], [64, 10]]
 * ```
 */
export async function kernelGradients(
  graph: LayerGraph,
  data: Dataset,
  { batchSize = 64 }: { readonly batchSize?: number } = {},
): Promise<ReadonlyMap<string, Tensor>> {
  checkDataset(data);
  checkInteger(batchSize, "batchSize", 1);
  await chooseBackend();
  const model = fromLayerGraph(graph);
  const names = layersWithKernels(graph);
  const kernels = names.map((name) => model.getLayer(name).weights[0]!.read() as tf.Variable);
  const sums = new Map(kernels.map((kernel, i) => [names[i]!, zerosOf(kernel)]));
  const count = data.labels.length;
  try {
    for (let first = 0; first < count; first += batchSize) {
      const places = Array.from({ length: Math.min(batchSize, count - first) }, (_, i) => first + i);
      const gradients = batchGradients(model, kernels, pick(data, places));
      gradients.forEach((gradient, i) => {
        const sum = sums.get(names[i]!)!.data;
        // A batch counts as much as it has examples.
        gradient.data.forEach((g, j) => {
          sum[j]! += (g * places.length) / count;
        });
      });
      await tf.nextFrame();
    }
  } finally {
    model.dispose();
  }
  return sums;
}

function zerosOf({ shape }: tf.Variable): Tensor {
  return { shape: [...shape], data: new Float32Array(shape.reduce((a, b) => a * b, 1)) };
}

/** ∂L/∂w of L = mean over the batch of the softmax cross-entropy, in the order of the kernels. */
function batchGradients(
  model: tf.LayersModel,
  kernels: readonly tf.Variable[],
  { inputs, labels, classes }: Dataset,
): Tensor[] {
  let gradients: Tensor[] = [];
  tf.tidy(() => {
    const x = tf.tensor(inputs.data, [...inputs.shape]);
    const y = tf.oneHot(tf.tensor1d(labels, "int32"), classes).toFloat();
    const loss = (): tf.Scalar => {
      const outputs = model.apply(x, { training: false });
      const logits = (Array.isArray(outputs) ? outputs[0] : outputs) as tf.Tensor;
      return tf.losses.softmaxCrossEntropy(y, logits).asScalar();
    };
    const { grads } = tf.variableGrads(loss, [...kernels]);
    gradients = kernels.map(({ name }) => toTensor(grads[name]!));
  });
  return gradients;
}
