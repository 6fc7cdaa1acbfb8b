export { countModel, type LayerCount, type ModelCount } from "./count.js";
export { consumersOf, findLayer, type Layer, replaceNodes, withWeights } from "./edit.js";
export { foldBatchNorm } from "./fold-batch-norm.js";
export { fromLayerGraph, type LayerGraph, type LayerNode, toLayerGraph, toTensor } from "./layer-graph.js";
export { linearLayerBefore } from "./linear-layer.js";
export { outputShapes, type Shape } from "./shapes.js";
