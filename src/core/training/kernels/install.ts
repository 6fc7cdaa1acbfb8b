import { installBatchMatMul } from "./batch-mat-mul.js";
import { installConv2DBackpropFilter } from "./conv2d-backprop-filter.js";
import { installConv2DBackpropInput } from "./conv2d-backprop-input.js";
import { installDepthwiseBackpropFilter } from "./depthwise-backprop-filter.js";
import { installDepthwiseBackpropInput } from "./depthwise-backprop-input.js";
import { installMaxPoolGrad } from "./max-pool-grad.js";
import { installSamePadding } from "./same-padding.js";
import { installTile } from "./tile.js";
import { installUnsortedSegmentSum } from "./unsorted-segment-sum.js";

let installed = false;

/** Registers what tfjs' WebAssembly backend lacks, has slow or has wrong. Once is enough. */
export function installKernels(): void {
  if (installed) return;
  installed = true;
  installBatchMatMul();
  installConv2DBackpropFilter();
  installConv2DBackpropInput();
  installDepthwiseBackpropFilter();
  installDepthwiseBackpropInput();
  installMaxPoolGrad();
  installSamePadding();
  installTile();
  installUnsortedSegmentSum();
}
