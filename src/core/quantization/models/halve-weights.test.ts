import { expect } from "chai";
import { LabError } from "../../errors.js";
import type { LayerGraph } from "../../model/index.js";
import { toLayerGraph } from "../../model/index.js";
import { seeded } from "../../random.js";
import { teachingMlp } from "../../zoo/index.js";
import { halveWeights } from "./index.js";

const graphWith = (...weights: number[]): LayerGraph => ({
  nodes: [
    { name: "x", kind: "InputLayer", config: { batchInputShape: [null, 1] }, inputs: [], weights: [] },
    {
      name: "fc",
      kind: "Dense",
      config: { units: weights.length, useBias: false },
      inputs: ["x"],
      weights: [{ shape: [1, weights.length], data: Float32Array.from(weights) }],
    },
  ],
  outputs: ["fc"],
});

describe("halveWeights", () => {
  it("keeps what half precision holds, and rounds the rest to 11 bits, ties to even", () => {
    // Beside 1, half-precision numbers are 2^-10 apart.
    const given = [1, -0.5, 65504, 2 ** -24, 1 + 2 ** -11, 1 + 3 * 2 ** -11, 1 + 2 ** -12, 1e-9];
    const expected = [1, -0.5, 65504, 2 ** -24, 1, 1 + 2 ** -9, 1, 0];
    expect([...halveWeights(graphWith(...given)).nodes[1]!.weights[0]!.data]).to.deep.equal(expected);
  });

  it("takes a tfjs model as well, leaves it alone, and is at its goal after one time", () => {
    const model = teachingMlp(seeded("half"));
    const before = toLayerGraph(model);
    const once = halveWeights(model);
    expect(toLayerGraph(model)).to.deep.equal(before);
    expect(once).to.deep.equal(halveWeights(before));
    expect(once).to.not.deep.equal(before);
    expect(halveWeights(once)).to.deep.equal(once);
  });

  it("refuses weights that half precision does not hold", () => {
    expect(() => halveWeights(graphWith(1, -65520))).to.throw(LabError, "layer fc has the weight -65520");
    expect(() => halveWeights(graphWith(Number.NaN))).to.throw(LabError, "NaN in the weights of layer fc");
    expect(() => halveWeights(undefined as never)).to.throw(LabError, "the model is undefined");
  });
});
