import type { Point, Stroke } from "./glyph-strokes.js";

const stepsPerPiece = 5;

/**
 * A smooth path through the points: between p1 and p2, with the neighbours p0 and p3, Catmull and Rom's cubic
 * ½ (2 p1 + (p2 - p0) u + (2 p0 - 5 p1 + 4 p2 - p3) u² + (3 p1 - p0 - 3 p2 + p3) u³), 0 ≤ u ≤ 1.
 *
 * @see Catmull and Rom, "A class of local interpolating splines" (1974)
 */
export function spline(points: Stroke): Stroke {
  const at = (i: number) => points[Math.min(points.length - 1, Math.max(0, i))]!;
  const path: Point[] = [at(0)];
  for (let i = 0; i + 1 < points.length; i++) {
    const [p0, p1, p2, p3] = [at(i - 1), at(i), at(i + 1), at(i + 2)];
    for (let step = 1; step <= stepsPerPiece; step++) {
      const u = step / stepsPerPiece;
      path.push([cubic(p0[0], p1[0], p2[0], p3[0], u), cubic(p0[1], p1[1], p2[1], p3[1], u)]);
    }
  }
  return path;
}

function cubic(p0: number, p1: number, p2: number, p3: number, u: number): number {
  const quadratic = 2 * p0 - 5 * p1 + 4 * p2 - p3;
  const third = 3 * p1 - p0 - 3 * p2 + p3;
  return (2 * p1 + (p2 - p0 + (quadratic + third * u) * u) * u) / 2;
}

/** For each pixel of a square image its distance from the nearest path; infinite beyond `reach`. */
export function distanceMap(paths: readonly Stroke[], side: number, reach: number): Float64Array {
  const squares = new Float64Array(side * side).fill(Number.POSITIVE_INFINITY);
  for (const path of paths) {
    for (let i = 1; i < path.length; i++) lower(squares, side, path[i - 1]!, path[i]!, reach);
  }
  return squares.map((square) => (square <= reach * reach ? Math.sqrt(square) : Number.POSITIVE_INFINITY));
}

/** How much of a pixel is ink if the stroke's edge lies `inside` pixels beyond its centre. */
export function coverage(inside: number): number {
  return Math.min(1, Math.max(0, inside + 0.5));
}

/** Lowers the squared distance of the pixels around the line from a to b to their distance from that line. */
function lower(squares: Float64Array, side: number, [ax, ay]: Point, [bx, by]: Point, reach: number): void {
  const dx = bx - ax;
  const dy = by - ay;
  const squaredLength = dx * dx + dy * dy;
  const [left, right] = pixels(ax, bx, reach, side);
  const [top, bottom] = pixels(ay, by, reach, side);
  for (let y = top; y <= bottom; y++) {
    for (let x = left; x <= right; x++) {
      const along = squaredLength > 0 ? ((x - ax) * dx + (y - ay) * dy) / squaredLength : 0;
      const part = Math.min(1, Math.max(0, along));
      const awayX = x - ax - part * dx;
      const awayY = y - ay - part * dy;
      const square = awayX * awayX + awayY * awayY;
      if (square < squares[y * side + x]!) squares[y * side + x] = square;
    }
  }
}

/** The first and the last pixel within reach of a line from a to b, along one axis. */
function pixels(a: number, b: number, reach: number, side: number): [first: number, last: number] {
  return [
    Math.max(0, Math.ceil(Math.min(a, b) - reach)),
    Math.min(side - 1, Math.floor(Math.max(a, b) + reach)),
  ];
}
