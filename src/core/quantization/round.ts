/**
 * The nearest integer; a tie goes to the even neighbour (IEEE 754 roundTiesToEven, as ONNX, PyTorch and
 * numpy round). `Math.round` sends every tie up: 2.5 to 3, and -2.5 to -2.
 *
 * @example
 * ```ts
 * [0.5, 1.5, 2.5, -1.5].map(roundHalfToEven); // [0, 2, 2, -2]
 * ```
 */
export function roundHalfToEven(x: number): number {
  const below = Math.floor(x);
  const fraction = x - below;
  if (fraction < 0.5) return below;
  if (fraction > 0.5) return below + 1;
  // An infinity ends here too: Infinity - Infinity is NaN.
  return below % 2 === 0 ? below : below + 1;
}

/**
 * The nearest integer; a tie goes away from zero (C's `round`, as TensorFlow Lite rounds).
 *
 * @example
 * ```ts
 * [0.5, 1.5, 2.5, -1.5].map(roundHalfAwayFromZero); // [1, 2, 3, -2]
 * ```
 */
export function roundHalfAwayFromZero(x: number): number {
  const magnitude = Math.abs(x);
  const below = Math.floor(magnitude);
  // Infinity - Infinity is NaN, which is not below a half: the infinity stays.
  return Math.sign(x) * (magnitude - below < 0.5 ? below : below + 1);
}
