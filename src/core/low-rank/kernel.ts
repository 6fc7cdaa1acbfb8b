import { checkFinite, checkNotEmpty } from "../arguments.js";
import { LabError } from "../errors.js";
import { checkTensor, type Tensor } from "../tensor.js";

const layouts = { dense: "[inputs, outputs]", conv: "[height, width, inputs, outputs]" };

/** Throws a LabError unless the kernel is finite and has the axes of its kind of layer, none of them empty. */
export function checkKernel(kernel: Tensor, kind: keyof typeof layouts): void {
  checkTensor(kernel, "the kernel");
  if (kernel.shape.length !== (kind === "dense" ? 2 : 4)) {
    throw new LabError(
      "BAD_SHAPE",
      `the kernel has the shape [${kernel.shape.join(", ")}]`,
      `Give a kernel ${layouts[kind]}.`,
    );
  }
  checkNotEmpty(kernel.data, "the kernel");
  checkFinite(kernel.data, "the kernel");
}
