import { expect } from "chai";
import fc from "fast-check";
import { LabError } from "../errors.js";
import { seeded } from "../random.js";
import { normalTensor, tensor } from "../tensor.js";
import { codeOf } from "./codes.js";
import { sqnr } from "./error-measures.js";
import fixtures from "./fixtures/quantization.json" with { type: "json" };
import { groupsOf } from "./groups.js";
import { codeRange, paramsFromData, paramsFromRanges } from "./params.js";
import { dequantize, fakeQuantize, quantize } from "./quantize.js";
import { recipeOf } from "./recipe.js";
import type { CodeType, Convention, Granularity, QuantParams, QuantScheme } from "./scheme.js";

const lecture = {
  convention: "lecture",
  type: "uint8",
  symmetric: false,
  granularity: { per: "tensor" },
} as const;
const lectureSymmetric = { ...lecture, type: "int8", symmetric: true } as const;

function params(scheme: QuantScheme, scales: readonly number[], zeroPoints: readonly number[]): QuantParams {
  const numbers = { scales: Float64Array.from(scales), zeroPoints: Int32Array.from(zeroPoints) };
  return { ...scheme, ...codeRange(scheme), ...numbers };
}

/** Every scheme that can quantize any tensor: conventions, types, symmetric or not, granularities. */
const schemes = fc
  .record({
    convention: fc.constantFrom<Convention>("lecture", "torch", "onnxruntime", "tflite"),
    type: fc.constantFrom<CodeType>("int4", "int8", "int16", "uint4", "uint8", "uint16"),
    symmetric: fc.boolean(),
    granularity: fc.constantFrom<Granularity>(
      { per: "tensor" },
      { per: "channel", axis: 0 },
      { per: "channel", axis: -1 },
      { per: "block", axis: 1, size: 3 },
      { per: "block", axis: 0, size: 2 },
    ),
  })
  .filter(({ convention, type, symmetric, granularity }) => {
    if (type.startsWith("u") && (convention === "tflite" || (convention === "lecture" && symmetric)))
      return false;
    return granularity.per !== "block" || convention === "lecture" || convention === "onnxruntime";
  });
const tensors = fc
  .array(fc.float({ min: -1000, max: 1000, noNaN: true }), { minLength: 15, maxLength: 15 })
  .map((data) => tensor([3, 5], data));

describe("codeRange", () => {
  const ranges: [Partial<QuantScheme>, number, number][] = [
    [{ convention: "lecture", type: "int8", symmetric: true }, -127, 127],
    [{ convention: "lecture", type: "int8" }, -128, 127],
    [{ convention: "lecture", type: "uint2" }, 0, 3],
    [{ convention: "torch", type: "int8", symmetric: true }, -128, 127],
    [{ convention: "torch", type: "int8", reduceRange: true }, -64, 63],
    [{ convention: "torch", type: "uint8", reduceRange: true }, 0, 127],
    // QuantizeLinear saturates at the type's ends, though the range is spread over [-127, 127] and [-64, 64].
    [{ convention: "onnxruntime", type: "int8", symmetric: true }, -128, 127],
    [{ convention: "onnxruntime", type: "int8", reduceRange: true }, -128, 127],
    [{ convention: "tflite", type: "int8", symmetric: true }, -127, 127],
    [{ convention: "tflite", type: "int16" }, -32768, 32767],
  ];
  for (const [change, codeMin, codeMax] of ranges) {
    it(`is ${codeMin} to ${codeMax} for ${JSON.stringify(change)}`, () => {
      expect(codeRange({ ...lecture, ...change })).to.deep.equal({ codeMin, codeMax });
    });
  }
});

describe("quantize", () => {
  it("gives the codes of ONNX Runtime and PyTorch away from ties, in the lecture's float64", () => {
    for (const { x, scale, zeroPoint, q, restored } of fixtures.codes) {
      // Python writes "inf" where JavaScript reads "Infinity".
      const data = Float32Array.from(x, (text) => Number(text.replace("inf", "Infinity")));
      const quantized = quantize(tensor([data.length], data), params(lecture, [scale], [zeroPoint]));
      expect([...quantized.codes]).to.deep.equal(q);
      expect([...dequantize(quantized).data]).to.deep.equal(restored);
    }
  });

  it("gives ONNX Runtime's symmetric codes, and the noise that numpy computes", () => {
    for (const { x, scale32, q, sqnr: expected } of fixtures.symmetric) {
      const data = Float32Array.from(x);
      const quantized = quantize(tensor([x.length], data), params(lectureSymmetric, [scale32], [0]));
      expect([...quantized.codes]).to.deep.equal(q);
      expect(sqnr(data, dequantize(quantized).data)).to.be.closeTo(expected, 1e-9);
    }
  });

  it("gives the codes of ONNX Runtime and PyTorch with a scale for each output channel", () => {
    for (const { weights, shape, scales, q, restored } of fixtures.channels) {
      const scheme = { ...lectureSymmetric, granularity: { per: "channel", axis: 0 } } as const;
      const quantized = quantize(
        tensor(shape, weights),
        params(scheme, scales, Array(scales.length).fill(0)),
      );
      expect([...quantized.codes]).to.deep.equal(q);
      expect([...dequantize(quantized).data]).to.deep.equal(restored);
    }
  });

  it("is per-tensor quantization where all scales are equal", () => {
    const x = normalTensor(seeded("equal scales"), [4, 6]);
    const groupings: [Granularity, number][] = [
      [{ per: "channel", axis: 1 }, 6],
      [{ per: "channel", axis: -2 }, 4],
      [{ per: "block", axis: 1, size: 4 }, 8],
      [{ per: "block", axis: 0, size: 3 }, 12],
    ];
    const codes = quantize(x, params(lectureSymmetric, [0.02], [0])).codes;
    for (const [granularity, groups] of groupings) {
      const same = params(
        { ...lectureSymmetric, granularity },
        Array(groups).fill(0.02),
        Array(groups).fill(0),
      );
      expect(quantize(x, same).codes).to.deep.equal(codes);
    }
  });

  it("treats long tensors as short ones", () => {
    const x = normalTensor(seeded("long"), [2, 9001]);
    const scheme = { ...lecture, granularity: { per: "channel", axis: 0 } } as const;
    const numbers = paramsFromData(x, scheme);
    const { codes } = quantize(x, numbers);
    const restored = dequantize({ shape: x.shape, codes, params: numbers });
    const fake = fakeQuantize(x, numbers);
    for (let i = 0; i < x.data.length; i++) {
      const group = i < 9001 ? 0 : 1;
      const [scale, zeroPoint] = [numbers.scales[group]!, numbers.zeroPoints[group]!];
      expect(codes[i]).to.equal(codeOf(x.data[i]!, scale, zeroPoint, recipeOf(scheme)));
      expect(restored.data[i]).to.equal(Math.fround(scale * (codes[i]! - zeroPoint)));
      expect(fake.data[i]).to.equal(restored.data[i]);
    }
  });

  it("counts a negative axis from the end", () => {
    const x = normalTensor(seeded("axis"), [2, 3, 4]);
    for (const axis of [0, 1, 2]) {
      const codes = [axis, axis - 3].map((a) => {
        const scheme = { ...lecture, granularity: { per: "channel", axis: a } } as const;
        return quantize(x, paramsFromData(x, scheme)).codes;
      });
      expect(codes[0]).to.deep.equal(codes[1]);
    }
  });

  it("saturates infinities, at -127 and 127 alike where the range is symmetric", () => {
    const x = tensor([5], [Number.NEGATIVE_INFINITY, -1e30, -128, 128, Number.POSITIVE_INFINITY]);
    expect([...quantize(x, params(lectureSymmetric, [1], [0])).codes]).to.deep.equal([
      -127, -127, -127, 127, 127,
    ]);
  });

  it("gives opposite codes to opposite values where the range is symmetric, ties included", () => {
    const x = tensor(
      [61],
      Float32Array.from({ length: 61 }, (_, i) => (i - 30) / 4),
    );
    for (const convention of ["lecture", "torch", "onnxruntime", "tflite"] as const) {
      const { codes } = quantize(x, params({ ...lectureSymmetric, convention }, [0.5], [0]));
      expect([...codes]).to.deep.equal([...codes].reverse().map((code) => 0 - code));
    }
  });

  it("saturates where the parameters say", () => {
    const x = tensor([2], [-1000, 1000]);
    const narrow = {
      ...params({ ...lecture, convention: "onnxruntime", type: "int8" }, [1], [0]),
      codeMin: -64,
    };
    expect([...quantize(x, narrow).codes]).to.deep.equal([-64, 127]);
  });

  it("leaves its input alone", () => {
    const x = tensor([3], [1, -2, 3]);
    const scheme = params(lecture, [0.1], [3]);
    dequantize(quantize(x, scheme));
    fakeQuantize(x, scheme);
    expect(x).to.deep.equal(tensor([3], [1, -2, 3]));
    expect(scheme).to.deep.equal(params(lecture, [0.1], [3]));
  });
});

describe("quantization and back", () => {
  it("loses at most half a step inside the range, and gives 0 back exactly", () => {
    fc.assert(
      fc.property(schemes, tensors, (scheme, x) => {
        x.data[0] = 0;
        const numbers = paramsFromData(x, scheme);
        const { data } = dequantize(quantize(x, numbers));
        expect(data[0]).to.equal(0);
        groupsOf(x.shape, scheme.granularity).forEachRun((start, end, group) => {
          const scale = numbers.scales[group]!;
          const [low, high] = [numbers.codeMin, numbers.codeMax].map(
            (code) => scale * (code - numbers.zeroPoints[group]!),
          ) as [number, number];
          for (let i = start; i < end; i++) {
            const value = x.data[i]!;
            if (value < low || value > high) continue;
            // The reciprocal, the product with it, the sum and the restored product are each rounded by at most
            // 2^-24 of a number that stands for no more than the range and the value; denormal numbers by 2^-150.
            const slack = 4 * 2 ** -24 * (high - low + Math.abs(value)) + 2 ** -150;
            expect(Math.abs(data[i]! - value)).to.be.at.most(scale / 2 + slack);
          }
        });
      }),
    );
  });

  it("reaches the ends of the range with at most one step lost", () => {
    fc.assert(
      fc.property(schemes, tensors, (scheme, x) => {
        const numbers = paramsFromData(x, { ...scheme, granularity: { per: "tensor" } });
        const { data } = dequantize(quantize(x, numbers));
        // The zero point's rounding moves the codes by half a step, torch's divisor 127.5 the largest one by half.
        // float32 as above, once for the scale itself too, which counts for each step.
        const steps = numbers.codeMax - numbers.codeMin;
        const slack = (5 * 2 ** -24 * numbers.scales[0]! + 2 ** -150) * steps + 2 ** -150;
        x.data.forEach((value, i) => {
          expect(Math.abs(data[i]! - value)).to.be.at.most(numbers.scales[0]! + slack);
        });
      }),
    );
  });

  it("keeps the order", () => {
    fc.assert(
      fc.property(schemes, tensors, (scheme, x) => {
        const perTensor = { ...scheme, granularity: { per: "tensor" } } as const;
        const sorted = tensor(x.shape, Float32Array.from(x.data).sort());
        const { codes } = quantize(sorted, paramsFromData(sorted, perTensor));
        codes.forEach((code, i) => {
          if (i > 0) expect(code).to.be.at.least(codes[i - 1]!);
        });
      }),
    );
  });

  it("gives every code back unchanged", () => {
    fc.assert(
      fc.property(schemes, tensors, (scheme, x) => {
        const numbers = paramsFromData(x, scheme);
        const quantized = quantize(x, numbers);
        expect(quantize(dequantize(quantized), numbers).codes).to.deep.equal(quantized.codes);
      }),
    );
  });
});

describe("fakeQuantize", () => {
  it("is dequantize after quantize, except for torch", () => {
    fc.assert(
      fc.property(schemes, tensors, (scheme, x) => {
        if (scheme.convention === "torch") return;
        const numbers = paramsFromData(x, scheme);
        expect(fakeQuantize(x, numbers)).to.deep.equal(dequantize(quantize(x, numbers)));
      }),
    );
  });

  it("adds torch's zero point after rounding, where quantize adds it before", () => {
    // torch 2.13: quantize_per_tensor(0.25, 0.5, 1) has code 2, fake_quantize_per_tensor_affine gives 0: code 1.
    const x = tensor([1], [0.25]);
    const numbers = params({ ...lecture, convention: "torch" }, [0.5], [1]);
    expect(dequantize(quantize(x, numbers)).data[0]).to.equal(0.5);
    expect(fakeQuantize(x, numbers).data[0]).to.equal(0);
  });
});

describe("bad input", () => {
  const good = params(lecture, [0.5], [3]);
  const x = tensor([2], [1, 2]);

  it("is refused by quantize and fakeQuantize", () => {
    for (const act of [quantize, fakeQuantize]) {
      expect(() => act(tensor([2], [0, Number.NaN]), good)).to.throw(LabError, ", at index 1");
      const long = new Float32Array(9001).fill(1);
      for (const place of [9000, 4095, 3]) {
        long[place] = Number.NaN;
        expect(() => act(tensor([9001], long), good)).to.throw(LabError, `NaN in x, at index ${place}`);
      }
      expect(() => act(tensor([9001], long.fill(1)), good)).not.to.throw();
      expect(() => act(tensor([0], []), good)).to.throw(LabError, "no elements");
      expect(() => act({ shape: [3], data: x.data }, good)).to.throw(LabError, "holds 3");
      for (const scale of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
        expect(() => act(x, params(lecture, [scale], [0]))).to.throw(LabError, `got ${scale}`);
      }
      expect(() => act(x, params(lecture, [1, 1], [0, 0]))).to.throw(LabError, "1 groups");
      expect(() => act(x, params(lecture, [1], []))).to.throw(LabError, "0 zero points");
      expect(() => act(x, params(lecture, [1], [256]))).to.throw(LabError, "got 256");
      expect(() => act(x, { ...good, codeMax: 256 })).to.throw(LabError, "codeMax");
      expect(() => act(x, { ...good, codeMin: 9, codeMax: 8 })).to.throw(LabError, "codeMax");
      expect(() => act(x, params({ ...lecture, convention: "torch" }, [0.1], [0]))).to.throw(
        LabError,
        "float32",
      );
      const channels = { ...good, granularity: { per: "channel", axis: 1 } } as const;
      expect(() => act(x, channels)).to.throw(LabError, "no axis 1");
    }
  });

  it("gives 0 its code where torch's reciprocal of the scale is beyond float32", () => {
    for (const granularity of [{ per: "tensor" }, { per: "channel", axis: 0 }] as const) {
      const small = params({ ...lectureSymmetric, convention: "torch", granularity }, [2 ** -140], [0]);
      const x = tensor(
        [1, 40],
        Float32Array.from({ length: 40 }, (_, i) => (i % 3) - 1),
      );
      expect([...quantize(x, small).codes.slice(0, 4)]).to.deep.equal([-128, 0, 127, -128]);
      expect([...fakeQuantize(x, small).data.slice(0, 2)]).to.deep.equal([-(2 ** -133), 0]);
    }
  });

  it("is refused by dequantize", () => {
    const quantized = quantize(x, good);
    expect(() => dequantize({ ...quantized, shape: [3] })).to.throw(LabError, "holds 3");
    expect(() => dequantize({ shape: [0], codes: new Uint8Array(0), params: good })).to.throw(
      LabError,
      "no elements",
    );
    expect(() => dequantize({ ...quantized, params: params(lecture, [0], [0]) })).to.throw(LabError, "got 0");
  });

  it("is refused by paramsFromData", () => {
    expect(() => paramsFromData(tensor([0], []), lecture)).to.throw(LabError, "no elements");
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      expect(() => paramsFromData(tensor([2], [0, value]), lecture)).to.throw(
        LabError,
        `there is ${value} in x, at index 1`,
      );
    }
    for (const axis of [2, -3, 0.5, Number.NaN]) {
      const scheme = { ...lecture, granularity: { per: "channel", axis } } as const;
      const message = Number.isInteger(axis) ? `no axis ${axis}` : `axis must be an integer, got ${axis}`;
      expect(() => paramsFromData(tensor([1, 2], [1, 2]), scheme)).to.throw(LabError, message);
    }
    for (const granularity of [{ per: "row" }, {}, undefined]) {
      const scheme = { ...lecture, granularity } as unknown as QuantScheme;
      expect(() => paramsFromData(x, scheme)).to.throw(LabError, "there is no granularity per");
    }
    for (const size of [0, -1, 1.5, Number.NaN]) {
      const scheme = { ...lecture, granularity: { per: "block", axis: 0, size } } as const;
      expect(() => paramsFromData(x, scheme)).to.throw(LabError, "block size");
    }
  });

  it("is refused by paramsFromRanges", () => {
    expect(() => paramsFromRanges([], lecture)).to.throw(LabError, "no elements");
    const range = { min: 0, max: 1 };
    expect(() => paramsFromRanges([range, range], lecture)).to.throw(LabError, "got 2");
    expect(() => paramsFromRanges([{ min: 2, max: 1 }], lecture)).to.throw(LabError, "2 and 1");
    expect(() => paramsFromRanges([{ min: Number.NaN, max: 1 }], lecture)).to.throw(LabError, "NaN");
    const torch = { ...lecture, convention: "torch" } as const;
    // Beyond float32, and a width that is.
    expect(() => paramsFromRanges([{ min: 0, max: 1e39 }], torch)).to.throw(LabError, "1e+39");
    expect(() => paramsFromRanges([{ min: -3e38, max: 3e38 }], torch)).to.throw(LabError, "Infinity");
    // 127 steps of the scale, which is rounded up, are more than the largest float32 number.
    const largest = { min: 0, max: (2 - 2 ** -23) * 2 ** 127 };
    expect(() => paramsFromRanges([largest], { ...lectureSymmetric, convention: "tflite" })).to.throw(
      LabError,
      "reach beyond float32",
    );
  });

  it("is refused where the type is none", () => {
    for (const type of ["int1", "uint17", "int08", "float8", "int8.5", "int", "__proto__"]) {
      expect(() => codeRange({ ...lecture, type: type as CodeType })).to.throw(LabError, `"${type}"`);
    }
  });
});
