import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { expect } from "chai";
import { LabError } from "../errors.js";
import { type Tensor, tensor } from "../tensor.js";
import { codeArray, fullRange } from "./code-type.js";
import { explainDifference } from "./explain.js";
import { formatExplanation } from "./explain-text.js";
import fixtures from "./fixtures/conventions.json" with { type: "json" };
import { paramsFromData, paramsFromRanges } from "./params.js";
import { dequantize, fakeQuantize, quantize } from "./quantize.js";
import type { Codes, CodeType, Convention, Granularity, QuantParams, QuantScheme } from "./scheme.js";

const perTensor: Granularity = { per: "tensor" };

interface Case {
  readonly convention: string;
  readonly type: string;
  readonly shape: readonly number[];
  readonly granularity: unknown;
  readonly scales: readonly number[];
  readonly zeroPoints: readonly number[];
  readonly reach: number;
  readonly step: number;
  readonly infinities: boolean;
}

const digest = (data: Codes | Float32Array) =>
  createHash("sha256").update(new Uint8Array(data.buffer)).digest("hex");

/** The numbers that the fixtures' script generates too: every second one on a tie or a hair beside it. */
function probes({ shape, reach, step, infinities }: Case): Tensor {
  const data = new Float32Array(shape.reduce((a, b) => a * b, 1));
  const bits = new Int32Array(data.buffer);
  for (let i = 0; i < data.length; i++) {
    const hash = Math.imul(i, 2654435761) >>> 0;
    if (i % 2 === 0) {
      data[i] = ((hash % (2 * reach)) - reach + 0.5) * step;
      bits[i] = bits[i]! + ((hash >>> 20) % 3) - 1;
    } else {
      data[i] = (hash / 2 ** 32 - 0.5) * 2.5 * reach * step;
    }
  }
  if (infinities) data.set([Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, -0]);
  return tensor(shape, data);
}

function paramsOf(case_: Case): QuantParams {
  const type = case_.type as CodeType;
  return {
    convention: case_.convention as Convention,
    type,
    symmetric: false,
    granularity: case_.granularity as Granularity,
    scales: Float64Array.from(case_.scales),
    zeroPoints: Int32Array.from(case_.zeroPoints),
    ...fullRange(type),
  };
}

const nameOf = ({ convention, type, granularity, scales, zeroPoints }: Case) =>
  `${convention} ${type} ${JSON.stringify(granularity)} scales ${scales} zero points ${zeroPoints}`;

describe("the conventions' parameters", () => {
  const ranges = fixtures.ranges.map(([min = 0, max = 0]) => ({ min, max }));

  for (const { convention, type, symmetric, reduceRange, scales, zeroPoints } of fixtures.params) {
    const kind = `${symmetric ? "symmetric" : "affine"} ${type}${reduceRange ? ", reduced" : ""}`;
    it(`are those of ${convention} for ${kind}, degenerate ranges included`, () => {
      const scheme = { convention, type, symmetric, reduceRange, granularity: perTensor } as QuantScheme;
      ranges.forEach((range, i) => {
        const params = paramsFromRanges([range], scheme);
        expect([params.scales[0], params.zeroPoints[0]], JSON.stringify(range)).to.deep.equal([
          scales[i],
          zeroPoints[i],
        ]);
      });
    });
  }

  for (const block of fixtures.blocks) {
    const { type, axis, symmetric, shape } = block;
    it(`are those of ONNX Runtime for blocks of ${type} on axis ${axis}, ${symmetric ? "symmetric" : "affine"}`, () => {
      const scheme = {
        convention: "onnxruntime",
        type: type as CodeType,
        symmetric,
        granularity: { per: "block", axis, size: 8 },
      } as const;
      const x = tensor(shape, block.x);
      const params = paramsFromData(x, scheme);
      expect([...params.scales]).to.deep.equal(block.scales);
      expect([...params.zeroPoints]).to.deep.equal(block.zeroPoints);
      const quantized = quantize(x, params);
      expect([...quantized.codes]).to.deep.equal(block.codes);
      expect(digest(dequantize(quantized).data)).to.equal(block.restored);
    });
  }
});

describe("the conventions' codes", () => {
  for (const case_ of fixtures.codes) {
    it(`are those of ${nameOf(case_)}`, () => {
      const quantized = quantize(probes(case_), paramsOf(case_));
      expect(quantized.codes).to.be.instanceOf(codeArray(case_.type as CodeType, 0).constructor);
      expect(digest(quantized.codes)).to.equal(case_.codes);
      expect(digest(dequantize(quantized).data)).to.equal(case_.restored);
    });
  }

  for (const case_ of fixtures.fakes) {
    it(`are those of fake quantization by ${nameOf(case_)}`, () => {
      expect(digest(fakeQuantize(probes(case_), paramsOf(case_)).data)).to.equal(case_.restored);
    });
  }

  it("are those of torch and ONNX Runtime for the lecture's vector", () => {
    const x = tensor([5], [-2.5, -1, 0, 1.5, 3]);
    for (const { convention, type, symmetric, codes } of fixtures.lectureVector) {
      const scheme = { convention, type, symmetric, granularity: perTensor } as QuantScheme;
      expect([...quantize(x, paramsFromData(x, scheme)).codes]).to.deep.equal(codes);
    }
  });
});

describe("a convention", () => {
  const refused: [string, Partial<QuantScheme>, string][] = [
    ["lecture", { type: "uint8", symmetric: true }, "symmetric uint8"],
    ["lecture", { reduceRange: true }, "reduced range"],
    ["torch", { granularity: { per: "block", axis: 0, size: 2 } }, "blocks"],
    ["torch", { type: "uint8", symmetric: true, reduceRange: true }, "zero point"],
    ["onnxruntime", { type: "int5" }, "int5"],
    ["onnxruntime", { granularity: { per: "block", axis: 0, size: 2 }, reduceRange: true }, "blocks"],
    ["tflite", { type: "uint8" }, "uint8"],
    ["tflite", { granularity: { per: "block", axis: 0, size: 2 } }, "blocks"],
    ["tflite", { reduceRange: true }, "reduced range"],
    ["numpy", {}, '"numpy"'],
  ];
  for (const [convention, change, message] of refused) {
    it(`refuses what it does not define: ${convention} ${JSON.stringify(change)}`, () => {
      const scheme = { convention, type: "int8", symmetric: false, granularity: perTensor, ...change };
      expect(() => paramsFromRanges([{ min: -1, max: 1 }], scheme as QuantScheme)).to.throw(
        LabError,
        message,
      );
    });
  }
});

describe("docs/conventions.md", () => {
  const text = readFileSync(new URL("../../../docs/conventions.md", import.meta.url), "utf8");
  const listed = (row: string) => row.split(", ").map(Number);

  it("shows the parameters and codes that the vector gets", () => {
    const rows = [...text.matchAll(/^\| (\w+) (u?int8) \| (\S+) \| (\S+) \| (.+) \|$/gm)];
    expect(rows).to.have.length(8);
    rows.forEach(([, convention, type, scale, zeroPoint, codes = ""], i) => {
      const scheme = { convention, type, symmetric: i >= 4, granularity: perTensor } as QuantScheme;
      const x = tensor([5], [-2.5, -1, 0, 1.5, 3]);
      const params = paramsFromData(x, scheme);
      expect([...params.scales, ...params.zeroPoints]).to.deep.equal([Number(scale), Number(zeroPoint)]);
      expect([...quantize(x, params).codes]).to.deep.equal(listed(codes));
    });
  });

  it("shows what formatExplanation prints", () => {
    const x = tensor([4], [127, 2.5, 3.5, -4.5]);
    const scheme = { type: "int8", symmetric: true, granularity: perTensor } as const;
    const printed = formatExplanation(
      explainDifference(x, { convention: "lecture", ...scheme }, { convention: "tflite", ...scheme }),
    );
    expect(text).to.include(printed.replace(/^/gm, "    "));
  });
});
