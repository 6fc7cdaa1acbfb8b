export { fuseActivations } from "./fuse-activations.js";
