import { expect } from "chai";
import { LabError } from "../errors.js";
import { toLayerGraph } from "../model/index.js";
import { seeded } from "../random.js";
import { teachingCnn } from "../zoo/index.js";
import { breakEvenRank, channelRankCost } from "./cost.js";
import { planLowRank } from "./plan.js";
import { lowRankReport } from "./report.js";

describe("lowRankReport", () => {
  const graph = toLayerGraph(teachingCnn(seeded("report")));
  const conv = graph.nodes.filter(({ kind }) => kind === "Conv2D")[1]!.name;
  const dense = graph.nodes.at(-1)!.name;

  it("has a row for each rank, that says what a plan of this rank says", () => {
    const { original, rows } = lowRankReport(graph, dense, { method: "dense" });
    expect(rows.map(({ rank }) => rank)).to.deep.equal([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    for (const { rank, error, energy, parameters, macs } of rows) {
      const plan = planLowRank(graph, dense, { method: "dense", rank });
      expect({ error, original, after: { parameters, macs } }).to.deep.equal({
        error: plan.error,
        original: plan.before,
        after: plan.after,
      });
      expect(energy).to.be.closeTo(1 - error ** 2, 10 * 2 ** -52);
    }
    expect(rows.at(-1)).to.include({ energy: 1, error: 0 });
  });

  it("shows where a product begins to cost more than the layer", () => {
    const { original, rows } = lowRankReport(graph, conv, { method: "channel" });
    const cheaper = rows.filter(({ parameters }) => parameters < original.parameters);
    const size = { kernel: [3, 3], inputs: 16, outputs: 32, useBias: true } as const;
    const places = { inputSize: [14, 14], outputSize: [14, 14] } as const;
    expect(cheaper.at(-1)?.rank).to.equal(breakEvenRank(channelRankCost({ ...size, ...places })));
  });

  it("gives the ranks that are asked for, in that order", () => {
    const { rows } = lowRankReport(graph, conv, { method: "spatial", ranks: [8, 2] });
    expect(rows.map(({ rank }) => rank)).to.deep.equal([8, 2]);
  });

  it("refuses ranks out of range, and a layer of another kind", () => {
    const at = (name: string, method: "dense" | "channel", ranks: number[]) => () =>
      lowRankReport(graph, name, { method, ranks });
    for (const rank of [0, 11, 1.5]) expect(at(dense, "dense", [rank])).to.throw(LabError, `got ${rank}`);
    expect(at(conv, "dense", [1])).to.throw(LabError, "is a Conv2D");
    expect(at("nothing", "dense", [1])).to.throw(LabError, "there is no layer nothing");
  });

  it("refuses a method that gives no product of two", () => {
    for (const method of ["tucker", "bogus", undefined]) {
      const at = () => lowRankReport(graph, conv, { method: method as "channel" });
      expect(at).to.throw(LabError, `no report by the method ${method}`);
    }
  });
});
