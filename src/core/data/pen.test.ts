import { expect } from "chai";
import fc from "fast-check";
import { coverage, distanceMap, spline } from "./pen.js";

const coordinate = fc.double({ min: -2, max: 12, noNaN: true });
const point = fc.tuple(coordinate, coordinate);

describe("spline", () => {
  it("passes through every point", () => {
    fc.assert(
      fc.property(fc.array(point, { minLength: 2, maxLength: 8 }), (points) => {
        const path = spline(points);
        points.forEach(([x, y], i) => {
          // At u = 1 the cubic's coefficients sum to 2 p2; coordinates are below 12 and at most 10 roundings,
          // each of a number below 150, add up to less than 10 · 150 · 2^-53.
          expect(path[i * 5]![0]).to.be.closeTo(x, 2e-13);
          expect(path[i * 5]![1]).to.be.closeTo(y, 2e-13);
        });
      }),
    );
  });

  it("goes straight between two corners", () => {
    const path = spline([
      [0, 5],
      [0, 0],
      [0, 0],
      [6, 3],
      [6, 3],
      [9, 9],
    ]);
    for (const [x, y] of path.slice(10, 16)) expect(y).to.be.closeTo(x / 2, 2e-13);
  });

  it("is the parabola's middle where four points lie on one", () => {
    // Catmull and Rom's cubic reproduces quadratics: x², at x = 0, 1, 2, 3.
    const path = spline([
      [0, 0],
      [1, 1],
      [2, 4],
      [3, 9],
    ]);
    for (const [x, y] of path.slice(5, 11)) expect(y).to.be.closeTo(x * x, 2e-13);
  });
});

describe("distanceMap", () => {
  const at = (map: Float64Array, x: number, y: number) => map[y * 10 + x];

  it("measures from a line's nearest point: beside it, beyond its end, and on it", () => {
    const map = distanceMap(
      [
        [
          [2, 5],
          [6, 5],
        ],
      ],
      10,
      3,
    );
    expect(at(map, 4, 5)).to.equal(0);
    expect(at(map, 4, 7)).to.equal(2);
    expect(at(map, 8, 6)).to.equal(Math.sqrt(5));
    expect(at(map, 9, 9)).to.equal(Number.POSITIVE_INFINITY);
  });

  it("measures from the nearest of two strokes", () => {
    const map = distanceMap(
      [
        [
          [0, 1],
          [9, 1],
        ],
        [
          [0, 8],
          [9, 8],
        ],
      ],
      10,
      9,
    );
    expect(at(map, 5, 2)).to.equal(1);
    expect(at(map, 5, 7)).to.equal(1);
  });

  it("measures from a path of no length", () => {
    expect(
      at(
        distanceMap(
          [
            [
              [3, 3],
              [3, 3],
            ],
          ],
          10,
          9,
        ),
        6,
        7,
      ),
    ).to.equal(5);
  });

  it("finds the distance that the smallest of many samples of the line gives", () => {
    fc.assert(
      fc.property(point, point, (a, b) => {
        const map = distanceMap([[a, b]], 10, 4);
        const length = Math.hypot(b[0] - a[0], b[1] - a[1]);
        for (const [x, y] of [
          [0, 0],
          [5, 5],
          [9, 2],
        ] as const) {
          let sampled = Number.POSITIVE_INFINITY;
          for (let u = 0; u <= 1; u += 1 / 256) {
            sampled = Math.min(
              sampled,
              Math.hypot(a[0] + u * (b[0] - a[0]) - x, a[1] + u * (b[1] - a[1]) - y),
            );
          }
          // The nearest point lies at most half of a sampling step from a sample.
          const slack = length / 512 + 1e-9;
          const found = at(map, x, y)!;
          if (found <= 4) expect(found).to.be.within(sampled - slack, sampled + 1e-9);
          else expect(sampled).to.be.above(4);
        }
      }),
    );
  });
});

describe("coverage", () => {
  it("is half on the edge, full and none half a pixel away", () => {
    expect([-1, -0.5, -0.25, 0, 0.5, 2].map(coverage)).to.deep.equal([0, 0, 0.25, 0.5, 1, 1]);
    expect(coverage(Number.NEGATIVE_INFINITY)).to.equal(0);
  });
});
