import { createContext, runInContext } from "node:vm";
import { expect } from "chai";
import fc from "fast-check";
import { LabError } from "../errors.js";
import { tensor } from "../tensor.js";
import fixtures from "./fixtures/distillation.json" with { type: "json" };
import { expectClose, float64 } from "./fixtures/load.js";
import { logSoftmax, temperatureSoftmax } from "./softmax.js";

describe("temperatureSoftmax", () => {
  it("gives PyTorch's probabilities and logarithms, up to logits of 1e4 and temperatures from 0.1 to 100", () => {
    for (const { student, teacher, softened } of fixtures.losses) {
      for (const { temperature, probabilities, logs } of softened) {
        const [p, log] = [
          temperatureSoftmax(float64(teacher), temperature),
          logSoftmax(float64(student), temperature),
        ];
        expectClose(p.data, probabilities, logSlack(teacher.data, teacher.shape, temperature));
        expectClose(log.data, logs, logSlack(student.data, student.shape, temperature));
      }
    }
  });

  it("gives one-hot rows for a teacher that is sure, and even ones as the temperature grows", () => {
    const logits = tensor([1, 4], [1e4, 0, -1e4, 0]);
    expect([...temperatureSoftmax(logits, 1).data]).to.deep.equal([1, 0, 0, 0]);
    // e^(1e4 / 1e12) differs from 1 by 1e-8, less than half a step of float32.
    expect([...temperatureSoftmax(logits, 1e12).data]).to.deep.equal([0.25, 0.25, 0.25, 0.25]);
  });

  it("keeps the precision of arrays of another realm", () => {
    const foreign = (code: string) => runInContext(code, createContext({}));
    const single = temperatureSoftmax(tensor([1, 2], foreign("Float32Array.of(0, 1)") as Float32Array), 1);
    expect(single).to.deep.equal(temperatureSoftmax(tensor([1, 2], [0, 1]), 1));
    const double = logSoftmax(tensor([1, 2], foreign("Float64Array.of(0, 1)") as Float64Array));
    expect(double).to.deep.equal(logSoftmax(tensor([1, 2], Float64Array.of(0, 1))));
  });

  it("keeps the precision that it is given", () => {
    expect(temperatureSoftmax(tensor([1, 2], [0, 1]), 1).data).to.be.instanceOf(Float32Array);
    expect(logSoftmax(tensor([1, 2], Float64Array.of(0, 1))).data).to.be.instanceOf(Float64Array);
  });

  it("gives rows that sum to 1 and keep the order of the logits", () => {
    const row = fc.array(fc.double({ min: -100, max: 100, noNaN: true }), { minLength: 2, maxLength: 12 });
    const temperature = fc.double({ min: 0.1, max: 100, noNaN: true });
    fc.assert(
      fc.property(row, temperature, (z, T) => {
        const p = temperatureSoftmax(tensor([1, z.length], Float64Array.from(z)), T).data;
        const sum = p.reduce((a, b) => a + b, 0);
        // One rounding for each term, relative; logarithms of up to 2000 are off by 2000 · 2^-53.
        expect(sum).to.be.closeTo(1, (z.length + 2000) * 2 ** -52);
        for (let i = 1; i < z.length; i++) if (z[i]! >= z[0]!) expect(p[i]).to.be.at.least(p[0]!);
      }),
    );
  });

  it("leaves its input alone", () => {
    const logits = tensor([1, 3], [1, 2, 3]);
    temperatureSoftmax(logits, 2);
    logSoftmax(logits);
    expect([...logits.data]).to.deep.equal([1, 2, 3]);
  });

  it("refuses what is no matrix of finite logits of two or more classes", () => {
    for (const [shape, data, message] of [
      [[2], [1, 2], "[examples, classes], got [2]"],
      [[1, 1, 2], [1, 2], "[examples, classes], got [1, 1, 2]"],
      [[0, 3], [], "no elements"],
      [[3, 1], [1, 2, 3], "1 class"],
      [[1, 2], [1, Number.NaN], ", at index 1"],
      [[1, 2], [Number.POSITIVE_INFINITY, 0], ", at index 0"],
    ] as const) {
      expect(() => temperatureSoftmax(tensor(shape, [...data]), 1)).to.throw(LabError, message);
      expect(() => logSoftmax(tensor(shape, [...data]))).to.throw(LabError, message);
    }
    expect(() => logSoftmax({ shape: [1, 3], data: Float32Array.of(1, 2) })).to.throw(LabError, "holds 3");
  });

  it("refuses a temperature that is not positive and finite, and one so low that logits overflow", () => {
    for (const T of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => temperatureSoftmax(tensor([1, 2], [0, 1]), T)).to.throw(LabError, `got ${T}`);
    }
    expect(() => temperatureSoftmax(tensor([1, 2], [0, 1]), Number.MIN_VALUE)).to.throw(
      LabError,
      "temperature",
    );
  });
});

/**
 * What two float64 programs may differ by in log p = (z - m)/T - ln Σ: a difference and a quotient round
 * numbers of up to `range`, an exponential sees that error, a sum of c terms rounds c times, and the last
 * difference rounds once more; each by 2^-53, in both programs.
 */
function logSlack(z: readonly number[], [, classes]: readonly number[], temperature: number): number {
  const range = (Math.max(...z) - Math.min(...z)) / temperature;
  return 2 * (classes! + 4) * 2 ** -53 * (1 + range);
}
