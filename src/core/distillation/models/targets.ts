import * as tf from "@tensorflow/tfjs";
import type { Dataset } from "../../data/index.js";
import { LabError } from "../../errors.js";
import type { Tensor } from "../../tensor.js";
import { predict } from "../../training/index.js";
import { attentionMap } from "../attention.js";

/** What a teacher says about each example of a data set, computed once: row i belongs to example i. */
export type Target = Tensor;

/** What a layer of the teacher gives for each example. */
export async function teacherFeatures(
  teacher: tf.LayersModel,
  layer: string,
  { inputs }: Dataset,
): Promise<Target> {
  const output = outputOf(teacher, layer);
  return predict(tf.model({ inputs: teacher.inputs, outputs: output }), inputs);
}

/** The attention map of a layer of the teacher for each example. */
export async function teacherMaps(teacher: tf.LayersModel, layer: string, data: Dataset): Promise<Target> {
  checkImages(outputOf(teacher, layer), layer);
  return attentionMap(await teacherFeatures(teacher, layer, data));
}

/** The rows at the given places, as a tensor. */
export function rowsAt({ shape, data }: Target, places: Int32Array): tf.Tensor {
  const size = data.length / shape[0]!;
  const rows = new Float32Array(places.length * size);
  places.forEach((place, i) => {
    rows.set(data.subarray(place * size, (place + 1) * size), i * size);
  });
  return tf.tensor(rows, [places.length, ...shape.slice(1)]);
}

/** The output of the layer of that name. */
export function outputOf(model: tf.LayersModel, name: string): tf.SymbolicTensor {
  const layer = model.layers.find((one) => one.name === name);
  if (!layer || Array.isArray(layer.output)) {
    throw new LabError(
      "NO_LAYER",
      `the model has no layer ${name} with one output`,
      `Name one of ${model.layers.map((one) => one.name).join(", ")}.`,
    );
  }
  return layer.output;
}

export function checkImages({ shape }: tf.SymbolicTensor, layer: string): void {
  if (shape.length !== 4) {
    throw new LabError(
      "BAD_SHAPE",
      `layer ${layer} gives [${shape.map((n) => n ?? "count").join(", ")}], which is no image`,
      "Attention needs the output of a convolution or a pooling.",
    );
  }
}
