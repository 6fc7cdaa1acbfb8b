import * as tf from "@tensorflow/tfjs";
import { checkInteger, checkNotEmpty } from "../../arguments.js";
import { checkDataset, type Dataset, pick } from "../../data/index.js";
import { fromLayerGraph, type LayerGraph, toTensor } from "../../model/index.js";
import { kernelOf, kernelVariable, layersWithKernels } from "../../model/kernel.js";
import type { Tensor } from "../../tensor.js";
import { chooseBackend } from "../../training/index.js";
import { softmaxCrossEntropy } from "../../training/loss.js";
import { checkClassifier } from "../../training/options.js";
import { firstOf } from "../../training/predict.js";

export interface KernelGradientsOptions {
  /** How many examples go through the model at once. It has no influence on the result but its last digits. 64 */
  readonly batchSize?: number;
  /** After each batch: how many of the examples are done. */
  readonly onProgress?: (at: { readonly done: number; readonly of: number }) => void;
}

/**
 * The gradients of the mean cross-entropy over a data set, for each layer's kernel: what `taylorMask` and
 * `taylorChannelScores` need, of frozen layers too. Batch normalizations use their moving averages, and dropout is off. A kernel on which the
 * logits don't depend has the gradient 0.
 *
 * @throws LabError where model and data don't fit each other, and for inputs that are not finite.
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
  { batchSize = 64, onProgress }: KernelGradientsOptions = {},
): Promise<ReadonlyMap<string, Tensor>> {
  checkDataset(data);
  checkInteger(batchSize, "batchSize", 1);
  await chooseBackend();
  const model = fromLayerGraph(graph);
  try {
    checkClassifier(model, data, "the data");
    const sums = new Map(layersWithKernels(graph).map((name) => [name, zerosLike(kernelOf(graph, name))]));
    checkNotEmpty([...sums], "the list of layers with a kernel");
    const of = data.labels.length;
    for (let first = 0; first < of; first += batchSize) {
      const count = Math.min(batchSize, of - first);
      const places = Int32Array.from({ length: count }, (_, i) => first + i);
      // A batch counts as much as it has examples.
      for (const [name, gradient] of batchGradients(model, data, places)) {
        add(sums.get(name)!, gradient, count / of);
      }
      onProgress?.({ done: first + count, of });
      await tf.nextFrame();
    }
    return sums;
  } finally {
    model.dispose();
  }
}

function zerosLike({ shape, data }: Tensor): Tensor {
  return { shape: [...shape], data: new Float32Array(data.length) };
}

function add(sum: Tensor, { data }: Tensor, factor: number): void {
  data.forEach((g, i) => {
    sum.data[i]! += g * factor;
  });
}

/** ∂L/∂w of L = mean over the batch of the softmax cross-entropy, for the kernels on which it depends. */
function batchGradients(model: tf.LayersModel, data: Dataset, places: Int32Array): [string, Tensor][] {
  const { inputs, labels, classes } = pick(data, places);
  const kernels = model.layers.flatMap((layer) => {
    const kernel = kernelVariable(layer)?.read() as tf.Variable | undefined;
    return kernel ? [{ layer: layer.name, kernel }] : [];
  });
  const gradients: [string, Tensor][] = [];
  tf.tidy(() => {
    const x = tf.tensor(inputs.data, [...inputs.shape]);
    const y = tf.oneHot(tf.tensor1d(labels, "int32"), classes).toFloat() as tf.Tensor2D;
    const loss = (): tf.Scalar => {
      const logits = firstOf(model.apply(x, { training: false })) as tf.Tensor2D;
      return softmaxCrossEntropy({ logits, outputs: [logits], labels: y, inputs: x, places });
    };
    const { grads } = tf.variableGrads(
      loss,
      kernels.map(({ kernel }) => kernel),
    );
    for (const { layer, kernel } of kernels) {
      const gradient = grads[kernel.name];
      if (gradient) gradients.push([layer, toTensor(gradient)]);
    }
  });
  return gradients;
}
