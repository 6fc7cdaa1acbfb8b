import { checkFinite, checkInteger, checkNotEmpty, checkNumber } from "../arguments.js";
import { LabError } from "../errors.js";

/**
 * The smallest rank whose singular values hold at least the given share of the energy:
 *
 *     min r:  Σ_{i ≤ r} σᵢ² ≥ energy · Σ σᵢ²
 *
 * It is at least 1, also for a matrix that is all zero.
 *
 * @param singularValues the largest first
 * @param energy a share from 0 to 1, such as 0.95
 * @throws LabError for singular values that are none (not finite, negative, not in order, or missing), and for
 *   an energy outside of 0 to 1.
 *
 * @example
 * ```ts
 * rankByEnergy([3, 2, 1], 0.9); // 2
 * rankByEnergy([3, 2, 1], 1); // 3
 * ```
 */
export function rankByEnergy(singularValues: ArrayLike<number>, energy: number): number {
  checkNumber(energy, "energy", 0, 1);
  const sums = cumulativeEnergy(singularValues);
  const wanted = energy * sums[sums.length - 1]!;
  return sums.findIndex((sum) => sum >= wanted) + 1;
}

/**
 * The share of the energy that the first `rank` singular values hold, from 0 to 1; 1 for a matrix that is all
 * zero.
 *
 * @throws LabError for singular values that are none, and for a rank that is no integer from 1 to their number.
 *
 * @example
 * ```ts
 * energyOfRank([4, 3], 1); // 0.64
 * ```
 */
export function energyOfRank(singularValues: ArrayLike<number>, rank: number): number {
  const sums = cumulativeEnergy(singularValues);
  checkInteger(rank, "rank", 1, sums.length);
  const total = sums[sums.length - 1]!;
  return total === 0 ? 1 : sums[rank - 1]! / total;
}

/**
 * How far the nearest matrix of the given rank is, relative to the matrix itself, in the Frobenius norm:
 *
 *     ‖A - A_r‖ / ‖A‖ = √(Σ_{i > r} σᵢ² / Σ σᵢ²)
 *
 * 0 for a matrix that is all zero.
 *
 * @throws LabError as `energyOfRank` does.
 * @see Eckart and Young, "The approximation of one matrix by another of lower rank" (1936)
 *
 * @example
 * ```ts
 * errorOfRank([4, 3], 1); // 0.6
 * errorOfRank([4, 3], 2); // 0
 * ```
 */
export function errorOfRank(singularValues: ArrayLike<number>, rank: number): number {
  checkSpectrum(singularValues);
  checkInteger(rank, "rank", 1, singularValues.length);
  const largest = singularValues[0]!;
  if (largest === 0) return 0;
  let [lost, total] = [0, 0];
  // From the smallest up, so that many small ones are not lost beside a large one.
  for (let i = singularValues.length - 1; i >= 0; i--) {
    total += (singularValues[i]! / largest) ** 2;
    if (i === rank) lost = total;
  }
  return Math.sqrt(lost / total);
}

/** Σ_{i ≤ r} (σᵢ / σ₁)² for each r: the division keeps squares from overflow and underflow. */
function cumulativeEnergy(singularValues: ArrayLike<number>): Float64Array {
  checkSpectrum(singularValues);
  const largest = singularValues[0]! || 1;
  let sum = 0;
  return Float64Array.from(singularValues, (s) => {
    sum += (s / largest) ** 2;
    return sum;
  });
}

function checkSpectrum(singularValues: ArrayLike<number>): void {
  checkNotEmpty(singularValues, "the list of singular values");
  checkFinite(singularValues, "a singular value");
  for (let i = 0; i < singularValues.length; i++) {
    const before = i === 0 ? Number.MAX_VALUE : singularValues[i - 1]!;
    if (singularValues[i]! < 0 || singularValues[i]! > before) {
      throw new LabError(
        "BAD_SPECTRUM",
        `singular value ${i} is ${singularValues[i]}`,
        "Singular values are 0 or more, the largest first: take them from svd.",
      );
    }
  }
}
