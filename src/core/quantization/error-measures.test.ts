import { expect } from "chai";
import { LabError } from "../errors.js";
import { tensor } from "../tensor.js";
import { cosineSimilarity, maxError, sqnr } from "./error-measures.js";
import fixtures from "./fixtures/int4.json" with { type: "json" };

describe("sqnr", () => {
  it("is 20 dB where the noise has a tenth of the amplitude", () => {
    expect(sqnr(Float32Array.of(3, 4), Float32Array.of(3, 4.5))).to.equal(20);
  });

  it("is infinite where nothing was lost, and minus infinity where there was nothing to lose", () => {
    expect(sqnr(Float32Array.of(1, 0), Float32Array.of(1, -0))).to.equal(Number.POSITIVE_INFINITY);
    expect(sqnr(Float32Array.of(0), Float32Array.of(0))).to.equal(Number.POSITIVE_INFINITY);
    expect(sqnr(Float32Array.of(0), Float32Array.of(1))).to.equal(Number.NEGATIVE_INFINITY);
  });

  it("refuses NaN, infinities, nothing, and arrays of different lengths", () => {
    expect(() => sqnr(Float32Array.of(), Float32Array.of())).to.throw(LabError, "no elements");
    expect(() => sqnr(Float32Array.of(Number.POSITIVE_INFINITY), Float32Array.of(1))).to.throw(
      LabError,
      "there is Infinity in x",
    );
    expect(() => sqnr(Float32Array.of(1), new Float32Array(2))).to.throw(LabError, "got 1 and 2");
    expect(() => sqnr(Float32Array.of(1), Float32Array.of(Number.NaN))).to.throw(LabError, "restored");
  });
});

describe("maxError and cosineSimilarity", () => {
  it("are what torch computes", () => {
    for (const { x, y, maxError: largest, cosine } of fixtures.errors) {
      const [a, b] = [Float32Array.from(x), Float32Array.from(y)];
      expect(maxError(a, b)).to.equal(largest);
      // Both sum some hundred float64 terms, each rounded by 2^-53 of at most the sum.
      expect(cosineSimilarity(a, b)).to.be.closeTo(cosine, 1e-13);
    }
  });

  it("see no difference between a tensor and itself", () => {
    const x = Float32Array.of(0.1, 0.2, 0.3);
    expect(maxError(x, x)).to.equal(0);
    expect(cosineSimilarity(x, x)).to.equal(1);
    expect(
      cosineSimilarity(
        x,
        Float32Array.from(x, (value) => -2 * value),
      ),
    ).to.equal(-1);
  });

  it("take tensors as well, of one shape", () => {
    const [x, y] = [tensor([1, 2], [3, 4]), tensor([1, 2], [3, 4.5])];
    for (const measure of [sqnr, maxError, cosineSimilarity]) {
      const expected = measure(x.data, y.data);
      expect(measure(x, y)).to.equal(expected);
      expect(measure(x.data, y)).to.equal(expected);
      expect(() => measure(x, tensor([2, 1], [3, 4]))).to.throw(LabError, "[1, 2] and [2, 1]");
      expect(() => measure(x, undefined as never)).to.throw(LabError, "restored is undefined");
    }
  });

  it("have a rule for vectors of zeros", () => {
    const zeros = new Float32Array(2);
    expect(cosineSimilarity(zeros, zeros)).to.equal(1);
    expect(cosineSimilarity(zeros, Float32Array.of(1, 0))).to.equal(0);
    expect(cosineSimilarity(Float32Array.of(1, 0), zeros)).to.equal(0);
  });

  it("refuse what has no error", () => {
    const one = Float32Array.of(1);
    for (const measure of [maxError, cosineSimilarity]) {
      expect(() => measure(one, new Float32Array(2))).to.throw(LabError, "got 1 and 2");
      expect(() => measure(new Float32Array(0), new Float32Array(0))).to.throw(LabError, "no elements");
      expect(() => measure(one, Float32Array.of(Number.NaN))).to.throw(LabError, "there is NaN in restored");
      expect(() => measure(Float32Array.of(Number.POSITIVE_INFINITY), one)).to.throw(LabError, "Infinity");
    }
  });
});
