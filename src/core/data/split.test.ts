import { expect } from "chai";
import fc from "fast-check";
import { LabError } from "../errors.js";
import { seeded } from "../random.js";
import type { Dataset } from "./dataset.js";
import { calibrationSet, type SplitOptions, split } from "./split.js";

/** Each example's input is its own place, so that a part tells what it was made of. */
function numbered(labels: readonly number[], classes: number): Dataset {
  return {
    inputs: { shape: [labels.length, 1], data: Float32Array.from(labels.keys()) },
    labels: Int32Array.from(labels),
    classes,
  };
}

const classesOf = ({ labels, classes }: Dataset) =>
  Array.from({ length: classes }, (_, c) => labels.filter((label) => label === c).length);

const anyDataset = fc
  .array(fc.integer({ min: 0, max: 4 }), { minLength: 2, maxLength: 60 })
  .map((labels) => numbered(labels, 5));

describe("split", () => {
  it("gives disjoint parts of the sizes asked for, each example with its label", () => {
    fc.assert(
      fc.property(
        anyDataset,
        fc.double({ min: 0.01, max: 0.99, noNaN: true }),
        fc.string(),
        (data, part, seed) => {
          const total = data.labels.length;
          const count = Math.min(total - 1, Math.max(1, Math.round(part * total)));
          const parts = split(data, { counts: [count, total - count], rng: seeded(seed) });
          expect(parts.map(({ labels }) => labels.length)).to.deep.equal([count, total - count]);
          const places = parts.flatMap(({ inputs }) => [...inputs.data]);
          expect(places.toSorted((a, b) => a - b)).to.deep.equal([...data.inputs.data]);
          expect(parts.flatMap(({ labels }) => [...labels])).to.deep.equal(places.map((p) => data.labels[p]));
        },
      ),
    );
  });

  it("gives each class its share of both parts, to one example", () => {
    fc.assert(
      fc.property(anyDataset, fc.integer({ min: 1, max: 59 }), (data, wanted) => {
        const total = data.labels.length;
        const count = Math.min(wanted, total - 1);
        const parts = split(data, { counts: [count, total - count], rng: seeded("a") });
        for (const part of parts) {
          classesOf(part).forEach((found, label) => {
            const share = (classesOf(data)[label]! * part.labels.length) / total;
            expect(Math.abs(found - share)).to.be.below(1);
          });
        }
      }),
    );
  });

  it("cuts fractions where their sums say, and leaves the rest out", () => {
    const data = numbered(Array(10).fill(0), 1);
    const sizes = (fractions: number[]) =>
      split(data, { fractions, rng: seeded("a") }).map(({ labels }) => labels.length);
    expect(sizes([1 / 3, 1 / 3, 1 / 3])).to.deep.equal([3, 4, 3]);
    expect(sizes([0.7, 0.2, 0.1])).to.deep.equal([7, 2, 1]);
    expect(sizes([0.5])).to.deep.equal([5]);
  });

  it("gives the same parts for the same seed, others for another", () => {
    const data = numbered(Array(50).fill(0), 1);
    const first = (seed: string) => [...split(data, { counts: [20], rng: seeded(seed) })[0]!.inputs.data];
    expect(first("a")).to.deep.equal(first("a"));
    expect(first("a")).not.to.deep.equal(first("b"));
  });

  it("leaves the data set alone", () => {
    const data = numbered([0, 1, 1, 0, 1], 2);
    const before = structuredClone(data);
    split(data, { counts: [2, 3], rng: seeded("a") })[0]!.inputs.data.fill(7);
    expect(data).to.deep.equal(before);
  });

  it("gives as many parts as there are sizes, as the types know", () => {
    const data = numbered([0, 1, 1, 0, 1], 2);
    const [train, test] = split(data, { fractions: [0.6, 0.4], rng: seeded("a") });
    const [one, two, three] = split(data, { counts: [1, 1, 3], rng: seeded("a") });
    expect([train, test, one, two, three].map(({ labels }) => labels.length)).to.deep.equal([3, 2, 1, 1, 3]);
    // @ts-expect-error: there is no fourth part
    expect(split(data, { counts: [1, 1, 3], rng: seeded("a") })[3]).to.equal(undefined);
    const sizes: number[] = [2, 2];
    const parts: Dataset[] = split(data, { counts: sizes, rng: seeded("a") });
    expect(parts).to.have.length(2);
  });

  it("refuses to cut without sizes, and to draw without a generator", () => {
    const data = numbered([0, 1, 1, 0, 1], 2);
    const rng = seeded("a");
    const refusals: [unknown, string][] = [
      [undefined, "the list of sizes is undefined. Give counts: [800, 200] or fractions: [0.8, 0.2]."],
      [{ rng }, "the list of sizes is undefined"],
      [{ counts: 3, rng }, "the list of sizes is a number"],
      [{ fractions: 0.8, rng }, "the list of sizes is a number"],
      [{ counts: [2] }, "the generator rng is undefined"],
      [{ counts: [2], rng: "a" }, "the generator rng is a string"],
    ];
    for (const [options, message] of refusals) {
      expect(() => split(data, options as SplitOptions)).to.throw(LabError, message);
    }
    expect(() => calibrationSet(data, 2, undefined as never)).to.throw(LabError, "rng is undefined");
  });

  it("refuses parts that are empty, negative, or more than there is", () => {
    const data = numbered([0, 1, 1, 0, 1], 2);
    const refused = (sizes: { counts: number[] } | { fractions: number[] }, code: string) =>
      expect(() => split(data, { ...sizes, rng: seeded("a") } as SplitOptions))
        .to.throw(LabError)
        .with.property("code", code);
    refused({ counts: [5, 0] }, "BAD_INTEGER");
    refused({ counts: [2.5] }, "BAD_INTEGER");
    refused({ counts: [3, 3] }, "TOO_MANY_EXAMPLES");
    refused({ fractions: [0.9, 0.2] }, "TOO_MANY_EXAMPLES");
    refused({ fractions: [0.01] }, "BAD_INTEGER");
    for (const fraction of [0, -0.5, 1.5, Number.NaN]) refused({ fractions: [fraction] }, "BAD_FRACTION");
    expect(() => split(numbered([], 2), { counts: [1], rng: seeded("a") })).to.throw(LabError);
  });
});

describe("calibrationSet", () => {
  it("takes as many of each class as of the others", () => {
    const data = numbered([...Array(50).fill(0), ...Array(10).fill(1), ...Array(10).fill(2)], 3);
    expect(classesOf(calibrationSet(data, 12, seeded("a")))).to.deep.equal([4, 4, 4]);
    expect(classesOf(calibrationSet(data, 14, seeded("a"))).toSorted()).to.deep.equal([4, 5, 5]);
  });

  it("fills up from the others when a class has too few", () => {
    const data = numbered([0, 0, 0, 0, 0, 0, 1, 2, 2, 2], 4);
    expect(classesOf(calibrationSet(data, 7, seeded("a")))).to.deep.equal([3, 1, 3, 0]);
    expect(classesOf(calibrationSet(data, 10, seeded("a")))).to.deep.equal([6, 1, 3, 0]);
  });

  it("takes each example once at most", () => {
    fc.assert(
      fc.property(anyDataset, fc.string(), (data, seed) => {
        const { data: places } = calibrationSet(data, data.labels.length, seeded(seed)).inputs;
        expect([...places].toSorted((a, b) => a - b)).to.deep.equal([...data.inputs.data]);
      }),
    );
  });

  it("refuses none and more than there are", () => {
    const data = numbered([0, 1], 2);
    for (const count of [0, -1, 3, 1.5, Number.NaN]) {
      expect(() => calibrationSet(data, count, seeded("a"))).to.throw(LabError);
    }
  });
});
