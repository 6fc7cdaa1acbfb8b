/** What is timed: one call is one run. */
export interface Variant {
  readonly name: string;
  readonly run: () => unknown;
}

export interface Timing {
  readonly name: string;
  readonly medianMs: number;
}

/**
 * Times variants by turns, so that a machine that slows down slows all of them. One round comes first and is
 * not counted: code is compiled and memory is mapped there.
 */
export async function interleaved(variants: readonly Variant[], rounds: number): Promise<readonly Timing[]> {
  const times = variants.map((): number[] => []);
  for (let round = -1; round < rounds; round++) {
    for (const [i, { run }] of variants.entries()) {
      const start = performance.now();
      await run();
      if (round >= 0) times[i]!.push(performance.now() - start);
    }
  }
  return variants.map(({ name }, i) => ({ name, medianMs: median(times[i]!.sort((a, b) => a - b)) }));
}

export function median(sorted: readonly number[]): number {
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
