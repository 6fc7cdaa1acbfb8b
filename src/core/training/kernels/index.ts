import { installBatchMatMul } from "./batch-mat-mul.js";
import { installConv2DBackpropFilter } from "./conv2d-backprop-filter.js";
import { installConv2DBackpropInput } from "./conv2d-backprop-input.js";
import { installDepthwiseBackpropFilter } from "./depthwise-backprop-filter.js";
import { installDepthwiseBackpropInput } from "./depthwise-backprop-input.js";
import { installMaxPoolGrad } from "./max-pool-grad.js";
import { installTile } from "./tile.js";
import { installUnsortedSegmentSum } from "./unsorted-segment-sum.js";

let installed = false;

/** Registers the gradients that tfjs' WebAssembly backend lacks, or has slow. Once is enough. */
export function installKernels(): void {
  if (installed) return;
  installed = true;
  installBatchMatMul();
  installConv2DBackpropFilter();
  installConv2DBackpropInput();
  installDepthwiseBackpropFilter();
  installDepthwiseBackpropInput();
  installMaxPoolGrad();
  installTile();
  installUnsortedSegmentSum();
}
