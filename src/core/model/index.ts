export { consumersOf, findLayer, type Layer, replaceNodes, withWeights } from "./edit.js";
export { fromLayerGraph, type LayerGraph, type LayerNode, toLayerGraph, toTensor } from "./layer-graph.js";
