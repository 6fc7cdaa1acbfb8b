export { fromLayerGraph, type LayerGraph, type LayerNode, toLayerGraph, toTensor } from "./layer-graph.js";
