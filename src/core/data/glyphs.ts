import { checkInteger } from "../arguments.js";
import { LabError } from "../errors.js";
import { checkRng, type Rng } from "../random.js";
import type { Dataset } from "./dataset.js";
import { digitShapes, type Point, type Stroke } from "./glyph-strokes.js";
import { coverage, distanceMap, spline } from "./pen.js";

// Only + - × ÷ and square roots here and in pen.ts: IEEE 754 defines them to the last bit, but not sines.

const side = 28;

type Range = readonly [low: number, high: number];

/** How much digits differ within a class. Lengths are in pixels where nothing else is said. */
interface Variety {
  /** Half of the digit's width and height, before it is turned and sheared. */
  readonly halfWidth: Range;
  readonly halfHeight: Range;
  /** The tangent of half the angle: 0.1 is 11°. */
  readonly turn: number;
  /** Sideways shift for each pixel of height. */
  readonly shear: number;
  readonly shift: number;
  /** Deviation of each point that the pen passes, as a part of the digit's half size. */
  readonly wobble: number;
  /** Half of the stroke's width. */
  readonly pen: Range;
  /** The brightness of full ink. */
  readonly ink: Range;
  /** Deviation of the noise added to each pixel. */
  readonly noise: number;
  /** The side of a square patch without ink; none where 0. */
  readonly patch: Range;
}

const levels: Readonly<Record<GlyphLevel, Variety>> = {
  easy: {
    halfWidth: [7, 10.5],
    halfHeight: [8.5, 11],
    turn: 0.12,
    shear: 0.25,
    shift: 2.5,
    wobble: 0.06,
    pen: [0.8, 1.7],
    ink: [0.7, 1],
    noise: 0.1,
    patch: [0, 1],
  },
  hard: {
    halfWidth: [6, 11],
    halfHeight: [8, 11.5],
    turn: 0.15,
    shear: 0.3,
    shift: 2.5,
    wobble: 0.06,
    pen: [0.7, 2],
    ink: [0.6, 1],
    noise: 0.15,
    patch: [3, 7],
  },
};

/**
 * "easy": upright, clear digits. "hard": more slanted, shifted, thin or thick, noisy, and partly covered. Of 2,000
 * new ones the zoo's trained teaching CNNs get 99 % and 93 % right.
 */
export type GlyphLevel = "easy" | "hard";

/**
 * Handwriting-like digits, drawn afresh: 28×28 grey images ([count, 28, 28, 1], 0 is paper, 1 is ink) of the
 * classes 0 to 9 in random order, equally many of each class (or one more). The same generator gives the same
 * images on every platform, to the bit.
 *
 * Each digit is drawn through the points of one of its written shapes (`glyph-strokes.ts`): the points wobble,
 * the whole is scaled, sheared, turned and shifted, a pen of random width and darkness follows it, and noise
 * comes on top. There is no fixed training and test set: two generators with different seeds give two.
 *
 * @throws LabError for a count that is not an integer of 1 or more, an unknown level, and what is no
 * generator.
 *
 * @example
 * ```ts
 * import { seeded } from "edgelab/core";
 * const data = glyphs({ count: 20, level: "easy", rng: seeded("week 1") });
 * data.inputs.shape; // [20, 28, 28, 1]
 * data.labels.filter((digit) => digit === 7).length; // 2
 * ```
 */
export function glyphs(options: { count: number; level?: GlyphLevel; rng: Rng }): Dataset {
  const { count, level = "easy", rng } = options ?? {};
  checkInteger(count, "count", 1);
  checkRng(rng);
  if (!Object.hasOwn(levels, level)) {
    throw new LabError("BAD_LEVEL", `there is no level "${level}" of glyphs`, 'Use "easy" or "hard".');
  }
  const labels = rng.permutation(count).map((place) => place % digitShapes.length);
  const inputs = { shape: [count, side, side, 1], data: new Float32Array(count * side * side) };
  labels.forEach((digit, i) => {
    inputs.data.set(drawDigit(digit, levels[level], rng), i * side * side);
  });
  return { inputs, labels, classes: digitShapes.length };
}

function drawDigit(digit: number, variety: Variety, rng: Rng): Float32Array {
  const shapes = digitShapes[digit]!;
  const place = randomPlacement(variety, rng);
  const pen = rng.uniform(...variety.pen);
  const strokes = shapes[rng.integer(0, shapes.length - 1)]!;
  const paths = strokes.map((stroke) => spline(wobbled(stroke, variety.wobble, rng).map(place)));
  const distances = uncovered(distanceMap(paths, side, pen + 0.5), variety.patch, rng);
  const ink = rng.uniform(...variety.ink);
  return Float32Array.from(distances, (distance) => {
    const value = ink * coverage(pen - distance) + rng.normal(0, variety.noise);
    return Math.min(1, Math.max(0, value));
  });
}

/**
 * Scales, shears and turns a point, and moves it to the image's middle:
 * (x, y) → R S (x, y) + t, with R from t = tan(θ/2): cos θ = (1 - t²)/(1 + t²), sin θ = 2t/(1 + t²).
 */
function randomPlacement(variety: Variety, rng: Rng): (point: Point) => Point {
  const spread = (size: number) => rng.uniform(-size, size);
  const width = rng.uniform(...variety.halfWidth);
  const height = rng.uniform(...variety.halfHeight);
  const shear = spread(variety.shear);
  const t = spread(variety.turn);
  const cos = (1 - t * t) / (1 + t * t);
  const sin = (2 * t) / (1 + t * t);
  const middleX = (side - 1) / 2 + spread(variety.shift);
  const middleY = (side - 1) / 2 + spread(variety.shift);
  return ([unitX, unitY]) => {
    const y = unitY * height;
    const x = unitX * width - shear * y;
    return [middleX + cos * x - sin * y, middleY + sin * x + cos * y];
  };
}

/** Moves each point a little. A corner's two points move together. */
function wobbled(stroke: Stroke, deviation: number, rng: Rng): Stroke {
  const moved: Point[] = [];
  stroke.forEach(([x, y], i) => {
    const before = stroke[i - 1];
    const isCorner = before !== undefined && before[0] === x && before[1] === y;
    moved.push(isCorner ? moved[i - 1]! : [x + rng.normal(0, deviation), y + rng.normal(0, deviation)]);
  });
  return moved;
}

/** The distances with all ink far from a square in the middle part of the image. */
function uncovered(distances: Float64Array, patch: Range, rng: Rng): Float64Array {
  const size = Math.floor(rng.uniform(...patch));
  const left = rng.integer(6, side - 6 - size);
  const top = rng.integer(6, side - 6 - size);
  const changed = distances.slice();
  for (let y = top; y < top + size; y++) {
    changed.fill(Number.POSITIVE_INFINITY, y * side + left, y * side + left + size);
  }
  return changed;
}
