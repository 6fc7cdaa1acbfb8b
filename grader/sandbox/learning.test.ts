import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { finish, isolated, skipUnlessItWorks } from "./hostile-helpers.test.js";
import type { IsolationBackend, Mount } from "./jail.js";
import { defaultJailLimits } from "./limits.js";
import { packageMounts } from "./packages.js";
import { LAB_MODULES } from "./view.js";

const TRAIN = `
const tf = require("@tensorflow/tfjs");
require("@tensorflow/tfjs-backend-wasm");
(async () => {
  await tf.setBackend("wasm");
  await tf.ready();
  const layers = [tf.layers.dense({ inputShape: [2], units: 8, activation: "tanh" }), tf.layers.dense({ units: 1 })];
  const net = tf.sequential({ layers });
  net.compile({ optimizer: tf.train.adam(0.05), loss: "meanSquaredError" });
  const inputs = tf.tensor2d([[0, 0], [0, 1], [1, 0], [1, 1]]);
  const { history } = await net.fit(inputs, tf.tensor2d([[0], [1], [1], [0]]), { epochs: 20, verbose: 0 });
  console.log(JSON.stringify({ backend: tf.getBackend(), first: history.loss[0], last: history.loss.at(-1) }));
})();`;

const INFER = `
const ort = require("onnxruntime-node");
(async () => {
  const session = await ort.InferenceSession.create("/lab/model.onnx");
  const x = new ort.Tensor("float32", Float32Array.of(1, 2, 3, 4), [2, 2]);
  const { y } = await session.run({ x });
  console.log(JSON.stringify([...y.data]));
})();`;

/** Protocol Buffers: field number and wire type, then a varint (0) or length and bytes (2). */
function field(number: number, value: number | string | Uint8Array): Buffer {
  if (typeof value === "number") return Buffer.from([number * 8, value]);
  const bytes = Buffer.from(value);
  return Buffer.concat([Buffer.from([number * 8 + 2, bytes.length]), bytes]);
}

const message = (...fields: readonly Buffer[]) => Buffer.concat(fields);

/** The numbers are those of onnx.proto3: y = MatMul(x, w) with float x and y of [2, 2]. */
function matMulModel(weights: Float32Array): Buffer {
  const size = message(field(1, message(field(1, 2))), field(1, message(field(1, 2))));
  const tensorType = message(field(1, 1), field(2, size));
  const valueInfo = (name: string) => message(field(1, name), field(2, message(field(1, tensorType))));
  const node = message(field(1, "x"), field(1, "w"), field(2, "y"), field(4, "MatMul"));
  const raw = new Uint8Array(weights.buffer);
  const initializer = message(field(1, 2), field(1, 2), field(2, 1), field(8, "w"), field(9, raw));
  const ends = [field(11, valueInfo("x")), field(12, valueInfo("y"))];
  const graph = message(field(1, node), field(2, "g"), field(5, initializer), ...ends);
  return message(field(1, 8), field(7, graph), field(8, message(field(2, 13))));
}

async function run(backend: IsolationBackend, code: string, mounts: readonly Mount[]): Promise<unknown> {
  const env = { HOME: "/tmp", ORT_DISABLE_TELEMETRY: "1" };
  const jail = backend.spawn({ mounts, cwd: "/lab", nodeArgs: ["-e", code], env, limits: defaultJailLimits });
  const { end, printed } = await finish(jail);
  expect(end, printed).to.deep.equal({ kind: "exited", code: 0, signal: null });
  return JSON.parse(printed.trim().split("\n").at(-1) ?? "");
}

for (const { backend } of isolated) {
  describe(`under the default limits of ${backend.kind}`, () => {
    before(async function () {
      await skipUnlessItWorks(this, backend);
    });

    it("TensorFlow.js trains a net with its wasm backend", async () => {
      const mounts = packageMounts(["@tensorflow/tfjs", "@tensorflow/tfjs-backend-wasm"], LAB_MODULES);
      const result = await run(backend, TRAIN, mounts);
      const { backend: used, first, last } = result as { backend: string; first: number; last: number };
      expect(used).to.equal("wasm");
      expect(last).to.be.lessThan(first);
    });

    it("ONNX Runtime multiplies matrices", async () => {
      const folder = mkdtempSync(join(tmpdir(), "edgelab-model-"));
      chmodSync(folder, 0o755);
      writeFileSync(join(folder, "model.onnx"), matMulModel(Float32Array.of(1, 0, -1, 2)));
      const model = { source: join(folder, "model.onnx"), target: "/lab/model.onnx" };
      const mounts = [...packageMounts(["onnxruntime-node"], LAB_MODULES), model];
      // [1 2; 3 4] · [1 0; -1 2] by hand.
      expect(await run(backend, INFER, mounts)).to.deep.equal([-1, 4, -1, 8]);
      rmSync(folder, { recursive: true });
    });
  });
}
