import type { LayerNode } from "../../model/index.js";
import { paramsFromData } from "../params.js";
import type { CodeType, Convention, QuantParams, QuantScheme } from "../scheme.js";
import { outputAxisLast, withOneOutputAxis } from "./quantized-model.js";

/** How a layer's weights become codes. */
export interface WeightScheme {
  /** "int8" */
  readonly type?: CodeType;
  /** true */
  readonly symmetric?: boolean;
  /** One bit less, for processors whose int8 products overflow int16. false */
  readonly reduceRange?: boolean;
  /**
   * One scale a tensor, an output channel ("channel", if left out), or a block of so many inputs of a channel.
   * In a depthwise kernel [h, w, outputs] a channel has one input, so blocks run along its rows.
   */
  readonly per?: "tensor" | "channel" | { readonly block: number };
}

export interface WeightOptions {
  /** "onnxruntime" */
  readonly convention?: Convention;
  readonly weights?: WeightScheme;
  /** Other weights for some layers, by name: the first and the last in more bits, for example. */
  readonly layers?: Readonly<Record<string, WeightScheme>>;
}

/** How a layer's kernel is quantized, its depthwise outputs in one axis. */
export function weightScheme({ name, kind, weights }: LayerNode, options: WeightOptions): QuantScheme {
  const { convention = "onnxruntime", layers } = options;
  const given = layers?.[name] ?? options.weights ?? {};
  const { type = "int8", symmetric = true, per = "channel", reduceRange = false } = given;
  const axis = outputAxisLast(kind, weights[0]!.shape).length - 1;
  const granularity =
    per === "tensor"
      ? ({ per } as const)
      : per === "channel"
        ? ({ per, axis } as const)
        : ({ per: "block", axis: axis - 1, size: per.block } as const);
  return { convention, type, symmetric, granularity, ...(reduceRange && { reduceRange }) };
}

export function weightParams(node: LayerNode, options: WeightOptions): QuantParams {
  return paramsFromData(withOneOutputAxis(node, node.weights[0]!), weightScheme(node, options));
}
