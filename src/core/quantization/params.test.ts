import { expect } from "chai";
import { LabError } from "../errors.js";
import { tensor } from "../tensor.js";
import { paramsFromData, paramsFromRanges, type QuantScheme } from "./index.js";

const scheme: QuantScheme = {
  convention: "lecture",
  type: "uint8",
  symmetric: false,
  granularity: { per: "tensor" },
};

describe("the parameters of a range", () => {
  it("refuse a granularity that there is not", () => {
    const bogus = { ...scheme, granularity: { per: "bogus" } as never };
    expect(() => paramsFromRanges([{ min: -1, max: 1 }], bogus)).to.throw(LabError, 'per "bogus"');
  });

  it("refuse what is no scheme", () => {
    for (const given of [undefined, null, "torch"] as never[]) {
      expect(() => paramsFromRanges([{ min: -1, max: 1 }], given)).to.throw(LabError, "the scheme is ");
      expect(() => paramsFromData(tensor([1], [1]), given)).to.throw(LabError, "the scheme is ");
    }
  });

  it("refuse a range so narrow that the zero point is no code", () => {
    // 255 steps of two of the smallest numbers reach 510 of them, not 637.
    const range = { min: -637 * Number.MIN_VALUE, max: 0 };
    expect(() => paramsFromRanges([range], scheme)).to.throw(LabError, "puts the zero point at 318, outside");
  });
});
