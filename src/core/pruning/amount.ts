import { checkSparsity } from "../arguments.js";

/**
 * How many of n go: sparsity·n, rounded half to even as Python's `round` does (5·0.5 → 2, 3·0.5 → 2).
 * With few elements that can be all of them: 0.6 of 1 is 1.
 *
 * @see PyTorch, torch.nn.utils.prune, `_compute_nparams_toprune`
 */
export function removedCount(n: number, sparsity: number): number {
  checkSparsity(sparsity);
  const exact = sparsity * n;
  const below = Math.floor(exact);
  const rest = exact - below;
  const up = rest > 0.5 || (rest === 0.5 && below % 2 === 1);
  return up ? below + 1 : below;
}
