import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import { defaultLimits } from "../../src/lab/manifest.js";
import { StudentClient } from "../../src/lab/student.js";
import { ArtifactRefused, CannotJudge } from "../../src/testing/run-question.js";
import { bundleEvaluate } from "../authoring/bundle-evaluate.js";
import { Engine } from "./engine.js";

/** Looks at an artifact, and does what a test of this file needs of it. */
const evaluate = `import { existsSync, readdirSync, writeSync } from "node:fs";
import { LabError, seeded } from "edgelab/core";
import { sqnr } from "edgelab/core/quantization";
import { table } from "./hidden/table.js";

/** Nine numbers, or a refusal. */
export function check(weights: unknown): number {
  if (!(weights instanceof Float32Array) || weights.length !== table.length)
    throw new LabError("BAD_LENGTH", "there are not nine weights", "Give nine. \\u001b[2J" + "x".repeat(5000));
  if (!weights.every(Number.isFinite)) throw new LabError("NOT_FINITE", "a weight is NaN", "Look for 0 / 0.");
  return weights.reduce((sum, weight) => sum + weight, 0);
}
export const noise = (x: Float32Array) => sqnr(x, x.map((value) => value + 0.5));
export const draw = (seed: string) => seeded(seed).normal();
export const echo = (value: unknown) => value;
export const throws = () => JSON.parse("{");
export function loops(): never { for (;;); }
export const sleeps = () => new Promise(() => {});
export function eats(): never { const held: unknown[] = []; for (;;) held.push(new Uint8Array(1 << 26).fill(1)); }
export function floods(): never { for (;;) writeSync(2, "x".repeat(65536)); }
export const exits = () => process.exit(0);
export const hands = () => new Map();
export const repeat = (count: number) => new Float64Array(count);
export const remember = (name: string) => { (globalThis as Record<string, unknown>)[name] = 1; };
export const globals = () => Object.keys(globalThis);
export const files = () => [existsSync("/lab/hidden"), ...readdirSync("/lab"), ...readdirSync("/tmp")];
`;

/** Real jails, of the best backend that works here. */
describe("the evaluator", function () {
  this.timeout(60_000);
  let folder: string;
  let engine: Engine;

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "edgelab-evaluate-"));
    const dir = path.join(folder, "09-small");
    await mkdir(path.join(dir, "hidden"), { recursive: true });
    const helper = path.join(dir, "hidden", "table.ts");
    await writeFile(helper, "export const table = [1, 2, 3, 4, 5, 6, 7, 8, 9];\n");
    await writeFile(path.join(dir, "evaluate.ts"), evaluate);
    const files = { public: [], hidden: [], mutants: [], helpers: [helper] };
    const manifest = { id: "09-small", title: "", packages: [], withheld: ["core/quantization"] };
    const program = await bundleEvaluate({
      dir,
      manifest: { ...manifest, limits: defaultLimits },
      files: { ...files, evaluate: [path.join(dir, "evaluate.ts")] },
    });
    const limits = { ...defaultLimits, cellCpuMs: 2_000, callCpuMs: 2_000 };
    engine = await Engine.open({
      isolation: "auto",
      ...manifest,
      limits,
      evaluate: program && { ...program, callCpuMs: 1_000 },
    });
  });
  after(async () => {
    await engine?.close();
    await rm(folder, { recursive: true, force: true });
  });

  const call = async (name: string, ...args: unknown[]): Promise<unknown> => {
    if (!engine.evaluator) throw new Error("the engine has no evaluator");
    return engine.evaluator.call(name, ...args);
  };
  /** The class says whose doing it is; the message is for a person. */
  const failure = (name: string, ...args: unknown[]): Promise<ArtifactRefused | CannotJudge> =>
    call(name, ...args).then(
      (value) => {
        throw new Error(`answered ${String(value)}`);
      },
      (error: ArtifactRefused | CannotJudge) => error,
    );

  it("runs the course's functions with what the lab withholds from students", async () => {
    expect(await call("check", new Float32Array(9).fill(2))).to.equal(18);
    // Power 1 over noise 0.25.
    expect(await call("noise", new Float32Array(8).fill(1))).to.be.closeTo(10 * Math.log10(4), 1e-6);
  });

  it("refuses an artifact where evaluate.ts throws a LabError, in one short line", async () => {
    const hostile: readonly (readonly [unknown, RegExp])[] = [
      [new Float32Array(8), /not nine weights/],
      [new Float32Array(2_000_000), /not nine weights/],
      [[1, 2, 3], /not nine weights/],
      [{ length: 9, 0: 1 }, /not nine weights/],
      [undefined, /not nine weights/],
      [new Float32Array(9).fill(Number.NaN), /a weight is NaN/],
      [new Float32Array(9).fill(Number.NEGATIVE_INFINITY), /a weight is NaN/],
    ];
    for (const [artifact, why] of hostile) {
      const error = await failure("check", artifact);
      expect(error).to.be.instanceOf(ArtifactRefused);
      expect(error.message)
        .to.match(why)
        .and.match(/^[ -~…]{1,400}$/);
    }
  });

  it("refuses what is too large or too deep to be handed over, there and back", async () => {
    let deep: unknown = 1;
    for (let i = 0; i < 32; i++) deep = [deep];
    for (const artifact of [new Uint8Array(12e6), deep, new Array(1_000_001).fill(0), "x".repeat(9e6)])
      expect(await failure("echo", artifact)).to.be.instanceOf(ArtifactRefused);
    expect(await failure("repeat", 2e6)).to.be.instanceOf(ArtifactRefused);
  });

  it("can't judge where the fault is the course's: a throw, an exit, a missing function, no plain data", async () => {
    const ours: readonly (readonly [string, RegExp])[] = [
      ["throws", /throws of evaluate\.ts threw SyntaxError/],
      ["nothing", /exports no function nothing/],
      ["toString", /exports no function toString/],
      ["hands", /class Map/],
      ["exits", /ended by itself/],
      ["sleeps", /stopped: wall-time/],
    ];
    for (const [name, why] of ours) {
      const error = await failure(name);
      expect(error, name).to.be.instanceOf(CannotJudge);
      expect(error.message).to.match(why);
    }
    const notPlain = await failure("echo", () => 1);
    expect(notPlain).not.to.be.instanceOf(ArtifactRefused);
  });

  it("fails the artifact that takes all memory, all time or all output, and serves the next one", async () => {
    const hungry: readonly (readonly [string, RegExp])[] = [
      ["eats", /more memory than allowed/],
      ["floods", /output without end/],
      ["loops", /more than 1 s of processor time/],
    ];
    for (const [name, why] of hungry) {
      const error = await failure(name);
      expect(error, `${name}: ${error.message}`).to.be.instanceOf(ArtifactRefused);
      expect(error.message).to.match(why);
      expect(await call("check", new Float32Array(9))).to.equal(0);
    }
  });

  it("does not let one artifact pay for the memory that others have filled", async () => {
    await failure("eats");
    expect(await call("echo", 1)).to.equal(1);
    // Ends a jail that has served before: it is tried again in a fresh one before anybody is blamed.
    expect(await failure("exits")).to.be.instanceOf(CannotJudge);
    expect(await call("draw", "a")).to.equal(await call("draw", "a"));
  });

  it("answers calls that are made at once one after the other", async () => {
    expect(await Promise.all([call("echo", 1), call("echo", 2), call("echo", 3)])).to.deep.equal([1, 2, 3]);
  });

  it("is out of reach of the student's code, and the student's out of its own", async () => {
    const source = `const fs = require("node:fs");
fs.writeFileSync("/tmp/planted", "1");
(globalThis as any).plantedByStudent = 1;
Object.defineProperty(Object.prototype, "plantedInAll", { value: 1, enumerable: true });
const attempt = (name: string) => { try { return String(require(name)); } catch (e) { return "no"; } };
function look() { return [attempt("/lab/evaluate.cjs"), attempt("./evaluate"), attempt("edgelab/core/quantization"), fs.readdirSync("/lab").join()]; }
function see() { return Object.keys(globalThis); }`;
    await call("remember", "plantedByEvaluator");
    const session = engine.session([{ id: "q1", source }]);
    try {
      const [report] = await session.start();
      expect(report?.status, report?.message).to.equal("ran");
      const student = new StudentClient((request, name) => session.call("q1", name, request));
      expect(await student.call("look")).to.deep.equal(["no", "no", "no", "node_modules"]);
      expect(await student.call("see"))
        .to.include("plantedByStudent")
        .and.not.include("plantedByEvaluator");
      expect(await call("globals"))
        .to.include("plantedByEvaluator")
        .and.not.include("plantedByStudent");
      expect(await call("files")).to.deep.equal([false, "node_modules"]);
      expect(await call("check", new Float32Array(9).fill(1))).to.equal(9);
    } finally {
      await session.close();
    }
  });
});

describe("bundling evaluate.ts", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "edgelab-evaluate-"));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  async function bundle(text: string) {
    const file = path.join(folder, "evaluate.ts");
    await writeFile(file, text);
    const manifest = { id: "x", title: "", packages: ["chai"], withheld: [], limits: defaultLimits };
    const files = { public: [], hidden: [], mutants: [], helpers: [], evaluate: [file] };
    return bundleEvaluate({ dir: folder, manifest, files });
  }
  const refusal = (text: string): Promise<string> =>
    bundle(text).then(
      () => "taken",
      (error: Error) => error.message,
    );

  it("brings TensorFlow.js along only where what is imported needs it", async () => {
    const light = await bundle('import { seeded } from "edgelab/core"; export const f = () => seeded("");');
    expect(light?.packages).to.deep.equal(["chai"]);
    const heavy = await bundle('export { predict } from "edgelab/core/training";');
    expect(heavy?.packages).to.deep.equal(["chai", "@tensorflow/tfjs"]);
    expect(heavy?.code).to.include('require("edgelab/core/training")');
  });

  it("refuses what the jail does not have, with the line", async () => {
    await mkdir(path.join(folder, "hidden"));
    await writeFile(path.join(folder, "hidden", "q1.test.ts"), "export default 1;");
    expect(await refusal('\nimport { within } from "edgelab/testing"; within;')).to.match(
      /does not have "edgelab\/testing" \(evaluate\.ts, line 2/,
    );
    expect(await refusal('import tests from "./hidden/q1.test.js"; tests;')).to.match(/is a test \(evaluate/);
    expect(await refusal('import { x } from "./nothing.js"; x;')).to.match(/nothing\.js/);
    expect(await refusal("export function f( {")).to.match(/evaluate\.ts cannot be loaded: .*line 1/);
  });
});
