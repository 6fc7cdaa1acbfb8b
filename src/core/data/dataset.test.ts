import { expect } from "chai";
import { LabError } from "../errors.js";
import { checkDataset, type Dataset, pick } from "./dataset.js";

const three: Dataset = {
  inputs: { shape: [3, 2, 1], data: Float32Array.of(1, 2, 3, 4, 5, 6) },
  labels: Int32Array.of(0, 1, 0),
  classes: 2,
};

describe("pick", () => {
  it("copies examples in the order asked for, as often as asked for", () => {
    expect(pick(three, [2, 0, 2])).to.deep.equal({
      inputs: { shape: [3, 2, 1], data: Float32Array.of(5, 6, 1, 2, 5, 6) },
      labels: Int32Array.of(0, 0, 0),
      classes: 2,
    });
  });

  it("leaves the data set alone", () => {
    const before = structuredClone(three);
    pick(three, [1]).inputs.data.fill(9);
    expect(three).to.deep.equal(before);
  });

  it("refuses inputs and labels that don't fit each other", () => {
    expect(() => pick({ ...three, labels: Int32Array.of(0, 1) }, [0])).to.throw(
      LabError,
      "3 inputs and 2 labels",
    );
  });

  it("refuses places where there is no example", () => {
    for (const place of [3, -1, 0.5, Number.NaN]) {
      expect(() => pick(three, [0, place])).to.throw(LabError, "place 1 must be an integer from 0 to 2");
    }
  });
});

describe("checkDataset", () => {
  it("refuses labels that are no integers, also where types are not checked", () => {
    for (const label of [0.5, Number.NaN, "1", undefined]) {
      const labels = [0, label, 1] as unknown as Int32Array;
      expect(() => checkDataset({ ...three, labels })).to.throw(
        LabError,
        `has the label ${label} at index 1`,
      );
    }
  });

  it("refuses what is no data set, and says where an await is missing", () => {
    expect(() => checkDataset(undefined as unknown as Dataset)).to.throw(
      LabError,
      "the data set is undefined",
    );
    const promised = Promise.resolve(three) as unknown as Dataset;
    expect(() => checkDataset(promised)).to.throw(LabError, "the data set is a Promise. Write await");
  });

  const refused = (changes: Partial<Dataset>, code: string) =>
    expect(() => checkDataset({ ...three, ...changes }))
      .to.throw(LabError)
      .with.property("code", code);

  it("takes a data set whose parts fit each other", () => {
    expect(() => checkDataset(three)).not.to.throw();
  });

  it("refuses data of another shape, other counts, no examples, and labels of no class", () => {
    refused({ inputs: { shape: [3, 2, 1], data: new Float32Array(5) } }, "BAD_SHAPE");
    refused({ labels: Int32Array.of(0, 1) }, "BAD_DATASET");
    refused({ inputs: { shape: [0, 2], data: new Float32Array() }, labels: Int32Array.of() }, "BAD_DATASET");
    refused({ labels: Int32Array.of(0, 2, 1) }, "BAD_LABEL");
    refused({ labels: Int32Array.of(0, -1, 1) }, "BAD_LABEL");
    refused({ classes: 0 }, "BAD_INTEGER");
  });
});
