import { checkSparsity } from "../arguments.js";
import { LabError } from "../errors.js";

/** Which part goes, in [0, 1): one for all layers, or by the layers' names. */
export type Sparsities = number | Readonly<Record<string, number>>;

/** Throws a LabError unless every part is in [0, 1); of some by layer it names the layer. */
export function checkSparsities(sparsities: Sparsities, what = "sparsity", of = "weights"): void {
  const parts =
    typeof sparsities === "object" && sparsities !== null
      ? Object.entries(sparsities).map(([layer, part]) => ({ name: `${what} of layer ${layer}`, part }))
      : [{ name: what, part: sparsities }];
  for (const { name, part } of parts) {
    if (part >= 0 && part < 1) continue;
    throw new LabError(
      "BAD_SPARSITY",
      `${name} must be in [0, 1), got ${part}`,
      `Use 0.5 to remove half of the ${of}.`,
    );
  }
}

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
