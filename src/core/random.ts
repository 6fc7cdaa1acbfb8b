/** A seeded generator of random numbers. */
export interface Rng {
  /** A real number in [low, high). */
  uniform(low: number, high: number): number;
  /** An integer in [low, high], both ends included. */
  integer(low: number, high: number): number;
  /** A draw from the normal distribution. */
  normal(mean?: number, deviation?: number): number;
}
