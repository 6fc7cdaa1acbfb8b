import { expect } from "chai";
import fc from "fast-check";
import { LabError } from "../errors.js";
import { type Tensor, tensor } from "../tensor.js";
import { crossEntropy, crossEntropyGradient } from "./cross-entropy.js";
import { type DistillationOptions, distillationLoss } from "./distillation-loss.js";
import fixtures from "./fixtures/distillation.json" with { type: "json" };
import { expectClose, float64 } from "./fixtures/load.js";
import { klDivergence, klDivergenceGradient } from "./kl-divergence.js";

const forms = ["lecture", "hinton"] as const;

describe("crossEntropy", () => {
  it("gives PyTorch's loss and gradient", () => {
    for (const { student, labels, hard, hardGradient } of fixtures.losses) {
      const { ofLogs } = slack(student, student, 1);
      expect(crossEntropy(float64(student), labels)).to.be.closeTo(hard, ofLogs);
      expectClose(crossEntropyGradient(float64(student), labels).data, hardGradient, ofLogs);
    }
  });

  it("is ln C for equal logits, whatever the label", () => {
    for (const classes of [2, 3, 10]) {
      const logits = tensor([1, classes], new Float64Array(classes).fill(-7));
      expect(crossEntropy(logits, [classes - 1])).to.be.closeTo(Math.log(classes), 2 ** -51);
    }
  });

  it("refuses labels that are no class, and another number of them than of rows", () => {
    const logits = tensor([2, 3], [1, 2, 3, 4, 5, 6]);
    for (const labels of [
      [0, 3],
      [0, -1],
      [0, 0.5],
      [0, Number.NaN],
    ]) {
      expect(() => crossEntropy(logits, labels)).to.throw(LabError, `label 1 is ${labels[1]}`);
      expect(() => crossEntropyGradient(logits, labels)).to.throw(LabError, `label 1 is ${labels[1]}`);
    }
    for (const labels of [[], [0], [0, 1, 2]]) {
      expect(() => crossEntropy(logits, labels)).to.throw(LabError, `${labels.length} labels`);
    }
  });
});

describe("klDivergence", () => {
  it("gives PyTorch's batchmean times T², which is C times its mean", () => {
    for (const { student, teacher, softened } of fixtures.losses) {
      for (const { temperature, soft, mean } of softened) {
        const ours = klDivergence(float64(teacher), float64(student), temperature);
        const { ofSoft } = slack(student, teacher, temperature);
        expect(ours).to.be.closeTo(soft, ofSoft);
        expect(ours / student.shape[1]!).to.be.closeTo(mean, ofSoft);
      }
    }
  });

  it("is 0 with gradient 0 exactly where teacher and student agree", () => {
    const logits = tensor([2, 3], Float64Array.of(0.1, 7, -3, 1e4, -1e4, 0));
    for (const T of [0.1, 1, 4, 100]) {
      expect(klDivergence(logits, logits, T)).to.equal(0);
      expect([...klDivergenceGradient(logits, logits, T).data]).to.deep.equal([0, 0, 0, 0, 0, 0]);
    }
  });

  it("is as large for a row that is shifted by a constant", () => {
    const student = tensor([1, 3], Float64Array.of(1, 2, 4));
    const teacher = tensor([1, 3], Float64Array.of(0, 8, 1));
    const shifted = tensor([1, 3], Float64Array.of(1024, 1032, 1025));
    expect(klDivergence(shifted, student, 3)).to.equal(klDivergence(teacher, student, 3));
  });

  it("has the gradient (zₛ - zₜ)/(N·C), each row less its mean, as the temperature grows", () => {
    const [n, c, T] = [2, 3, 1e4];
    const student = tensor([n, c], Float64Array.of(1, -1, 0.5, 0, 0.25, 1));
    const teacher = tensor([n, c], Float64Array.of(-1, 0, 1, 1, 1, -0.5));
    const limit = student.data.map((z, i) => {
      const row = [0, 1, 2].map((j) => Math.floor(i / c) * c + j);
      const mean = row.reduce((sum, j) => sum + student.data[j]! - teacher.data[j]!, 0) / c;
      return (z - teacher.data[i]! - mean) / (n * c);
    });
    // With u = (z - mean)/T and |u| ≤ ε = 2/T: |e^u - 1 - u| ≤ 1.4ε², hence |C·p - 1 - u| ≤ 4ε² for each of
    // the two softmaxes, times T/(N·C). Rounding: T · 2^-51.
    const tolerance = (8 * (2 / T) ** 2 * T) / (n * c) + T * 2 ** -51;
    expectClose(klDivergenceGradient(teacher, student, T).data, limit, tolerance);
  });

  it("comes near to half the variance of the logits' difference at the largest temperature", () => {
    const student = tensor([1, 3], Float64Array.of(1, -1, 0.5));
    const teacher = tensor([1, 3], Float64Array.of(-1, 0, 1));
    const differences = student.data.map((z, i) => z - teacher.data[i]!);
    const mean = differences.reduce((sum, d) => sum + d, 0) / 3;
    const variance = differences.reduce((sum, d) => sum + (d - mean) ** 2, 0) / 3;
    // T² KL = Var/2 + O(max|z|³/T), with |z| ≤ 2. Rounding: T² times a few 2^-53 of logarithms near ln 3.
    const slack = (2 * 2 ** 3) / 1e4 + 1e8 * 8 * 2 ** -52;
    expect(klDivergence(teacher, student, 1e4)).to.be.closeTo(variance / 2, slack);
  });

  it("refuses logits of two shapes, and a temperature that leaves no digits of the divergence", () => {
    const two = tensor([1, 2], [1, 2]);
    expect(() => klDivergence(two, tensor([1, 3], [1, 2, 3]), 1)).to.throw(LabError, "same shape");
    expect(() => klDivergence(two, tensor([2, 2], [1, 2, 3, 4]), 1)).to.throw(LabError, "same shape");
    expect(() => klDivergence(two, tensor([1, 2], [Number.NaN, 0]), 1)).to.throw(LabError, "student");
    expect(() => klDivergence(tensor([1, 2], [Number.NaN, 0]), two, 1)).to.throw(LabError, "teacher");
    for (const T of [0, 10_001, 1e9, 1e200, Number.NaN]) {
      expect(() => klDivergence(two, two, T)).to.throw(LabError, `got ${T}`);
      expect(() => klDivergenceGradient(two, two, T)).to.throw(LabError, `got ${T}`);
    }
    const far = tensor([1, 2], Float64Array.of(1e308, 0));
    expect(() => klDivergence(far, tensor([1, 2], Float64Array.of(0, 1e308)), 1e4)).to.throw(
      LabError,
      "the divergence at temperature 10000 is Infinity",
    );
  });
});

describe("distillationLoss", () => {
  it("gives PyTorch's losses and gradients in both forms", () => {
    for (const { student, teacher, labels, hard, softened } of fixtures.losses) {
      for (const { temperature, alpha, soft, ...expected } of softened) {
        const { ofSoft, ofGradient } = slack(student, teacher, temperature);
        for (const form of forms) {
          const options = { temperature, alpha, form };
          const ours = distillationLoss(float64(student), float64(teacher), labels, options);
          expect(ours.loss).to.be.closeTo(expected[form], ofSoft);
          expect(ours.hard).to.be.closeTo(hard, ofSoft);
          expect(ours.soft).to.be.closeTo(soft, ofSoft);
          expectClose(ours.gradient.data, expected[`${form}Gradient`], ofGradient);
        }
      }
    }
  });

  it("rounds float32 gradients, and computes everything before in float64", () => {
    for (const { student, teacher, labels, softened } of fixtures.losses) {
      for (const { temperature, alpha, lecture, lectureGradient } of softened) {
        const single = { shape: student.shape, data: Float32Array.from(student.data) };
        const options = { temperature, alpha, form: "lecture" } as const;
        const { loss, gradient } = distillationLoss(single, float64(teacher), labels, options);
        const { ofSoft, ofGradient } = slack(student, teacher, temperature);
        expect(loss).to.be.closeTo(lecture, ofSoft);
        // Both parts are rounded to float32, then their sum: gradients reach T.
        expectClose(gradient.data, lectureGradient, ofGradient + 2 * (1 + temperature) * 2 ** -24);
      }
    }
  });

  it("is the loss of the labels alone, or of the teacher alone, at both ends of alpha", () => {
    const [student, teacher] = [tensor([1, 3], [1, 2, 3]), tensor([1, 3], [5, 0, 1])];
    for (const [form, alpha] of [
      ["lecture", 1],
      ["hinton", 0],
    ] as const) {
      const { loss, hard, gradient } = distillationLoss(student, teacher, [0], {
        temperature: 3,
        alpha,
        form,
      });
      expect(loss)
        .to.equal(hard)
        .and.equal(crossEntropy(student, [0]));
      expect(gradient).to.deep.equal(crossEntropyGradient(student, [0]));
    }
    for (const [form, alpha] of [
      ["lecture", 0],
      ["hinton", 1],
    ] as const) {
      const { loss, soft, gradient } = distillationLoss(student, teacher, [0], {
        temperature: 3,
        alpha,
        form,
      });
      expect(loss)
        .to.equal(soft)
        .and.equal(klDivergence(teacher, student, 3));
      expect(gradient).to.deep.equal(klDivergenceGradient(teacher, student, 3));
    }
  });

  it("has the gradient that finite differences of the loss give", () => {
    const logits = fc.array(fc.double({ min: -5, max: 5, noNaN: true }), { minLength: 6, maxLength: 6 });
    const temperature = fc.double({ min: 0.5, max: 20, noNaN: true });
    const alpha = fc.double({ min: 0, max: 1, noNaN: true });
    const labels = fc.tuple(fc.nat(2), fc.nat(2));
    fc.assert(
      fc.property(logits, logits, labels, temperature, alpha, fc.constantFrom(...forms), (...drawn) => {
        const [s, t, y, T, a, form] = drawn;
        const options: DistillationOptions = { temperature: T, alpha: a, form };
        const teacher = tensor([2, 3], Float64Array.from(t));
        const lossAt = (z: Float64Array) => distillationLoss(tensor([2, 3], z), teacher, y, options);
        const gradient = lossAt(Float64Array.from(s)).gradient.data;
        const h = 1e-4;
        for (let i = 0; i < s.length; i++) {
          const at = (d: number) => lossAt(Float64Array.from(s, (z, j) => (i === j ? z + d : z))).loss;
          const slope = (at(h) - at(-h)) / (2 * h);
          // The third derivatives of both parts stay below 1 (times 1/T for the softened one, T ≥ 0.5), so
          // truncation is at most 2 h²/6. The loss is at most T² · 20/T + 11 ≤ 411, rounded some 20 times.
          expect(gradient[i]).to.be.closeTo(slope, (2 * h ** 2) / 6 + (411 * 20 * 2 ** -53) / h);
        }
      }),
      { numRuns: 50 },
    );
  });

  it("leaves its inputs alone", () => {
    const [student, teacher] = [tensor([1, 2], [1, 2]), tensor([1, 2], [3, 4])];
    distillationLoss(student, teacher, [0], { temperature: 2, alpha: 0.3, form: "lecture" });
    expect([...student.data, ...teacher.data]).to.deep.equal([1, 2, 3, 4]);
  });

  it("refuses alpha outside of 0 to 1, and a form that it does not know", () => {
    const logits = tensor([1, 2], [1, 2]);
    const at = (options: object) => () =>
      distillationLoss(logits, logits, [0], { temperature: 2, alpha: 0.5, form: "lecture", ...options });
    for (const alpha of [-0.1, 1.1, Number.NaN]) expect(at({ alpha })).to.throw(LabError, `got ${alpha}`);
    expect(at({ form: "both" })).to.throw(LabError, 'got "both"');
    for (const temperature of [-1, 1e5]) expect(at({ temperature })).to.throw(LabError, "temperature");
  });
});

/**
 * What two float64 programs may differ by. The logarithm of a probability is off by
 * e = (c + 4) · 2^-53 · (1 + range) (see softmax.test.ts), with range = the largest difference of logits / T,
 * at least that of the plain softmax. A probability p is off by p·e. The divergence Σ p (log pₜ - log pₛ), with
 * logarithms that differ by at most 2·range, is off by e·(2 + 2·range), times T². A gradient (T or 1) · (p - q)
 * is off by 2·e·max(T, 1). All that in two programs.
 */
function slack(student: Numbers, teacher: Numbers, temperature: number) {
  const range = Math.max(rangeOf(student), rangeOf(teacher)) / Math.min(temperature, 1);
  const ofLogs = 2 * (student.shape[1]! + 4) * 2 ** -53 * (1 + range);
  return {
    ofLogs,
    ofSoft: Math.max(temperature ** 2, 1) * ofLogs * (2 + 2 * range),
    ofGradient: 2 * ofLogs * Math.max(temperature, 1),
  };
}

type Numbers = Pick<Tensor, "shape"> & { readonly data: readonly number[] };

function rangeOf({ data }: Numbers): number {
  return Math.max(...data) - Math.min(...data);
}
