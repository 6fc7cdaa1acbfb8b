import * as tf from "@tensorflow/tfjs";
import type { Dataset } from "../../data/index.js";
import { kernelVariable } from "../../model/kernel.js";
import { type FitOptions, type FitResult, fit } from "../../training/index.js";
import { checkFit } from "../../training/options.js";
import { checkFits, eachMask, type Masks } from "../graph-masks.js";
import type { Mask } from "../mask.js";

/**
 * Trains a model in place as `fit` does, with the masked weights at 0: before the first step, and after each one,
 * whatever momentum an optimizer still has for them.
 *
 * @param masks Of kernels, by the layers' names.
 * @throws LabError where masks and model don't fit each other, and where `fit` throws one; with a wrong argument the
 * model stays as it is.
 * @see Han et al., "Learning both weights and connections" (2015), section 3
 *
 * @example
 * ```ts
 * import { seeded, uniformTensor } from "edgelab/core";
 * import { toLayerGraph } from "edgelab/core/model";
 * import { kernelOf, magnitudeMasks, sparsityOf } from "edgelab/core/pruning";
 * import { teachingMlp } from "edgelab/core/zoo";
 * const model = teachingMlp(seeded("a"));
 * const masks = magnitudeMasks(toLayerGraph(model), { sparsity: 0.75 });
 * const data = { inputs: uniformTensor(seeded("b"), [4, 28, 28, 1], 0, 1), labels: Int32Array.of(0, 1, 2, 3), classes: 10 };
 * await maskedFit(model, masks, data, { epochs: 2, rng: seeded("order") });
 * sparsityOf(kernelOf(toLayerGraph(model), "logits")); // 0.75
 * ```
 */
export async function maskedFit(
  model: tf.LayersModel,
  masks: Masks,
  data: Dataset,
  options: FitOptions,
): Promise<FitResult> {
  checkFit(model, data, options);
  const kernels = eachMask(masks).map(([name, mask]) => ({ kernel: kernelIn(model, name, mask), mask }));
  const stay = kernels.map(({ mask }) => tf.tensor(mask.data, [...mask.shape], "bool"));
  const zero = tf.scalar(0);
  const keepMasks = (): void => {
    tf.tidy(() => {
      kernels.forEach(({ kernel }, i) => {
        kernel.write(tf.where(stay[i]!, kernel.read(), zero));
      });
    });
  };
  const { afterStep: then } = options.callbacks ?? {};
  const afterStep: typeof then = async (trained, at) => {
    keepMasks();
    if (!then) return;
    const answer = await then(trained, at);
    keepMasks();
    return answer;
  };
  try {
    keepMasks();
    return await fit(model, data, { ...options, callbacks: { ...options.callbacks, afterStep } });
  } finally {
    tf.dispose([...stay, zero]);
  }
}

function kernelIn(model: tf.LayersModel, name: string, mask: Mask): tf.LayerVariable {
  const layer = model.layers.find((one) => one.name === name);
  const kernel = layer && kernelVariable(layer);
  checkFits(name, mask, kernel?.shape);
  return kernel!;
}
