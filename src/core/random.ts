import { wrongKind } from "./arguments.js";
import { LabError } from "./errors.js";

/** A seeded generator of random numbers. */
export interface Rng {
  /** A real number in [low, high). */
  uniform(low: number, high: number): number;
  /** An integer in [low, high], both ends included. */
  integer(low: number, high: number): number;
  /** A draw from the normal distribution. */
  normal(mean?: number, deviation?: number): number;
  /** The integers from 0 to count - 1 in random order. */
  permutation(count: number): Int32Array;
}

/**
 * A generator that gives the same stream for the same text, on every platform.
 *
 * The text's FNV-1a hash (64 bits, over UTF-8) seeds splitmix64, which fills the state of xoshiro128**.
 * `normal` needs a logarithm; JavaScript leaves the last digit of `Math.log` to the platform, so it is
 * computed here from the four operations, which IEEE 754 defines to the last bit. (`Math.sqrt` is left open
 * by the language too, but every engine uses the processor's, which IEEE 754 also defines.)
 *
 * Good for drawing inputs; not for secrets.
 *
 * @throws LabError where a bound is not finite or a range is empty.
 * @see Blackman and Vigna, "Scrambled linear pseudorandom number generators" (2021), https://prng.di.unimi.it
 * @see Steele, Lea and Flood, "Fast splittable pseudorandom number generators" (2014)
 * @see RFC 9923, The FNV Non-Cryptographic Hash Algorithm
 *
 * @example
 * ```ts
 * const rng = seeded("week 1");
 * rng.integer(1, 6); // 2
 * ```
 */
export function seeded(seed: string): Rng {
  const next = xoshiro128(splitmixState(fnv1a(seed)));
  const unit = () => unitInterval(next(), next());
  return {
    uniform: (low, high) => uniform(unit, low, high),
    integer: (low, high) => integer(next, low, high),
    normal: (mean = 0, deviation = 1) => normal(unit, mean, deviation),
    permutation: (count) => permutation(next, count),
  };
}

/** Throws a LabError for what is no generator, such as a seed's text alone. */
export function checkRng(rng: Rng): void {
  if (typeof rng?.permutation === "function") return;
  throw wrongKind("the generator rng", rng, 'Give one made from a text: seeded("week 1").');
}

/** FNV-1a, 64 bits, over the UTF-8 bytes of the text. */
export function fnv1a(text: string): bigint {
  let hash = 0xcbf29ce484222325n;
  for (const byte of new TextEncoder().encode(text)) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  }
  return hash;
}

/** Two outputs of splitmix64, as four 32-bit words, low halves first. */
export function splitmixState(seed: bigint): [number, number, number, number] {
  const words: number[] = [];
  for (let step = 1n; step <= 2n; step++) {
    let z = BigInt.asUintN(64, seed + step * 0x9e3779b97f4a7c15n);
    z = BigInt.asUintN(64, (z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n);
    z = BigInt.asUintN(64, (z ^ (z >> 27n)) * 0x94d049bb133111ebn);
    z ^= z >> 31n;
    words.push(Number(z & 0xffffffffn), Number(z >> 32n));
  }
  const [a = 0, b = 0, c = 0, d = 0] = words;
  return [a, b, c, d];
}

/** xoshiro128** 1.1: each call gives the next 32 bits. */
export function xoshiro128([a, b, c, d]: readonly [number, number, number, number]): () => number {
  return () => {
    const result = Math.imul(rotateLeft(Math.imul(b, 5), 7), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = rotateLeft(d, 11);
    return result;
  };
}

function rotateLeft(x: number, bits: number): number {
  return (x << bits) | (x >>> (32 - bits));
}

/** 53 random bits as a multiple of 2^-53 in [0, 1). */
function unitInterval(first: number, second: number): number {
  return ((first >>> 5) * 2 ** 26 + (second >>> 6)) / 2 ** 53;
}

function uniform(unit: () => number, low: number, high: number): number {
  if (!(Number.isFinite(high - low) && low < high)) {
    throw new LabError("BAD_RANGE", `[${low}, ${high}) holds no number to draw`, "Give finite low < high.");
  }
  // The sum can round up to `high`, which is outside of the interval.
  for (;;) {
    const drawn = low + unit() * (high - low);
    if (drawn < high) return drawn;
  }
}

function integer(next: () => number, low: number, high: number): number {
  const count = high - low + 1;
  if (!(Number.isSafeInteger(low) && Number.isSafeInteger(high) && count >= 1 && count <= 2 ** 32)) {
    throw new LabError(
      "BAD_RANGE",
      `cannot draw an integer from ${low} to ${high}`,
      "Give integers low <= high that are less than 2^32 apart.",
    );
  }
  // Draws above the largest multiple of `count` would make small results likelier: draw again.
  const limit = 2 ** 32 - (2 ** 32 % count);
  for (;;) {
    const drawn = next();
    if (drawn < limit) return low + (drawn % count);
  }
}

/** Fisher and Yates's shuffle, from the last place to the first (Knuth, TAOCP 2, algorithm 3.4.2P). */
function permutation(next: () => number, count: number): Int32Array {
  if (!(Number.isInteger(count) && count >= 0 && count <= 2 ** 28)) {
    throw new LabError("BAD_LENGTH", `cannot permute ${count} things`, "Give an integer from 0 to 2^28.");
  }
  const order = Int32Array.from({ length: count }, (_, i) => i);
  for (let last = count - 1; last > 0; last--) {
    const chosen = integer(next, 0, last);
    const kept = order[last]!;
    order[last] = order[chosen]!;
    order[chosen] = kept;
  }
  return order;
}

/** Marsaglia's polar method (1964). The second number that it makes is dropped: a call depends on no other. */
function normal(unit: () => number, mean: number, deviation: number): number {
  if (!(Number.isFinite(mean) && Number.isFinite(deviation) && deviation >= 0)) {
    throw new LabError(
      "BAD_DISTRIBUTION",
      `no normal distribution has mean ${mean} and deviation ${deviation}`,
      "Give a finite mean and a finite deviation that is not negative.",
    );
  }
  for (;;) {
    const u = 2 * unit() - 1;
    const v = 2 * unit() - 1;
    const s = u * u + v * v;
    if (s > 0 && s < 1) return mean + deviation * u * Math.sqrt((-2 * ln(s)) / s);
  }
}

/**
 * ln(x) for 0 < x < 1, with + - × ÷ only: x = m·2^e with m in [√½, √2), and
 * ln m = 2 artanh z = 2 (z + z³/3 + z⁵/5 + …) with z = (m - 1)/(m + 1), so |z| < 0.172.
 */
function ln(x: number): number {
  let mantissa = x;
  let exponent = 0;
  while (mantissa < Math.SQRT1_2) {
    mantissa *= 2;
    exponent--;
  }
  const z = (mantissa - 1) / (mantissa + 1);
  let sum = 0;
  for (let power = 23; power >= 1; power -= 2) sum = sum * z * z + 1 / power;
  return 2 * z * sum + exponent * Math.LN2;
}
