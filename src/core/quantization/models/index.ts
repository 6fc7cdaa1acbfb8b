export { fuseActivations } from "./fuse-activations.js";
export { passMask, scaleGradients, straightThrough } from "./straight-through.js";
