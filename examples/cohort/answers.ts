/** Answers that no reference answer can be changed into: what the odd and the hostile students wrote. */

export const throwsBeforeItDefines = `const limits = JSON.parse("{ codes: 127 }");

const symmetricScale = (x: Float32Array): number => Math.max(...x.map(Math.abs)) / limits.codes;

const quantizeSymmetric = (x: Float32Array, scale: number): Int8Array =>
  Int8Array.from(x, (value) => Math.min(Math.max(roundHalfToEven(value / scale), -limits.codes), limits.codes));

const sqnr = (x: Float32Array, restored: Float32Array): number => {
  const power = (values: Float32Array) => values.reduce((sum, value) => sum + value ** 2, 0);
  return 10 * Math.log10(power(x) / power(difference(x, restored)));
};`;

/** Wrong in every test, so that whatever points its question gets were stolen. */
const wrong = `function affineParams(min: number, max: number, bits = 8): { scale: number; zeroPoint: number } {
  return { scale: 2, zeroPoint: 7 };
}

function quantize(x: Float32Array, scale: number, zeroPoint: number, bits = 8): Uint8Array {
  return new Uint8Array(x.length).fill(1);
}

function dequantize(q: Uint8Array, scale: number, zeroPoint: number): Float32Array {
  return new Float32Array(q.length).fill(1);
}
`;

export const forgesResults = `import { writeSync } from "node:fs";

${wrong}
const result = { student: "forged-result", status: "graded", score: 30, maxScore: 30 };
console.log(JSON.stringify(result));
process.stdout.write(JSON.stringify({ ...result, tests: [{ title: "reproduces the worked example", verdict: "pass" }] }) + "\\n");
for (const fd of [1, 2, 3, 4]) {
  try {
    writeSync(fd, JSON.stringify(result) + "\\n");
    writeSync(fd, Buffer.from([0, 0, 0, 5, 0x93, 0xc3, 0xc3, 0xc3, 0xc3]));
  } catch (error) {
    console.log("fd", fd, "is closed");
  }
}`;

export const patchesTheTools = `${wrong}
const pretend: any = () => true;
for (const name of ["chai", "mocha", "node:assert", "node:assert/strict", "edgelab/testing"]) {
  try {
    const tool = require(name);
    for (const key of Object.keys(tool)) if (typeof tool[key] === "function") tool[key] = pretend;
    for (const key of ["assert", "equal", "equals", "eql", "within", "closeTo", "throw"])
      if (tool.Assertion) tool.Assertion.prototype[key] = pretend;
    if (tool.Runner) tool.Runner.prototype.fail = pretend;
  } catch (error) {
    console.log(name, "is not here to be patched");
  }
}
const everything: any = Object.prototype;
everything.verdict = "pass";
everything.pass = true;
everything.equal = pretend;
Number.isFinite = pretend;
Number.isSafeInteger = pretend;
Object.is = pretend;
Array.prototype.every = pretend;`;

export const neverEndingSqnr = `function sqnr(x: Float32Array, restored: Float32Array): number {
  let noise = 0;
  let i = 0;
  while (i < x.length) {
    noise += (x[i] - restored[i]) ** 2;
  }
  return noise;
}`;

export const handsOverOddValues = {
  q1: `function affineParams(min: number, max: number, bits = 8): any {
  return { scale: NaN, zeroPoint: NaN };
}

function quantize(x: Float32Array, scale: number, zeroPoint: number, bits = 8): any {
  return new Proxy(new Uint8Array(x.length), { get: () => 116 });
}

function dequantize(q: Uint8Array, scale: number, zeroPoint: number): any {
  return { length: q.length, 0: 0, toJSON: () => [0], valueOf: () => 0 };
}`,
  q2: `function symmetricScale(x: Float32Array): any {
  return new Number(Math.max(...x.map(Math.abs)) / 127);
}

function quantizeSymmetric(x: Float32Array, scale: number): any {
  return Array.from(x, (value) => Math.min(Math.max(roundHalfToEven(value / scale), -127), 127));
}

function sqnr(x: Float32Array, restored: Float32Array): any {
  return NaN;
}`,
} as const;
