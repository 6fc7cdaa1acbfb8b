import { expect } from "chai";
import { LabError } from "../../errors.js";
import { type Tensor, tensor } from "../../tensor.js";
import type { ValueRange } from "../scheme.js";
import fixtures from "./fixtures/observers.json" with { type: "json" };
import { histogramOf, type Observer, type ObserverOptions, observe, observer, rangesOf } from "./index.js";

/** float32 loses the third powers of these, and PyTorch's search with them. */
const beyondFloat32 = ["denormal", "tiny", "huge"];

for (const sequence of fixtures.sequences) {
  const batches = sequence.batches.map((text) => vector(decode(text)));
  const { torch, onnxruntime } = sequence;

  describe(`an observer of ${sequence.name}`, () => {
    it("finds PyTorch's smallest and largest value, and their moving averages", () => {
      expect(chosen({ kind: "min-max" }, batches)).to.deep.equal(torch.minMax.map(plusZero));
      for (const [constant, range] of Object.entries(torch.movingAverage)) {
        const options = { kind: "moving-average", averagingConstant: Number(constant) } as const;
        expect(chosen(options, batches), constant).to.deep.equal(range.map(plusZero));
      }
    });

    it("fills PyTorch's bins", () => {
      const counts = histogramOf(observeAll({ kind: "histogram", bins: 64 }, batches))[0]!.counts;
      // PyTorch adds in float32, up to 3 batches here: each sum rounds by 2^-24 of itself.
      counts.forEach((count, i) => {
        expect(count).to.be.closeTo(torch.counts64[i]!, 3 * 2 ** -24 * count);
      });
    });

    if (!beyondFloat32.includes(sequence.name)) {
      it("chooses PyTorch's range of least error", () => {
        expect(chosen({ kind: "histogram" }, batches)).to.deep.equal(torch.histogram.map(plusZero));
        expect(chosen({ kind: "histogram", bins: 64 }, batches)).to.deep.equal(
          torch.histogram64.map(plusZero),
        );
      });
    }

    it("keeps ONNX Runtime's percentiles, or refuses what it refuses", () => {
      for (const { range, ...options } of onnxruntime.percentile) {
        check({ kind: "percentile", ...options }, batches, range);
      }
    });

    it("chooses ONNX Runtime's range of least divergence, or refuses what it refuses", () => {
      for (const { range, ...options } of onnxruntime.entropy) {
        check({ kind: "entropy", ...options }, batches, range);
      }
    });

    it("fills ONNX Runtime's bins, or refuses what it refuses", () => {
      checkBins({ kind: "percentile", bins: 64 }, batches, onnxruntime.magnitudes64);
      checkBins({ kind: "percentile", bins: 64, symmetric: false }, batches, onnxruntime.values64);
    });
  });
}

describe("the search for the least error", () => {
  for (const { name, batches, torch } of fixtures.sequences) {
    if (!beyondFloat32.includes(name)) continue;
    it(`keeps the values that PyTorch gives up for want of digits: ${name}`, () => {
      const [low, high] = torch.minMax as [number, number];
      expect(torch.histogram[1]! - torch.histogram[0]!).to.be.below((high - low) / 100);
      const [ourLow, ourHigh] = chosen(
        { kind: "histogram" },
        batches.map((text) => vector(decode(text))),
      );
      expect(ourHigh! - ourLow!).to.be.above((high - low) / 2);
    });
  }

  it("leaves a constant alone that float32 cannot tell from its neighbours", () => {
    expect(chosen({ kind: "histogram" }, [vector([1e10, 1e10])])).to.deep.equal([1e10, 1e10]);
  });
});

describe("an observer of many values", () => {
  for (const { power, count, histogram, percentile } of fixtures.many) {
    it(`chooses PyTorch's and ONNX Runtime's ranges: ${count} values, power ${power}`, () => {
      const x = manyValues(power, count);
      const third = Math.floor(count / 3);
      const batches = [vector(x.subarray(0, third)), vector(x.subarray(third))];
      expect(chosen({ kind: "histogram" }, batches)).to.deep.equal(histogram);
      for (const { range, ...options } of percentile)
        check({ kind: "percentile", ...options }, batches, range);
    });
  }
});

describe("an observer per channel", () => {
  for (const { shape, axis, ...expected } of fixtures.channels) {
    it(`finds PyTorch's ranges along axis ${axis} of [${shape}]`, () => {
      const batches = expected.batches.map((text) => ({ shape, data: decode(text) }));
      const granularity = { per: "channel", axis } as const;
      const seen = observeAll({ kind: "min-max", granularity }, batches);
      expect(rangesOf(seen).map(ends)).to.deep.equal(expected.minMax);
      const moving = observeAll({ kind: "moving-average", granularity, averagingConstant: 0.05 }, batches);
      expect(rangesOf(moving).map(ends)).to.deep.equal(expected.movingAverage);
    });
  }

  it("treats each channel as a tensor of its own, for every kind with a histogram", () => {
    const x = tensor([2, 3, 2], [1, -2, 30, 40, 5, 0, 7, 8, -90, 10, 0, -1]);
    const channels = [
      [1, -2, 7, 8],
      [30, 40, -90, 10],
      [5, 0, 0, -1],
    ];
    for (const kind of ["percentile", "histogram", "entropy", "mse"] as const) {
      const seen = observeAll({ kind, granularity: { per: "channel", axis: 1 } }, [x, x]);
      const alone = channels.map((values) => chosen({ kind }, [vector(values), vector(values)]));
      expect(rangesOf(seen).map(ends), kind).to.deep.equal(alone);
    }
  });
});

describe("an observer per block", () => {
  it("takes runs along the axis, the last one shorter", () => {
    const granularity = { per: "block", axis: 0, size: 2 } as const;
    const seen = observeAll({ kind: "min-max", granularity }, [tensor([3, 2], [1, -1, 2, -2, 3, -3])]);
    expect(rangesOf(seen).map(ends)).to.deep.equal([
      [1, 2],
      [-2, -1],
      [3, 3],
      [-3, -3],
    ]);
  });
});

describe("the entropy observer", () => {
  it("equals min-max with ONNX Runtime's default of 128 bins for 128, and cuts tails with more bins", () => {
    const x = vector(decode(fixtures.sequences[0]!.batches[0]!));
    const whole = chosen({ kind: "min-max" }, [x]);
    expect(chosen({ kind: "entropy", bins: 128, quantizedBins: 128 }, [x])).to.deep.equal(whole);
    const [low, high] = chosen({ kind: "entropy" }, [x]);
    expect(high! - low!).to.be.below(whole[1]! - whole[0]!);
  });
});

describe("the mse observer", () => {
  for (const { name, bits, x: text, affine, symmetric } of fixtures.mse) {
    it(`errs at most a bin more than PyTorch's codes with the best shrunk range: ${name}, ${bits} bits`, () => {
      const x = vector(decode(text));
      for (const [isSymmetric, least] of [
        [false, affine],
        [true, symmetric],
      ] as const) {
        const seen = observeAll({ kind: "mse", bits, symmetric: isSymmetric }, [x]);
        const { edges, chosen: range } = histogramOf(seen)[0]!;
        // See mseRange: half a bin to the centre, half a bin back. Scales in float32 add 2^-24 of the largest value.
        const slack = (edges[1]! - edges[0]!) * (1 + 2 ** -12);
        expect(rootOfError(x.data, range, bits, isSymmetric)).to.be.at.most(least + slack);
      }
    });
  }

  it("gives up an outlier at 2 bits, which min-max keeps", () => {
    const x = vector([10, ...Array.from({ length: 2000 }, (_, i) => Math.sin(i))]);
    const [low, high] = chosen({ kind: "mse", bits: 2 }, [x]);
    expect(low).to.be.within(-1, 0);
    expect(high).to.be.below(5);
  });

  it("contains 0, and is all zero for zeros", () => {
    expect(chosen({ kind: "mse" }, [vector([3, 4])])[0]).to.equal(0);
    expect(chosen({ kind: "mse" }, [vector([-3, -4])])[1]).to.equal(0);
    expect(chosen({ kind: "mse" }, [vector([0, -0])])).to.deep.equal([0, 0]);
  });

  it("is even around 0 where it is symmetric", () => {
    const [low, high] = chosen({ kind: "mse", symmetric: true }, [vector([-1, 0.5, 7])]);
    expect(low).to.equal(-high!);
  });
});

describe("observe", () => {
  const kinds = ["min-max", "moving-average", "percentile", "histogram", "entropy", "mse"] as const;

  it("leaves the observer that it is given alone", () => {
    for (const kind of kinds) {
      const empty: Observer = observer({ kind });
      const one = observe(empty, tensor([3], [1, 2, -3]));
      const before = structuredClone(one);
      observe(one, tensor([2], [8, -8]));
      expect(empty, kind).to.deep.equal(observer({ kind }));
      expect(one, kind).to.deep.equal(before);
    }
  });

  it("refuses NaN, infinities, nothing, and a shape that does not fit", () => {
    for (const kind of kinds) {
      const empty: Observer = observer({ kind });
      expect(() => observe(empty, vector([1, Number.NaN]))).to.throw(LabError, ", at index 1");
      expect(() => observe(empty, vector([Number.NEGATIVE_INFINITY]))).to.throw(LabError, "-Infinity");
      expect(() => observe(empty, vector([]))).to.throw(LabError, "no elements");
      expect(() => observe(empty, { shape: [2], data: new Float32Array(3) })).to.throw(LabError, "shape [2]");
    }
  });

  it("refuses an axis that is not there, and another number of channels", () => {
    const granularity = { per: "channel", axis: 1 } as const;
    const empty = observer({ kind: "min-max", granularity });
    expect(() => observe(empty, vector([1]))).to.throw(LabError, "no axis 1");
    const seen = observe(empty, tensor([1, 2], [1, 2]));
    expect(() => observe(seen, tensor([1, 3], [1, 2, 3]))).to.throw(LabError, "2 groups, but was given 3");
  });

  it("refuses what its bins cannot hold, with advice", () => {
    const wide = vector([-3e38, 3e38]);
    for (const kind of ["histogram", "entropy", "mse"] as const) {
      expect(() => observe(observer({ kind }), wide), kind).to.throw(LabError, "too far apart");
    }
    const narrow = observe(observer({ kind: "percentile", symmetric: false }), vector([1e-3]));
    expect(() => observe(narrow, vector([1e4]))).to.throw(LabError, "Begin with a batch");
    const slow = observe(observe(observer({ kind: "entropy" }), vector([0.1])), vector([2]));
    expect(() => rangesOf(slow)).to.throw(LabError, "more than 16384");
    const average = observe(observer({ kind: "moving-average" }), vector([-3e38]));
    expect(() => observe(average, vector([3e38]))).to.throw(LabError, "can't go from");
    const magnitudes = observe(observer({ kind: "percentile" }), vector([0, 1e-3]));
    expect(() => observe(magnitudes, vector([1e4]))).to.throw(LabError, "Begin with a batch");
  });
});

describe("observer", () => {
  it("refuses options out of bounds", () => {
    const refuse = (options: unknown, message: string) =>
      expect(() => observer(options as ObserverOptions)).to.throw(LabError, message);
    refuse({ kind: "median" }, 'kind "median"');
    refuse({ kind: "min-max", granularity: { per: "block", axis: 0, size: 0 } }, "1 or more, got 0");
    refuse(
      { kind: "min-max", granularity: { per: "channel", axis: 0.5 } },
      "axis must be an integer, got 0.5",
    );
    refuse({ kind: "min-max", granularity: { per: "row" } }, 'per "row"');
    refuse({ kind: "moving-average", averagingConstant: 0 }, "(0, 1], got 0");
    refuse({ kind: "moving-average", averagingConstant: Number.NaN }, "(0, 1], got NaN");
    refuse({ kind: "percentile", percentile: 101 }, "from 0 to 100, got 101");
    refuse({ kind: "percentile", symmetric: 1 }, "true or false, got 1");
    refuse({ kind: "histogram", bins: 1 }, "from 2 to 16384, got 1");
    refuse({ kind: "percentile", bins: 16385 }, "from 2 to 16384, got 16385");
    refuse({ kind: "entropy", bins: 8193 }, "from 2 to 8192, got 8193");
    refuse({ kind: "min-max", granularity: null }, "per undefined");
    refuse({ kind: ["median"] }, "kind an Array");
    refuse({ kind: 1n }, "kind a bigint");
    refuse({ kind: "mse", bins: [[16]] }, "bins can't be an Array");
    refuse({ kind: "mse", symmetric: {} }, "symmetric can't be an object");
    refuse({ kind: "min-max", granularity: { per: {} } }, "per can't be an object");
    refuse({ kind: "min-max", granularity: { per: "channel", axis: [0] } }, "axis can't be an Array");
    refuse(undefined, "the options is undefined");
    refuse({ kind: "histogram", bits: 17 }, "from 2 to 16, got 17");
    refuse({ kind: "mse", bits: 1 }, "from 2 to 16, got 1");
    refuse({ kind: "entropy", bins: 64, quantizedBins: 128 }, "from 2 to 64, got 128");
  });
});

describe("observe, histogramOf and rangesOf", () => {
  it("refuse what is no observer of a known kind", () => {
    const state = observe(observer({ kind: "mse" }), vector([1]));
    for (const [other, message] of [
      [{ ...state, kind: "median" }, 'no observer of kind "median"'],
      [{ ...state, kind: "constructor" }, 'no observer of kind "constructor"'],
      [undefined, "the observer is undefined"],
      [Promise.resolve(state), "Write await"],
    ] as [never, string][]) {
      expect(() => observe(other, vector([1]))).to.throw(LabError, message);
      expect(() => rangesOf(other)).to.throw(LabError, message);
      expect(() => histogramOf(other)).to.throw(LabError, message);
    }
  });

  it("refuse an observer that has seen nothing, and one without a histogram", () => {
    expect(() => rangesOf(observer({ kind: "entropy" }))).to.throw(LabError, "no batch");
    expect(() => histogramOf(observer({ kind: "entropy" }))).to.throw(LabError, "no batch");
    const seen = observe(observer({ kind: "min-max" }), vector([1]));
    expect(() => histogramOf(seen)).to.throw(LabError, "keeps no histogram");
  });
});

function observeAll(options: ObserverOptions, batches: readonly Tensor[]): Observer {
  return batches.reduce<Observer>((state, batch) => observe(state, batch), observer(options));
}

function chosen(options: ObserverOptions, batches: readonly Tensor[]): number[] {
  return ends(rangesOf(observeAll(options, batches))[0]!);
}

/** As in the fixture's script: `2 u^power` of a shuffled grid. */
function manyValues(power: number, count: number): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => {
    const u = ((i * 7919) % count) / count - 0.5;
    let x = 2 * u;
    for (let factor = 1; factor < power; factor++) x *= u;
    return x;
  });
}

/** ONNX Runtime crosses the ends where all values lie in one bin, and widens the pair to contain 0 later. */
function check(options: ObserverOptions, batches: readonly Tensor[], range: readonly number[] | null): void {
  const what = JSON.stringify(options);
  if (range === null)
    return void expect(() => chosen(options, batches), what).to.throw(LabError, "float32 holds no");
  const [low, high] = range.map(plusZero) as [number, number];
  const expected = low <= high ? [low, high] : [Math.min(low, 0), Math.max(high, 0)];
  expect(chosen(options, batches), what).to.deep.equal(expected);
}

interface Bins {
  readonly counts: readonly number[];
  readonly ends: readonly number[];
}

function checkBins(options: ObserverOptions, batches: readonly Tensor[], expected: Bins | null): void {
  if (!expected)
    return void expect(() => observeAll(options, batches)).to.throw(LabError, "float32 holds no");
  const { counts, edges } = histogramOf(observeAll(options, batches))[0]!;
  expect(counts).to.deep.equal(expected.counts);
  expect([edges[0], edges[edges.length - 1]]).to.deep.equal(expected.ends);
}

/** The root of the mean squared error of plain affine codes over the range. */
function rootOfError(x: Float32Array, { min, max }: ValueRange, bits: number, symmetric: boolean): number {
  const steps = symmetric ? 2 ** bits - 2 : 2 ** bits - 1;
  const scale = (max - min) / steps;
  const low = Math.round(min / scale);
  let error = 0;
  for (const value of x)
    error += (value - scale * Math.min(Math.max(Math.round(value / scale), low), low + steps)) ** 2;
  return Math.sqrt(error / x.length);
}

function vector(values: ArrayLike<number>): Tensor {
  return { shape: [values.length], data: Float32Array.from(values) };
}

function ends({ min, max }: ValueRange): number[] {
  return [min, max];
}

function plusZero(x: number): number {
  return x + 0;
}

function decode(text: string): Float32Array {
  return new Float32Array(new Uint8Array(Buffer.from(text, "base64")).buffer);
}
