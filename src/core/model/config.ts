import { LabError } from "../errors.js";
import type { LayerNode } from "./layer-graph.js";

/** Reads of a layer's config, which is unknown until looked at. */

function refuse({ name, config }: LayerNode, key: string, wanted: string): never {
  throw new LabError(
    "BAD_CONFIG",
    `${key} of layer ${name} is ${JSON.stringify(config[key])}`,
    `Give ${wanted}.`,
  );
}

export function readCount(node: LayerNode, key: string, otherwise?: number): number {
  const value = node.config[key] ?? otherwise;
  return isCount(value) ? value : refuse(node, key, "an integer of 1 or more");
}

export function readAxis(node: LayerNode): number {
  const { axis = -1 } = node.config;
  return typeof axis === "number" && Number.isInteger(axis) ? axis : refuse(node, "axis", "an integer");
}

/** Height and width. One number stands for both; left out: `otherwise`, if there is one. */
export function readPair(node: LayerNode, key: string, otherwise?: number): readonly [number, number] {
  const value = node.config[key] ?? otherwise;
  const [height, width] = Array.isArray(value) ? value : [value, value];
  return isCount(height) && isCount(width) ? [height, width] : refuse(node, key, "two integers of 1 or more");
}

export function readPadding(node: LayerNode): "same" | "valid" {
  const { padding = "valid" } = node.config;
  return padding === "same" || padding === "valid" ? padding : refuse(node, "padding", '"same" or "valid"');
}

/** How many rows and columns a ZeroPadding2D puts around an image: [[top, bottom], [left, right]]. */
export function readBorders(node: LayerNode): readonly (readonly [number, number])[] {
  const { padding = 1 } = node.config;
  const sides: unknown[] = Array.isArray(padding) ? padding : [padding, padding];
  const borders = sides.map((side) => (Array.isArray(side) ? side : [side, side]));
  const fits = borders.length === 2 && borders.flat().every((n) => Number.isInteger(n) && n >= 0);
  return fits
    ? borders.map(([a, b]): [number, number] => [a, b])
    : refuse(node, "padding", "[[top, bottom], [left, right]]");
}

/** The lengths after the batch; null is the one to be filled in. */
export function readTargetShape(node: LayerNode, key: string): readonly (number | null)[] {
  const value = node.config[key];
  if (!Array.isArray(value)) return refuse(node, key, "a list of lengths");
  return value.map((n) => (isCount(n) ? n : n === null || n === -1 ? null : refuse(node, key, "lengths")));
}

export function checkChannelsLast(node: LayerNode): void {
  const { dataFormat = "channelsLast" } = node.config;
  if (dataFormat !== "channelsLast") refuse(node, "dataFormat", "channelsLast");
}

/** tfjs' depthwise convolution takes a rate, and computes without it. */
export function checkNotDilated(node: LayerNode): void {
  if (readPair(node, "dilationRate", 1).some((rate) => rate !== 1))
    refuse(node, "dilationRate", "1: tfjs has no dilated depthwise convolution");
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 1;
}
