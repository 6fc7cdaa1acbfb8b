import { expect } from "chai";
import fc from "fast-check";
import { LabError } from "../../errors.js";
import type { Tensor } from "../../tensor.js";
import {
  histogramOf,
  mergeObservers,
  type Observer,
  type ObserverOptions,
  observe,
  observer,
  parseObserver,
  rangesOf,
  serializeObserver,
} from "./index.js";

const kinds = ["min-max", "moving-average", "percentile", "histogram", "entropy", "mse"] as const;
const value = fc.float({ min: -8, max: 8, noNaN: true }).filter((x) => x === 0 || Math.abs(x) > 0.1);
const batch = fc.array(value, { minLength: 1, maxLength: 40 }).map(vector);
const batches = fc.array(batch, { minLength: 1, maxLength: 4 });
/** Few bins, so that a search for the range takes no time, and data of one batch suffice to fill them. */
const options: Record<(typeof kinds)[number], ObserverOptions> = {
  "min-max": { kind: "min-max" },
  "moving-average": { kind: "moving-average", averagingConstant: 0.2 },
  percentile: { kind: "percentile", bins: 16, symmetric: false },
  histogram: { kind: "histogram", bins: 16 },
  entropy: { kind: "entropy", bins: 16, quantizedBins: 4 },
  mse: { kind: "mse", bins: 16 },
};

describe("merging observers", () => {
  it("is the same as showing one observer all batches, for min-max", () => {
    fc.assert(
      fc.property(batches, batches, (a, b) => {
        const merged = mergeObservers(seen("min-max", a), seen("min-max", b));
        expect(merged).to.deep.equal(seen("min-max", [...a, ...b]));
      }),
    );
  });

  it("is the same up to float32's rounding, for a moving average", () => {
    fc.assert(
      fc.property(batches, batches, (a, b) => {
        const [merged] = rangesOf(mergeObservers(seen("moving-average", a), seen("moving-average", b)));
        const [together] = rangesOf(seen("moving-average", [...a, ...b]));
        // Values up to 8: a batch rounds three times by up to 2^-24 · 16, on either way; the join once more.
        const slack = (6 * (a.length + b.length) + 1) * 2 ** -20;
        expect(merged!.min).to.be.closeTo(together!.min, slack);
        expect(merged!.max).to.be.closeTo(together!.max, slack);
      }),
    );
  });

  for (const kind of ["percentile", "entropy", "mse", "histogram"] as const) {
    it(`moves no count by more than a bin: ${kind}`, () => {
      fc.assert(
        fc.property(batches, batches, (a, b) => {
          const one = seen(kind, a);
          const other = seen(kind, b);
          const merged = histogramOf(mergeObservers(one, other))[0]!;
          const all = [...a, ...b].flatMap(({ data }) => [...data]);
          // A value lies in its bin, and the bin's middle (or that of a piece) in the new one. Each batch that
          // widened the range of `histogram` before did the same once more. 2^-16: float32 edges up to 16.
          const moves = kind === "histogram" ? a.length + b.length : 1;
          const slack = moves * Math.max(widest(one), widest(other), widest(merged)) + 2 ** -16;
          expect(total(merged.counts)).to.be.closeTo(all.length, all.length * 2 ** -40);
          merged.edges.forEach((edge, i) => {
            const below = total(merged.counts.slice(0, i));
            expect(below).to.be.at.least(all.filter((x) => x < edge - slack).length - 1e-9);
            expect(below).to.be.at.most(all.filter((x) => x <= edge + slack).length + 1e-9);
          });
        }),
      );
    });

    it(`adds counts where the edges agree: ${kind}`, () => {
      fc.assert(
        fc.property(batch, (x) => {
          const one = seen(kind, [x]);
          expect(mergeObservers(one, one)).to.deep.equal(seen(kind, [x, x]));
        }),
      );
    });
  }

  it("keeps the smallest and the largest value, and the number of batches, for every kind with a histogram", () => {
    fc.assert(
      fc.property(
        batches,
        batches,
        fc.constantFrom("percentile", "histogram", "entropy", "mse"),
        (a, b, kind) => {
          const merged = mergeObservers(seen(kind, a), seen(kind, b));
          const { min, max } = rangesOf(seen("min-max", [...a, ...b]))[0]!;
          expect(merged.batches).to.equal(a.length + b.length);
          expect(histogramOf(merged)[0]).to.include({ min, max });
        },
      ),
    );
  });

  it("puts zeros into the middle of another histogram", () => {
    for (const kind of ["percentile", "entropy", "mse"] as const) {
      const zeros = seen(kind, [vector([0, 0, 0])]);
      const others = seen(kind, [vector([-4, 1, 3])]);
      const together = seen(kind, [vector([0, 0, 0]), vector([-4, 1, 3])]);
      expect(mergeObservers(zeros, others).groups, kind).to.deep.equal(together.groups);
      expect(mergeObservers(others, zeros).groups, kind).to.deep.equal(together.groups);
    }
  });

  it("counts magnitudes alike, whichever was first", () => {
    const a = observe(observer({ kind: "percentile", bins: 8 }), vector([0.5, -1]));
    const b = observe(observer({ kind: "percentile", bins: 8 }), vector([2, -4, 0]));
    for (const merged of [mergeObservers(a, b), mergeObservers(b, a)]) {
      const { counts, edges, min, max } = histogramOf(merged)[0]!;
      expect({ min, max, total: total(counts) }).to.deep.equal({ min: -4, max: 2, total: 5 });
      expect(edges).to.deep.equal([0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4]);
      // 0.5 and 1 lie in bins of 1/16 whose middles are 0.53125 and 0.96875.
      expect(counts).to.deep.equal([1, 2, 0, 0, 1, 0, 0, 1]);
    }
  });

  it("leaves one alone where the other has seen nothing, and both in any case", () => {
    for (const kind of kinds) {
      const one = seen(kind, [vector([1, -2])]);
      const other = seen(kind, [vector([5])]);
      const before = structuredClone([one, other]);
      expect(mergeObservers(one, seen(kind, []))).to.deep.equal(one);
      expect(mergeObservers(seen(kind, []), one)).to.deep.equal(one);
      mergeObservers(one, other);
      expect([one, other]).to.deep.equal(before);
    }
  });

  it("refuses two kinds, other options, and other channels", () => {
    const channels = { granularity: { per: "channel", axis: 0 } } as const;
    const refuse = (a: Observer, b: Observer, message: string) =>
      expect(() => mergeObservers(a, b)).to.throw(LabError, message);
    refuse(observer({ kind: "min-max" }), observer({ kind: "mse" }), '"kind":"mse"');
    refuse(observer({ kind: "mse" }), observer({ kind: "mse", bits: 4 }), '"bits":4');
    refuse(observer({ kind: "mse" }), observer({ kind: "mse", ...channels }), '"axis":0');
    const empty = observer({ kind: "min-max", ...channels });
    refuse(observe(empty, vector([1, 2])), observe(empty, vector([1])), "2 groups, but was given 1");
    refuse(seen("histogram", [vector([0, 2e37])]), seen("histogram", [vector([-2e37, 0])]), "too far apart");
    const averages = (min: number, max: number, first: number) => {
      const state = observe(observer({ kind: "moving-average", averagingConstant: 0.01 }), vector([0]));
      return { ...state, groups: [{ min, max, first: { min: first, max: first } }] };
    };
    refuse(averages(3e38, 3e38, 0), averages(3e38, 3e38, -3e38), "beyond float32");
  });
});

describe("a stored observer", () => {
  it("is read again without loss, for every kind", () => {
    fc.assert(
      fc.property(fc.constantFrom(...kinds), fc.array(batch, { maxLength: 3 }), (kind, all) => {
        const state = seen(kind, all);
        expect(parseObserver(serializeObserver(state))).to.deep.equal(state);
      }),
    );
  });

  it("keeps its channels", () => {
    const empty = observer({ kind: "entropy", granularity: { per: "channel", axis: -1 } });
    const state = observe(empty, { shape: [2, 2], data: Float32Array.of(1, 2, 3, -4) });
    expect(parseObserver(serializeObserver(state))).to.deep.equal(state);
  });

  it("is refused where no observer wrote it, with what is wrong", () => {
    const good = JSON.parse(serializeObserver(seen("mse", [vector([1, -2])])));
    const averages = JSON.parse(serializeObserver(seen("moving-average", [vector([1, -2])])));
    const refuse = (raw: unknown, message: string) =>
      expect(() => parseObserver(typeof raw === "string" ? raw : JSON.stringify(raw))).to.throw(
        LabError,
        message,
      );
    const group = good.groups[0];
    const withGroup = (changes: object) => ({ ...good, groups: [{ ...group, ...changes }] });
    refuse("not json", 'beginning with "not json"');
    refuse("", "no JSON");
    refuse("null", "no object");
    refuse("[]", "no object");
    refuse({ ...good, kind: "median" }, 'kind "median"');
    refuse({ ...good, kind: "__proto__" }, 'kind "__proto__"');
    refuse({ ...good, bits: 40 }, "got 40");
    refuse({ ...good, bits: "8" }, "got 8");
    refuse({ ...good, granularity: "tensor" }, "granularity that is no object");
    refuse({ ...good, granularity: { per: "row" } }, '"row"');
    refuse({ ...good, batches: -1 }, "-1 as batches");
    refuse({ ...good, batches: 0 }, "0 batches and 1 groups");
    refuse({ ...good, groups: [] }, "1 batches and 0 groups");
    refuse({ ...good, groups: [group, group] }, "2 groups of one tensor");
    refuse({ ...good, groups: {} }, "groups that is no list");
    refuse({ ...good, groups: [7] }, "groups[0] that is no object");
    refuse(withGroup({ min: null }), "null as groups[0].min");
    refuse(withGroup({ min: 3, max: 2 }), "min 3 above max 2");
    refuse(withGroup({ counts: [1] }), "17 edges and 1 counts");
    refuse(withGroup({ counts: [], edges: [] }), "0 edges and 0 counts");
    refuse({ ...good, bins: 17 }, "16 counts with 17 bins");
    refuse({ ...good, kind: "histogram", bins: 15 }, "16 counts with 15 bins");
    refuse(withGroup({ counts: group.counts.map(() => 0) }), "no counts");
    refuse(withGroup({ counts: group.counts.map(() => -1) }), "-1 as groups[0].counts[0]");
    refuse(withGroup({ edges: [...group.edges].reverse() }), "falling edges");
    refuse(withGroup({ edges: group.edges.map(String) }), "groups[0].edges[0]");
    refuse({ ...averages, groups: [{ min: 0, max: 1 }] }, "groups[0].first that is no object");
    refuse({ ...averages, groups: [{ ...averages.groups[0], max: 1e39 }] }, "1e+39 as groups[0].max");
    refuse(
      withGroup({ counts: [...group.counts.slice(1), 2 ** 53 + 2] }),
      "9007199254740994 as groups[0].counts",
    );
    expect(() => parseObserver(5n as never)).to.throw(LabError, "the text is a bigint");
  });

  it("is refused where its bins are too far apart for float32, as when it is observed", () => {
    const refuse = (kind: (typeof kinds)[number], ends: readonly [number, number], changes: object) => {
      const good = JSON.parse(serializeObserver(seen(kind, [vector([1, -2])])));
      const { edges, ...group } = good.groups[0];
      const wider = { ...group, edges: [ends[0], ...edges.slice(1, -1), ends[1]], ...changes };
      expect(() => parseObserver(JSON.stringify({ ...good, groups: [wider] })), kind).to.throw(
        LabError,
        "too far apart for float32 bins",
      );
    };
    for (const kind of ["entropy", "mse", "percentile"] as const) refuse(kind, [-3e38, 3e38], {});
    refuse("mse", [-2, 2], { min: -3e38, max: 3e38 });
    // 16 bins times 4e37 are beyond float32.
    refuse("histogram", [-2e37, 2e37], {});
    refuse("histogram", [-2, 1], { min: -2e37, max: 2e37 });
    const magnitudes = observe(observer({ kind: "percentile", bins: 16 }), vector([-3e38, 0, 3e38]));
    expect(parseObserver(serializeObserver(magnitudes))).to.deep.equal(magnitudes);
  });

  it("is refused, not read without end, where values are nested deeply", () => {
    const good = JSON.parse(serializeObserver(seen("mse", [vector([1, -2])])));
    const deep = "[".repeat(1e5) + "]".repeat(1e5);
    for (const name of ["kind", "bits", "bins", "symmetric", "batches", "groups", "granularity"]) {
      const text = JSON.stringify({ ...good, [name]: "here" }).replace('"here"', deep);
      expect(() => parseObserver(text), name).to.throw(LabError);
    }
    for (const name of ["per", "axis", "size"]) {
      const granularity = { per: "block", axis: 0, size: 1, [name]: "here" };
      const text = JSON.stringify({ ...good, granularity }).replace('"here"', deep);
      expect(() => parseObserver(text), name).to.throw(LabError);
    }
    const unknown = JSON.stringify({ ...good, granularity: { per: "tensor", more: "here" }, more: "here" });
    const read = parseObserver(unknown.replaceAll('"here"', deep));
    expect(read).to.deep.equal(parseObserver(JSON.stringify(good)));
    expect(JSON.parse(serializeObserver(read))).to.deep.equal(good);
  });

  it("is written only where it is plain", () => {
    const state = observer({ kind: "min-max" });
    let deep: unknown[] = [];
    for (let i = 0; i < 1e5; i++) deep = [deep];
    for (const groups of [deep, [1n]]) {
      expect(() => serializeObserver({ ...state, groups } as never)).to.throw(LabError, "no plain data");
    }
    expect(() => serializeObserver(undefined as never)).to.throw(LabError, "the observer is undefined");
  });
});

function seen(kind: (typeof kinds)[number], all: readonly Tensor[]): Observer {
  return all.reduce<Observer>((state, x) => observe(state, x), observer(options[kind]));
}

function vector(values: readonly number[]): Tensor {
  return { shape: [values.length], data: Float32Array.from(values) };
}

function widest(state: Observer | { readonly edges: readonly number[] }): number {
  const edges = "edges" in state ? state.edges : histogramOf(state)[0]!.edges;
  return Math.max(...edges.slice(1).map((edge, i) => edge - edges[i]!));
}

function total(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}
