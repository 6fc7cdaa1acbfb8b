import { tensorFlow } from "../../src/lab/offered.js";
import type { Mount } from "./jail.js";
import { packageMounts } from "./packages.js";
import { stagedEdgelab } from "./stage.js";

/** Where a jail's program finds what it may import. */
export const LAB_MODULES = "/lab/node_modules";

export interface ViewOptions {
  /** npm packages that a lab's cells may import. */
  readonly packages: readonly string[];
  /** Subpaths of edgelab that the lab withholds, such as "core/quantization". */
  readonly withheld: readonly string[];
}

export interface View {
  readonly mounts: readonly Mount[];
}

/**
 * All that a lab's cells can import: the packages that the lab names, and edgelab as students install it,
 * without what the lab withholds, without tests and without the grader. Compiler and executor both get it.
 */
export function sandboxView({ packages, withheld }: ViewOptions): View {
  const edgelab = stagedEdgelab(withheld);
  const light = edgelab.dependencies.filter((name) => !name.startsWith("@tensorflow/"));
  const names = new Set([...light, ...packages, ...(packages.includes(tensorFlow[0]) ? tensorFlow : [])]);
  const itself = { source: edgelab.folder, target: `${LAB_MODULES}/edgelab` };
  return { mounts: [itself, ...packageMounts([...names], LAB_MODULES)] };
}
