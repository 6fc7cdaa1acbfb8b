import * as tf from "@tensorflow/tfjs";
import { expect } from "chai";
import fc from "fast-check";
import fixtures from "../fixtures/training.json" with { type: "json" };
import { chooseBackend } from "../index.js";

type Shape4 = [number, number, number, number];

/** Small integers that repeat: sums of their products are exact in float32. */
const integers = (shape: Shape4): tf.Tensor4D =>
  tf.tensor(
    Float32Array.from({ length: shape.reduce((a, b) => a * b) }, (_, i) => ((i * 7919) % 9) - 4),
    shape,
  );

const load = ({ shape, data }: { shape: number[]; data: number[] }): tf.Tensor4D =>
  tf.tensor(data, shape as Shape4, "float32");

describe('"same" padding on wasm', function () {
  this.timeout(30_000);
  after(() => chooseBackend({ backend: "wasm" }));

  for (const { depthwise, stride, ...given } of fixtures.skipping) {
    const strides = stride as [number, number];
    const kind = depthwise ? "depthwise convolution" : "convolution";
    const [n, h, w] = given.x.shape;

    it(`computes a ${kind} of ${h}×${w} by [${given.kernel.shape}], stride ${strides}, as torch does`, async () => {
      await chooseBackend({ backend: "wasm" });
      tf.tidy(() => {
        const [x, filter, bias] = [load(given.x), load(given.kernel), load(given.bias)];
        const operation = depthwise ? tf.depthwiseConv2d : tf.conv2d;
        const fused = depthwise ? tf.fused.depthwiseConv2d : tf.fused.conv2d;
        const apart = operation(x, filter, strides, "same").add(bias).relu();
        const whole = fused({
          x,
          filter,
          bias: bias as tf.Tensor,
          strides,
          pad: "same",
          activation: "relu",
        });
        for (const y of [apart, whole]) {
          expect(y.shape.slice(0, 3)).to.deep.equal([n, ...given.y.shape.slice(1, 3)]);
          expect([...y.dataSync()]).to.deep.equal(given.y.data);
        }
      });
    });
  }

  it("agrees with the plain backend for any sizes, kernels and strides, dilated ones too", async () => {
    const small = fc.integer({ min: 1, max: 4 });
    const side = fc.integer({ min: 1, max: 10 });
    const window = fc.record({
      size: fc.tuple(side, side),
      kernel: fc.tuple(small, small),
      stride: fc.tuple(small, small),
      dilation: fc.constantFrom(1, 1, 2),
    });
    await fc.assert(
      fc.asyncProperty(window, async ({ size, kernel, stride, dilation }) => {
        // tfjs has strides or dilations above 1, not both.
        const strides = dilation === 1 ? stride : 1;
        const outputs = async (backend: "wasm" | "cpu"): Promise<number[][]> => {
          await chooseBackend({ backend });
          return tf.tidy(() => {
            const [x, filter] = [integers([2, ...size, 2]), integers([...kernel, 2, 2])];
            return [
              [...tf.conv2d(x, filter, strides, "same", "NHWC", dilation).dataSync()],
              [...tf.depthwiseConv2d(x, filter, strides, "same", "NHWC", dilation).dataSync()],
            ].map((values) => values.map((value) => value + 0));
          });
        };
        expect(await outputs("wasm")).to.deep.equal(await outputs("cpu"));
      }),
    );
  });
});
