import { AssertionError, expect } from "chai";
import { LabError } from "../core/errors.js";
import { finiteNumber, integer, numbers, record, sameIntegers, typedArray, within } from "./matchers.js";

/** What may come back from a student's code, as far as plain data goes. */
const hostile: readonly unknown[] = [
  undefined,
  null,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  "3",
  "",
  true,
  10n,
  [],
  [Number.NaN],
  {},
  { length: 1, 0: 1 },
  { valueOf: 3 },
  new Float32Array(0),
  Float32Array.of(Number.NaN),
  new Error("x"),
  new Date(0),
  new DataView(new ArrayBuffer(4)),
];

function refusal(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    expect(error).to.be.instanceOf(AssertionError);
    return (error as Error).message;
  }
  throw new Error("nothing was thrown");
}

describe("matchers", () => {
  it("refuse every hostile value with an assertion", () => {
    for (const value of hostile) {
      refusal(() => finiteNumber(value, "x"));
      refusal(() => integer(value, "x"));
      refusal(() => record(value, ["scale"]));
      refusal(() => typedArray(value, Uint8Array, 1));
      refusal(() => typedArray(value, Float32Array, 1));
      refusal(() => numbers(value, 1));
      refusal(() => sameIntegers(value, [1]));
      refusal(() => within(value, 1, 1e9));
      refusal(() => within(value, [1], 1e9));
    }
  });

  it("never repeat a text that came back", () => {
    const text = "\u001b[31m<script>";
    for (const act of [
      () => finiteNumber(text, "x"),
      () => record(text, ["a"]),
      () => typedArray([text], Uint8Array, 1),
      () => numbers([text], 1),
      () => within([text], [1], 1),
    ]) {
      expect(refusal(act)).not.to.include("script").and.not.to.include("\u001b");
    }
  });

  it("let the right values through, narrowed", () => {
    expect(finiteNumber(0.5, "x")).to.equal(0.5);
    expect(integer(-3, "x")).to.equal(-3);
    expect(record({ a: 1, b: 2 }, ["a"]).a).to.equal(1);
    expect(typedArray(Int8Array.of(1), Int8Array, 1)[0]).to.equal(1);
    expect(numbers([1, 2], 2)).to.deep.equal([1, 2]);
    sameIntegers(Uint8Array.of(1, 2), [1, 2]);
    sameIntegers([-0], [0]);
    within([1, 2], Float32Array.of(1, 2.5), 0.5);
    within([1, 2], [1.1, 3], [0.2, 1]);
  });

  it("say where, what came back and what was expected", () => {
    expect(refusal(() => sameIntegers([0, 70, 116, 185], [0, 70, 116, 186], "codes"))).to.equal(
      "codes at index 3: got 185, expected 186",
    );
    expect(refusal(() => within(0.0217, 5.5 / 255, 1e-9, "scale"))).to.equal(
      "scale: got 0.0217, expected 0.0215686 (within 1e-9)",
    );
    expect(refusal(() => typedArray([1], Uint8Array, 1, "codes"))).to.equal(
      "codes: expected a Uint8Array, got an array of 1",
    );
    expect(refusal(() => numbers([1], 3, "scales"))).to.equal("scales: expected 3 values, got 1");
    expect(refusal(() => record({ scale: 1 }, ["scale", "zeroPoint"], "affineParams"))).to.equal(
      "affineParams: zeroPoint is missing",
    );
  });

  it("show more digits where six would look the same", () => {
    expect(refusal(() => within(1.00000001, 1.00000002, 0, "x"))).to.include(
      "got 1.00000001, expected 1.00000002",
    );
  });

  it("look at own keys only, so that an inherited one does not count", () => {
    expect(refusal(() => record({}, ["toString"]))).to.include("toString is missing");
  });

  it("take a class for exactly that class", () => {
    refusal(() => typedArray(new Uint8ClampedArray(1), Uint8Array, 1));
    refusal(() => typedArray(new Float64Array(1), Float32Array, 1));
  });

  it("fail on an expected NaN instead of letting everything through", () => {
    refusal(() => within(1, Number.NaN, 1));
  });

  it("blame the test, not the student, for a tolerance that is no bound", () => {
    expect(() => within(1, 1, Number.NaN)).to.throw(LabError);
    expect(() => within([1, 2], [1, 2], [1])).to.throw(LabError, "index 1");
  });
});
