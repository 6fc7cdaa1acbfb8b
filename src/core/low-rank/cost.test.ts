import { expect } from "chai";
import fc from "fast-check";
import { LabError } from "../errors.js";
import {
  breakEvenRank,
  type ConvSize,
  channelRankCost,
  costAtRank,
  denseRankCost,
  type RankCost,
  rankByBudget,
  spatialRankCost,
  tuckerCost,
} from "./cost.js";
import fixtures from "./fixtures/low-rank.json" with { type: "json" };

type Counted = { readonly parameters: number; readonly macs: number };
const costOnly = ({ parameters, macs }: Counted) => ({ parameters, macs });

describe("the cost of factorized layers", () => {
  it("is what PyTorch counts in dense layers", () => {
    for (const { rank, original, factorized, ...size } of fixtures.denseCosts) {
      const cost = denseRankCost(size);
      expect(cost.original).to.deep.equal(costOnly(original));
      expect(costAtRank(cost, rank)).to.deep.equal(costOnly(factorized));
    }
  });

  it("is what PyTorch counts in convolutions, strides and borders included", () => {
    for (const { size, rank, rankIn, rankOut, original, channel, spatial, tucker } of fixtures.convCosts) {
      const conv = size as unknown as ConvSize;
      expect(channelRankCost(conv).original).to.deep.equal(costOnly(original));
      expect(spatialRankCost(conv).original).to.deep.equal(costOnly(original));
      expect(costAtRank(channelRankCost(conv), rank)).to.deep.equal(costOnly(channel));
      expect(costAtRank(spatialRankCost(conv), rank)).to.deep.equal(costOnly(spatial));
      expect(tuckerCost(conv, { rankIn, rankOut })).to.deep.equal(costOnly(tucker));
    }
  });

  it("is less up to the break-even rank, and not beyond it", () => {
    const n = fc.integer({ min: 1, max: 200 });
    fc.assert(
      fc.property(n, n, fc.boolean(), (inputs, outputs, useBias) => {
        const cost = denseRankCost({ inputs, outputs, useBias });
        const even = breakEvenRank(cost);
        expect(breakEvenRank(cost, "macs")).to.equal(even);
        expect(even).to.be.below((inputs * outputs) / (inputs + outputs));
        expect(even + 1).to.be.at.least((inputs * outputs) / (inputs + outputs));
        expect(costAtRank(cost, even + 1).parameters).to.be.at.least(cost.original.parameters);
        if (even > 0) expect(costAtRank(cost, even).parameters).to.be.below(cost.original.parameters);
      }),
    );
  });

  it("is the same as the layer's, and so no gain, where m·n/(m + n) is an integer", () => {
    expect(breakEvenRank(denseRankCost({ inputs: 100, outputs: 100, useBias: true }))).to.equal(49);
    expect(breakEvenRank(denseRankCost({ inputs: 3, outputs: 6, useBias: false }))).to.equal(1);
    expect(breakEvenRank(denseRankCost({ inputs: 1, outputs: 50, useBias: true }))).to.equal(0);
  });

  it("decides the largest rank within a budget", () => {
    const n = fc.integer({ min: 1, max: 100 });
    const budget = fc.integer({ min: 1, max: 20_000 });
    fc.assert(
      fc.property(n, n, budget, budget, (inputs, outputs, parameters, macs) => {
        const cost = denseRankCost({ inputs, outputs, useBias: true });
        const fits = (rank: number) => {
          const at = costAtRank(cost, rank);
          return at.parameters <= parameters && at.macs <= macs;
        };
        if (!fits(1)) {
          expect(() => rankByBudget(cost, { parameters, macs })).to.throw(LabError, "rank 1 needs");
          return;
        }
        const rank = rankByBudget(cost, { parameters, macs });
        expect(fits(rank)).to.equal(true);
        expect(rank === cost.fullRank || !fits(rank + 1)).to.equal(true);
      }),
    );
  });

  it("refuses sizes, ranks and budgets that can't be", () => {
    const dense = { inputs: 4, outputs: 4, useBias: false };
    for (const inputs of [0, -1, 1.5, Number.NaN]) {
      expect(() => denseRankCost({ ...dense, inputs })).to.throw(LabError, `inputs must be`);
    }
    const conv: ConvSize = { kernel: [3, 3], ...dense, inputSize: [8, 8], outputSize: [8, 8] };
    expect(() => channelRankCost({ ...conv, kernel: [0, 3] })).to.throw(LabError, "kernelHeight");
    expect(() => spatialRankCost({ ...conv, outputSize: [8, 0] })).to.throw(LabError, "outputWidth");
    expect(() => tuckerCost(conv, { rankIn: 0, rankOut: 1 })).to.throw(LabError, "rankIn");
    for (const rank of [0, 5]) {
      expect(() => costAtRank(denseRankCost(dense), rank)).to.throw(LabError, `got ${rank}`);
    }
    expect(() => rankByBudget(denseRankCost(dense), {})).to.throw(LabError, "names nothing");
    expect(() => rankByBudget(denseRankCost(dense), { macs: 1.5 })).to.throw(LabError, "budget's macs");
  });

  it("refuses costs that are no costs, and a break-even of something else", () => {
    const cost = denseRankCost({ inputs: 4, outputs: 4, useBias: false });
    const wrong: [RankCost, string][] = [
      [{ ...cost, perRank: { parameters: Number.NaN, macs: 8 } }, "perRank.parameters"],
      [{ ...cost, perRank: { parameters: 8, macs: 0 } }, "perRank.macs"],
      [{ ...cost, original: { parameters: 16, macs: Number.NaN } }, "original.macs"],
      [{ ...cost, biasParameters: Number.NaN }, "biasParameters"],
      [{ ...cost, fullRank: Number.NaN }, "fullRank"],
      [{} as RankCost, "original.parameters"],
    ];
    for (const [bad, name] of wrong) {
      expect(() => breakEvenRank(bad)).to.throw(LabError, `${name} must be an integer`);
      expect(() => costAtRank(bad, 1)).to.throw(LabError, `${name} must be an integer`);
      expect(() => rankByBudget(bad, { macs: 100 })).to.throw(LabError, `${name} must be an integer`);
    }
    for (const of of ["constructor", "bytes", undefined]) {
      const at = () => breakEvenRank(cost, of as "macs");
      if (of === undefined) expect(at()).to.equal(breakEvenRank(cost, "parameters"));
      else expect(at).to.throw(LabError, `no cost ${of}`);
    }
  });
});
