import type * as tf from "@tensorflow/tfjs";
import { checkFinite } from "../../arguments.js";
import { LabError } from "../../errors.js";
import { fromFloat16, toFloat16 } from "../../float16.js";
import type { LayerGraph } from "../../model/index.js";
import type { Tensor } from "../../tensor.js";
import { graphOf } from "./quantized-model.js";

/**
 * The model with every weight rounded to the nearest half-precision number: stored as those it takes 2 bytes a
 * weight, half of `floatBytes`. It computes in float32 as before, so it runs as a graph does, and loses hardly
 * anything: of a weight 11 bits stay, of those below 2⁻¹⁴ fewer.
 *
 * @throws LabError for NaN, infinities, and weights of 65520 or more, which half precision does not hold.
 * @see IEEE 754-2019, section 3.6
 *
 * @example
 * ```ts
 * import { seeded } from "edgelab/core";
 * import { countModel } from "edgelab/core/model";
 * import { teachingMlp } from "edgelab/core/zoo";
 * const halved = halveWeights(teachingMlp(seeded("a")));
 * 2 * countModel(halved).parameters; // 218772
 * ```
 */
export function halveWeights(model: tf.LayersModel | LayerGraph): LayerGraph {
  const graph = graphOf(model);
  const nodes = graph.nodes.map((node) => ({
    ...node,
    weights: node.weights.map((weights) => halved(weights, node.name)),
  }));
  return { ...graph, nodes };
}

function halved({ shape, data }: Tensor, layer: string): Tensor {
  checkFinite(data, `the weights of layer ${layer}`);
  const rounded = fromFloat16(toFloat16(data));
  const beyond = rounded.findIndex((weight) => !Number.isFinite(weight));
  if (beyond >= 0) {
    throw new LabError(
      "BAD_RANGE",
      `layer ${layer} has the weight ${data[beyond]}, beyond half precision`,
      "Half precision ends at 65504: keep these weights float32.",
    );
  }
  return { shape, data: rounded };
}
