import type * as tf from "@tensorflow/tfjs";
import { wrongKind } from "../arguments.js";
import { LabError } from "../errors.js";

/** Throws a LabError unless this is a tfjs model of layers. */
export function checkModel(model: tf.LayersModel): void {
  if (Array.isArray(model?.layers) && typeof model.apply === "function") return;
  throw wrongKind(
    "the model",
    model,
    "Give a tfjs model: fromLayerGraph builds one of a graph, loadTrained gives one as .model.",
  );
}

/** Throws a LabError where a softmax makes the model's first output: losses here have one of their own. */
export function checkGivesLogits(model: tf.LayersModel): void {
  const layer = lastLayer(model);
  if (layer.getClassName() !== "Softmax" && layer.getConfig().activation !== "softmax") return;
  throw new LabError(
    "SOFTMAX",
    `the model ends in a softmax, in layer ${layer.name}`,
    "Build it without: let it give logits, and leave the softmax to the loss.",
  );
}

/** What the first output comes from; in a model that ends in a model, in there. */
function lastLayer(model: tf.LayersModel): tf.layers.Layer {
  const layer = model.outputs[0]!.sourceLayer;
  return isModel(layer) ? lastLayer(layer) : layer;
}

function isModel(layer: tf.layers.Layer): layer is tf.LayersModel {
  return "layers" in layer;
}

/** Throws a LabError for a trainable layer with a regularizer or a constraint: `fit` applies neither. */
export function checkNothingIgnored(model: tf.LayersModel): void {
  for (const layer of model.layers) {
    if (isModel(layer)) checkNothingIgnored(layer);
    else if (layer.trainableWeights.length > 0) checkLayer(layer);
  }
}

function checkLayer(layer: tf.layers.Layer): void {
  const ignored = ruleIn(layer.getConfig());
  if (ignored === undefined) return;
  throw new LabError(
    "RULE_IGNORED",
    `layer ${layer.name} has a ${ignored}, which fit does not apply`,
    "Build the layer without: a loss of your own can add a penalty, callbacks.afterStep can keep a constraint.",
  );
}

/** The name of the first regularizer or constraint in a config, or in that of a layer inside. */
function ruleIn(config: unknown): string | undefined {
  if (typeof config !== "object" || config === null || ArrayBuffer.isView(config)) return undefined;
  for (const [key, value] of Object.entries(config)) {
    if (value && /(Regularizer|Constraint)$/.test(key)) return key;
    const inside = ruleIn(value);
    if (inside) return inside;
  }
  return undefined;
}
