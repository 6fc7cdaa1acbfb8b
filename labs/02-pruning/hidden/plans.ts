import type { Rng } from "edgelab/testing";

export interface Scan {
  readonly sparsities: number[];
  readonly accuracies: number[];
}

/** A sum of at most ten accuracies, each rounded by up to 2^-53 at every addition, in whatever order. */
export const sumSlack = 20 * 2 ** -53;

/** Sparsities that rise from 0 in twentieths. */
export function drawSparsities(rng: Rng, count: number): number[] {
  const places = [...rng.permutation(18)].slice(0, count - 1).sort((a, b) => a - b);
  return [0, ...places.map((place) => (place + 1) / 20)];
}

/** Accuracies in thousandths that fall, faster and faster, with some chance in them. */
export function drawScan(rng: Rng, count: number): Scan {
  const sparsities = drawSparsities(rng, count);
  const height = rng.uniform(100, 700);
  const bend = rng.uniform(1.2, 5);
  const accuracies = sparsities.map((sparsity) => {
    const chance = sparsity === 0 ? 0 : rng.integer(-8, 8);
    return Math.round(940 - height * sparsity ** bend + chance) / 1000;
  });
  return { sparsities, accuracies };
}

/** A multiple of 200, so that a twentieth is a whole number of weights, far from a tie. */
export function drawSize(rng: Rng): number {
  return 200 * rng.integer(1, 40);
}

export function removedBy(plan: readonly number[], sizes: readonly number[]): number {
  return plan.reduce((sum, sparsity, l) => sum + Math.round(sparsity * sizes[l]!), 0);
}

export function lossOf(scans: readonly Scan[], plan: readonly number[]): number {
  return scans.reduce(
    (sum, { sparsities, accuracies }, l) => sum + accuracies[0]! - accuracies[sparsities.indexOf(plan[l]!)]!,
    0,
  );
}

/** The least predicted loss of all plans that remove enough; Infinity if none does. */
export function leastLoss(scans: readonly Scan[], sizes: readonly number[], toRemove: number): number {
  let least = Number.POSITIVE_INFINITY;
  const extend = (plan: readonly number[]): void => {
    const next = scans[plan.length];
    if (next) for (const sparsity of next.sparsities) extend([...plan, sparsity]);
    else if (removedBy(plan, sizes) >= toRemove) least = Math.min(least, lossOf(scans, plan));
  };
  extend([]);
  return least;
}

/** What comes of always taking the next step of the layer that costs least a weight, until it is enough. */
export function greedyLoss(scans: readonly Scan[], sizes: readonly number[], toRemove: number): number {
  const steps = scans.map(() => 0);
  const planOf = () => scans.map(({ sparsities }, l) => sparsities[steps[l]!]!);
  while (removedBy(planOf(), sizes) < toRemove) {
    const prices = scans.map(({ sparsities, accuracies }, l) => {
      const at = steps[l]!;
      if (at + 1 >= sparsities.length) return Number.POSITIVE_INFINITY;
      return (accuracies[at]! - accuracies[at + 1]!) / (sizes[l]! * (sparsities[at + 1]! - sparsities[at]!));
    });
    steps[prices.indexOf(Math.min(...prices))]!++;
  }
  return lossOf(scans, planOf());
}
