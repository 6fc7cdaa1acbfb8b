import { checkAllocatable } from "../arguments.js";
import { LabError } from "../errors.js";
import { checkRng, type Rng } from "../random.js";
import { sizeOf } from "../tensor.js";
import { removedCount } from "./amount.js";
import type { Sparsity } from "./magnitude.js";
import type { Mask } from "./mask.js";

/**
 * A mask that removes exactly round(sparsity·n) weights, drawn evenly: what a criterion has to beat.
 *
 * @throws LabError for what is no generator, an empty shape, one of more than 2^28 elements, and a sparsity
 *   outside [0, 1).
 * @see PyTorch, torch.nn.utils.prune.random_unstructured
 *
 * @example
 * ```ts
 * import { seeded } from "edgelab/core";
 * import { maskCounts } from "edgelab/core/pruning";
 * maskCounts(randomMask(seeded("a"), [10, 10], { sparsity: 0.3 })).removed; // 30
 * ```
 */
export function randomMask(rng: Rng, shape: readonly number[], { sparsity }: Sparsity): Mask {
  checkRng(rng);
  const size = sizeOf(shape);
  if (size === 0) {
    throw new LabError("EMPTY", `shape [${shape.join(", ")}] has no elements`, "Give the weights' shape.");
  }
  checkAllocatable(size, `a mask of shape [${shape.join(", ")}]`);
  const data = new Uint8Array(size).fill(1);
  const removed = removedCount(size, sparsity);
  for (const place of rng.permutation(size).subarray(0, removed)) data[place] = 0;
  return { shape: [...shape], data };
}
