export { fromLayerGraph, toLayerGraph, toTensor } from "./convert.js";
export { countModel, type LayerCount, type ModelCount } from "./count.js";
export { consumersOf, findLayer, type Layer, replaceNodes, withWeights } from "./edit.js";
export { foldBatchNorm } from "./fold-batch-norm.js";
export type { LayerGraph, LayerNode } from "./layer-graph.js";
export { linearLayerBefore } from "./linear-layer.js";
export { outputShapes, type Shape } from "./shapes.js";
