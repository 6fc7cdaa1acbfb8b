import { expect } from "chai";
import { LabError } from "../../errors.js";
import { tensor } from "../../tensor.js";
import { paramsFromData } from "../params.js";
import { dequantize, quantize } from "../quantize.js";
import type { QuantScheme } from "../scheme.js";
import { activationParams, byteTensor, runInteger } from "./index.js";

const scheme = (change: Partial<QuantScheme> = {}): QuantScheme => ({
  convention: "lecture",
  type: "int8",
  symmetric: false,
  granularity: { per: "tensor" },
  ...change,
});
const x = tensor([1, 4], [-1, 0, 0.5, 3]);

describe("byteTensor and activationParams", () => {
  for (const type of ["int8", "uint8", "int4", "uint5"] as const) {
    it(`hand ${type} codes to integer arithmetic, which hands back the same numbers`, () => {
      const quantized = quantize(x, paramsFromData(x, scheme({ type })));
      const params = activationParams(quantized.params);
      const network = {
        input: { name: "x", shape: [4], params },
        layers: [{ kind: "flatten", name: "same", input: "x" }],
        output: "same",
      } as const;
      const { data } = runInteger(network, byteTensor(quantized));
      const restored = Float32Array.from(data, (code) => params.scale * (code - params.zeroPoint));
      expect(restored).to.deep.equal(dequantize(quantized).data);
    });
  }

  it("refuse codes that are wider than a byte", () => {
    const wide = quantize(x, paramsFromData(x, scheme({ type: "uint9" })));
    expect(() => byteTensor(wide)).to.throw(LabError, "uint9 has codes from 0 to 511");
    expect(() => activationParams(wide.params)).to.throw(LabError, "uint9 has codes from 0 to 511");
  });

  it("take weights per channel, and refuse activations per channel", () => {
    const channels = quantize(x, paramsFromData(x, scheme({ granularity: { per: "channel", axis: 1 } })));
    expect(byteTensor(channels).data).to.equal(channels.codes);
    expect(() => activationParams(channels.params)).to.throw(LabError, "can't have parameters per channel");
  });
});
