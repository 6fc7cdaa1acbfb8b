import { readFileSync } from "node:fs";
import path from "node:path";
import { createContext, runInContext } from "node:vm";
import { expect } from "chai";
import fc from "fast-check";
import { seeded } from "../random.js";
import type { Tensor } from "../tensor.js";
import {
  applyMask,
  channelMask,
  channelNorms,
  globalMagnitudeMasks,
  type Mask,
  magnitudeMask,
  magnitudeThreshold,
  maskCounts,
  nmMask,
  randomMask,
  sparsityOf,
  taylorChannelScores,
  taylorMask,
  taylorScores,
  weakestChannels,
} from "./index.js";

type Written = number | string;

interface Case {
  readonly name?: string;
  readonly shape: number[];
  readonly x: Written[];
  readonly sparsity: number;
  readonly removed: number[];
  readonly norm: Written;
  readonly axis?: number;
  readonly norms: number[];
  readonly magnitudes: Written[];
  readonly gradient: number[];
  readonly threshold: number;
  readonly n: number;
  readonly m: number;
}

interface Fixtures {
  readonly magnitude: Case[];
  readonly ties: Case[];
  readonly channel: Case[];
  readonly norms: Case[];
  readonly random: (Omit<Case, "removed"> & { removed: number })[];
  readonly taylor: Case[];
  readonly nOfM: Case[];
  readonly threshold: Case[];
  readonly global: { shapes: number[][]; x: number[][]; sparsity: number; removed: number[][] }[];
}

const fixtures = JSON.parse(
  readFileSync(path.join(import.meta.dirname, "fixtures/pruning.json"), "utf8"),
) as Fixtures;

/** Infinities are written as text. */
const tensorOf = (shape: number[], x: readonly Written[]): Tensor => ({
  shape,
  data: Float32Array.from(x, Number),
});
const vector = (...x: number[]): Tensor => tensorOf([x.length], x);
const removed = ({ data }: Mask): number[] => [...data.keys()].filter((i) => data[i] === 0);
const normOf = (norm: Written): 1 | 2 => Number(norm) as 1 | 2;

const sparsities = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const weights = fc
  .array(fc.oneof(fc.float({ noNaN: true }), fc.constantFrom(0, -0, 1, -1)), { minLength: 1, maxLength: 60 })
  .map((x) => vector(...x));

/** Half to even, from the text of the number: another way than that of the library. */
const rounded = (exact: number): number => {
  const nearest = Math.round(exact);
  return exact % 1 === 0.5 && nearest % 2 === 1 ? nearest - 1 : nearest;
};

describe("masks by magnitude", () => {
  for (const { shape, x, sparsity, removed: wanted } of fixtures.magnitude) {
    it(`remove the weights that PyTorch removes: ${sparsity} of [${shape}]`, () => {
      expect(removed(magnitudeMask(tensorOf(shape, x), { sparsity }))).to.deep.equal(wanted);
    });
  }

  for (const { name, shape, x, sparsity, magnitudes } of fixtures.ties) {
    it(`remove as many of equals as PyTorch does: ${sparsity} of ${name}`, () => {
      const weights = tensorOf(shape, x);
      const gone = removed(magnitudeMask(weights, { sparsity })).map((i) => Math.abs(weights.data[i]!));
      expect(gone.sort((a, b) => a - b || 0)).to.deep.equal(magnitudes.map(Number));
    });
  }

  for (const [i, { shapes, x, sparsity, removed: wanted }] of fixtures.global.entries()) {
    it(`remove over all layers what PyTorch removes: ${sparsity}, ${i}`, () => {
      const layers = shapes.map((shape, layer) => tensorOf(shape, x[layer]!));
      expect(globalMagnitudeMasks(layers, { sparsity }).map(removed)).to.deep.equal(wanted);
    });
  }

  for (const { shape, x, sparsity, threshold } of fixtures.threshold) {
    it(`have the threshold that sorting finds: ${sparsity} of [${shape}]`, () => {
      expect(magnitudeThreshold(tensorOf(shape, x), { sparsity })).to.equal(threshold);
    });
  }

  it("remove of equals those that stand first, in earlier layers first", () => {
    expect([...magnitudeMask(vector(1, -1, 1, -1, 1), { sparsity: 0.6 }).data]).to.deep.equal([
      0, 0, 0, 1, 1,
    ]);
    expect([...magnitudeMask(vector(2, -0, 0, 2), { sparsity: 0.25 }).data]).to.deep.equal([1, 0, 1, 1]);
    const masks = globalMagnitudeMasks([vector(1, 5), vector(-1, 1)], { sparsity: 0.5 });
    expect(masks.map(({ data }) => [...data])).to.deep.equal([
      [0, 1],
      [0, 1],
    ]);
  });

  it("keep all where the count is 0", () => {
    expect(removed(magnitudeMask(vector(0, 0, 1), { sparsity: 0 }))).to.deep.equal([]);
    expect(magnitudeThreshold(vector(0, 0, 1), { sparsity: 0.1 })).to.equal(Number.NEGATIVE_INFINITY);
  });

  it("remove exactly the count, and nothing that is larger than what stays", () => {
    const property = fc.property(weights, sparsities, (x, sparsity) => {
      const mask = magnitudeMask(x, { sparsity });
      const gone = removed(mask);
      expect(gone).to.have.length(rounded(sparsity * x.data.length));
      const stay = [...x.data.keys()].filter((i) => mask.data[i] === 1);
      const largest = Math.max(...gone.map((i) => Math.abs(x.data[i]!)));
      expect(stay.every((i) => Math.abs(x.data[i]!) >= largest)).to.equal(true);
      // Of equals, none that goes stands after one that stays.
      for (const i of stay) {
        if (Math.abs(x.data[i]!) === largest)
          expect(gone.every((j) => j < i || Math.abs(x.data[j]!) < largest)).to.equal(true);
      }
      if (gone.length > 0) expect(magnitudeThreshold(x, { sparsity })).to.equal(largest);
    });
    fc.assert(property, { numRuns: 500 });
  });

  it("remove over all layers what they remove of the layers joined", () => {
    const property = fc.property(
      fc.array(weights, { minLength: 1, maxLength: 4 }),
      sparsities,
      (layers, sparsity) => {
        const joined = vector(...layers.flatMap(({ data }) => [...data]));
        const masks = globalMagnitudeMasks(layers, { sparsity });
        expect(masks.flatMap(({ data }) => [...data])).to.deep.equal([
          ...magnitudeMask(joined, { sparsity }).data,
        ]);
      },
    );
    fc.assert(property);
  });

  it("remove more where the sparsity is higher, and never another", () => {
    const property = fc.property(weights, sparsities, sparsities, (x, a, b) => {
      const less = removed(magnitudeMask(x, { sparsity: Math.min(a, b) }));
      expect(removed(magnitudeMask(x, { sparsity: Math.max(a, b) }))).to.include.members(less);
    });
    fc.assert(property);
  });

  it("read weights of another realm", () => {
    const foreign = runInContext("Float32Array.of(3, -1, 2, -4)", createContext({})) as Float32Array;
    expect(removed(magnitudeMask({ shape: [4], data: foreign }, { sparsity: 0.5 }))).to.deep.equal([1, 2]);
  });

  it("read a part of a larger buffer, and leave the weights alone", () => {
    const buffer = Float32Array.of(9, 9, 3, -1, 2, 9);
    const x = { shape: [3], data: buffer.subarray(2, 5) };
    expect([...magnitudeMask(x, { sparsity: 0.5 }).data]).to.deep.equal([1, 0, 0]);
    expect([...buffer]).to.deep.equal([9, 9, 3, -1, 2, 9]);
  });
});

describe("masks of channels", () => {
  for (const { shape, x, sparsity, norm, axis, removed: wanted } of fixtures.channel) {
    it(`remove the channels that PyTorch removes: norm ${norm}, axis ${axis} of [${shape}]`, () => {
      const options = { sparsity, norm: normOf(norm), axis: axis! };
      expect(removed(channelMask(tensorOf(shape, x), options))).to.deep.equal(wanted);
    });
  }

  for (const { shape, x, axis, norm, norms } of fixtures.norms) {
    it(`have numpy's norm ${norm} along axis ${axis}`, () => {
      const found = channelNorms(tensorOf(shape, x), { axis: axis!, norm: normOf(norm) });
      // Sums of multiples of 1/4096 are exact in float64; the root is rounded once on either side.
      expect([...found]).to.deep.equal(norms);
    });
  }

  it("remove of equals those that stand first", () => {
    const x = tensorOf([2, 4], [1, 1, -1, 1, 2, 2, 2, -2]);
    expect(removed(channelMask(x, { sparsity: 0.5, norm: 1, axis: 1 }))).to.deep.equal([0, 1, 4, 5]);
    expect(weakestChannels([Infinity, 1, Infinity, 1], { sparsity: 0.75 })).to.deep.equal([0, 1, 3]);
  });

  it("remove whole channels, exactly the count", () => {
    const property = fc.property(
      fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 4 }),
      fc.integer({ min: 0, max: 3 }),
      sparsities,
      fc.integer(),
      (shape, some, sparsity, seed) => {
        const axis = some % shape.length;
        const rng = seeded(`${seed}`);
        const x = tensorOf(
          shape,
          Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => rng.normal()),
        );
        const { data } = channelMask(x, { sparsity, norm: 2, axis });
        const inner = shape.slice(axis + 1).reduce((a, b) => a * b, 1);
        const bits = Array.from({ length: shape[axis]! }, () => new Set<number>());
        for (const [i, bit] of data.entries()) bits[Math.floor(i / inner) % shape[axis]!]!.add(bit);
        expect(bits.every(({ size }) => size === 1)).to.equal(true);
        expect(bits.filter((bit) => bit.has(0))).to.have.length(rounded(sparsity * shape[axis]!));
      },
    );
    fc.assert(property);
  });
});

describe("masks by Taylor's first term", () => {
  for (const { shape, x, gradient, sparsity, axis, removed: wanted } of fixtures.taylor) {
    it(`remove what PyTorch's gradients say: ${sparsity} of [${shape}], axis ${axis}`, () => {
      const options = axis === undefined ? { sparsity } : { sparsity, axis };
      expect(removed(taylorMask(tensorOf(shape, x), tensorOf(shape, gradient), options))).to.deep.equal(
        wanted,
      );
    });
  }

  it("rank products that float32 rounds to 0, to infinity, or to one number", () => {
    const apart = (x: number[], gradient: number[]): number[] =>
      removed(taylorMask(vector(...x), vector(...gradient), { sparsity: 0.5 }));
    expect(apart([4e-30, 1e-30, 3e-30, 2e-30], [1e-30, 1e-30, 1e-30, 1e-30])).to.deep.equal([1, 3]);
    expect(apart([4e30, 1e30, 3e30, 2e30], [1e30, 1e30, 1e30, 1e30])).to.deep.equal([1, 3]);
    // (1 + e)² and 1 + 2e, with e = 2^-12: they differ by 2^-24.
    expect(apart([1 + 2 ** -12, 1 + 2 ** -11], [1 + 2 ** -12, 1])).to.deep.equal([1]);
  });

  it("remove of equals those that stand first, and nothing where the count is 0", () => {
    const ones = vector(1, -1, 1, -1, 1);
    expect([...taylorMask(ones, ones, { sparsity: 0.6 }).data]).to.deep.equal([0, 0, 0, 1, 1]);
    const zeros = vector(2, -0, 0, 2);
    expect([...taylorMask(zeros, vector(1, 1, -1, 1), { sparsity: 0.25 }).data]).to.deep.equal([1, 0, 1, 1]);
    expect([...taylorMask(zeros, zeros, { sparsity: 0 }).data]).to.deep.equal([1, 1, 1, 1]);
  });

  it("remove what sorting the exact products removes", () => {
    const number = fc.oneof(fc.float({ noNaN: true, noDefaultInfinity: true }), fc.constantFrom(0, -1, 1, 2));
    const pairs = fc.array(fc.tuple(number, number), { minLength: 1, maxLength: 20 });
    const property = fc.property(pairs, sparsities, (drawn, sparsity) => {
      const [x, gradient] = [vector(...drawn.map(([w]) => w)), vector(...drawn.map(([, g]) => g))];
      const scores = drawn.map(([w, g]) => Math.abs(w * g));
      const order = [...scores.keys()].sort((a, b) => scores[a]! - scores[b]! || a - b);
      const gone = order.slice(0, rounded(sparsity * scores.length)).sort((a, b) => a - b);
      expect(removed(taylorMask(x, gradient, { sparsity }))).to.deep.equal(gone);
    });
    fc.assert(property, { numRuns: 300 });
  });

  it("let contributions of opposite sign cancel within a channel, but not between weights", () => {
    const x = tensorOf([2, 2], [5, 1, -5, 1]);
    const ones = tensorOf([2, 2], [1, 1, 1, 1]);
    expect([...taylorChannelScores(x, ones, -1)]).to.deep.equal([0, 2]);
    expect([...taylorScores(x, ones).data]).to.deep.equal([5, 1, 5, 1]);
  });
});

describe("random masks", () => {
  for (const { shape, sparsity, removed: wanted } of fixtures.random) {
    it(`remove as many as PyTorch's: ${sparsity} of [${shape}]`, () => {
      expect(removed(randomMask(seeded("count"), shape, { sparsity }))).to.have.length(wanted);
    });
  }

  it("are the same for the same seed, and differ for another", () => {
    const draw = (seed: string) => removed(randomMask(seeded(seed), [50], { sparsity: 0.5 }));
    expect(draw("a")).to.deep.equal(draw("a"));
    expect(draw("a")).to.not.deep.equal(draw("b"));
  });

  it("remove each weight equally often", () => {
    // 4,000 draws of 3 in 10: binomial with deviation √(4000·0.3·0.7) = 29, so 6 deviations are 174.
    const rng = seeded("even");
    const counts = new Array<number>(10).fill(0);
    for (let i = 0; i < 4000; i++)
      for (const place of removed(randomMask(rng, [10], { sparsity: 0.3 }))) counts[place]!++;
    for (const count of counts) expect(count).to.be.within(1200 - 174, 1200 + 174);
  });
});

describe("N:M masks", () => {
  for (const { shape, x, n, m, axis, removed: wanted } of fixtures.nOfM) {
    it(`remove what PyTorch or numpy removes: ${n}:${m} along axis ${axis} of [${shape}]`, () => {
      expect(removed(nmMask(tensorOf(shape, x), { n, m, axis: axis! }))).to.deep.equal(wanted);
    });
  }

  it("keep n of each group, whatever is equal in it", () => {
    const property = fc.property(
      weights,
      fc.integer({ min: 1, max: 8 }),
      fc.integer({ min: 1, max: 8 }),
      (x, a, b) => {
        const [n, m] = [Math.min(a, b), Math.max(a, b)];
        const { data } = nmMask(x, { n, m, axis: 0 });
        for (let start = 0; start < data.length; start += m) {
          const group = data.subarray(start, start + m);
          expect(group.reduce((sum, bit) => sum + bit, 0)).to.equal(Math.min(n, group.length));
        }
      },
    );
    fc.assert(property);
    expect([...nmMask(vector(1, -1, 1, 1), { n: 2, m: 4, axis: 0 }).data]).to.deep.equal([0, 0, 1, 1]);
  });
});

describe("a mask", () => {
  it("sets what it removes to 0, and leaves the rest and the weights alone", () => {
    const x = vector(1, -2, Infinity, 4);
    const masked = applyMask(x, { shape: [4], data: Uint8Array.of(0, 1, 0, 1) });
    expect([...masked.data]).to.deep.equal([0, -2, 0, 4]);
    expect([...x.data]).to.deep.equal([1, -2, Infinity, 4]);
    expect(sparsityOf(masked)).to.equal(0.5);
    expect(sparsityOf(vector(-0, 3))).to.equal(0.5);
  });

  it("counts what it does", () => {
    const mask = magnitudeMask(vector(3, 1, 2), { sparsity: 0.3 });
    expect(maskCounts(mask)).to.deep.equal({ total: 3, kept: 2, removed: 1, sparsity: 1 / 3 });
  });
});
