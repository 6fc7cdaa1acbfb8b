import type { Tensor } from "../tensor.js";
import { budgetTooSmall, type ConvSize, type Cost, checkBudget, tuckerCost } from "./cost.js";
import { rankByEnergy } from "./rank.js";
import { type TuckerRanks, tuckerSpectra } from "./tucker.js";

/** The ranks at which the kernel, unfolded along the inputs and along the outputs, keeps a share of its energy. */
export function tuckerRanksByEnergy(kernel: Tensor, energy: number): TuckerRanks {
  const { inputs, outputs } = tuckerSpectra(kernel);
  return { rankIn: rankByEnergy(inputs, energy), rankOut: rankByEnergy(outputs, energy) };
}

/**
 * Of all pairs of ranks within the budget, the one with the least bound on the squared error, and of several
 * the one with the smallest ranks:
 *
 *     ‖K - K'‖² ≤ Σ_{i > rankIn} σᵢ² + Σ_{j > rankOut} τⱼ²
 *
 * where σ and τ are the singular values of the kernel unfolded along the inputs and along the outputs.
 *
 * @see De Lathauwer, De Moor and Vandewalle, "A multilinear singular value decomposition" (2000), property 10
 */
export function tuckerRanksByBudget(kernel: Tensor, size: ConvSize, budget: Partial<Cost>): TuckerRanks {
  const limit = checkBudget(budget);
  const { inputs, outputs } = tuckerSpectra(kernel);
  const unit = Math.max(inputs[0]!, outputs[0]!) || 1;
  const [lostIn, lostOut] = [lostEnergies(inputs, unit), lostEnergies(outputs, unit)];
  let best: (TuckerRanks & { readonly bound: number }) | undefined;
  for (let rankIn = 1; rankIn <= inputs.length; rankIn++) {
    for (let rankOut = 1; rankOut <= outputs.length; rankOut++) {
      const { parameters, macs } = tuckerCost(size, { rankIn, rankOut });
      if (parameters > limit.parameters || macs > limit.macs) break;
      const bound = lostIn[rankIn]! + lostOut[rankOut]!;
      if (!best || bound < best.bound) best = { rankIn, rankOut, bound };
    }
  }
  if (!best) throw budgetTooSmall(tuckerCost(size, { rankIn: 1, rankOut: 1 }));
  return { rankIn: best.rankIn, rankOut: best.rankOut };
}

/** Σ_{i > r} (σᵢ / unit)² for r = 0, 1, …, summed from the smallest up. */
function lostEnergies(singularValues: Float64Array, unit: number): Float64Array {
  const lost = new Float64Array(singularValues.length + 1);
  for (let r = singularValues.length - 1; r >= 0; r--) {
    lost[r] = lost[r + 1]! + (singularValues[r]! / unit) ** 2;
  }
  return lost;
}
