/** `edgelab/lab`: what a lab's `lab.ts` needs. */
export { defineLab, type LabLimits, type LabManifest } from "./manifest.js";
