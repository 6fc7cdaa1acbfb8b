import * as tf from "@tensorflow/tfjs";
import type { Dataset } from "../../data/index.js";
import { LabError } from "../../errors.js";
import { type FitOptions, type FitResult, fit } from "../../training/index.js";
import type { Masks } from "../graph-masks.js";
import { checkMask, type Mask } from "../mask.js";

/**
 * Trains a model in place as `fit` does, with the masked weights at 0: before the first step, and after each one,
 * whatever momentum an optimizer still has for them.
 *
 * @param masks Of kernels, by the layers' names.
 * @throws LabError where masks and model don't fit each other, and where `fit` throws one.
 * @see Han et al., "Learning both weights and connections" (2015), section 3
 *
 * @example
 * ```ts
 * import { seeded, uniformTensor } from "edgelab/core";
 * import { toLayerGraph } from "edgelab/core/model";
 * import { magnitudeMasks, sparsityOf } from "edgelab/core/pruning";
 * import { teachingMlp } from "edgelab/core/zoo";
 * const model = teachingMlp(seeded("a"));
 * const masks = magnitudeMasks(toLayerGraph(model), { sparsity: 0.75 });
 * const data = { inputs: uniformTensor(seeded("b"), [4, 28, 28, 1], 0, 1), labels: Int32Array.of(0, 1, 2, 3), classes: 10 };
 * await maskedFit(model, masks, data, { epochs: 2, rng: seeded("order") });
 * sparsityOf(toLayerGraph(model).nodes.at(-1).weights[0]); // 0.75
 * ```
 */
export async function maskedFit(
  model: tf.LayersModel,
  masks: Masks,
  data: Dataset,
  options: FitOptions,
): Promise<FitResult> {
  const kernels = [...masks].map(([name, mask]) => ({ kernel: kernelIn(model, name, mask), mask }));
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
  const kernel = layer?.weights.find(({ originalName }) => /kernel$/i.test(originalName));
  checkMask(mask);
  if (!kernel || kernel.shape.join() !== mask.shape.join()) {
    const found = kernel ? `a kernel [${kernel.shape.join(", ")}]` : "no kernel";
    throw new LabError(
      "BAD_MASK",
      `layer ${name} has ${found}, but a mask [${mask.shape.join(", ")}]`,
      "Make the masks from this model: magnitudeMasks(toLayerGraph(model), …).",
    );
  }
  return kernel;
}
