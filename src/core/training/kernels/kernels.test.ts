import * as tf from "@tensorflow/tfjs";
import { expect } from "chai";
import fc from "fast-check";
import { seeded } from "../../random.js";
import { normalTensor } from "../../tensor.js";
import { chooseBackend } from "../index.js";

/** An operation of two inputs, its gradients with respect to both, and how many products each element sums. */
interface Case {
  readonly name: string;
  readonly shapes: readonly [number[], number[]];
  readonly operation: (x: tf.Tensor4D, filter: tf.Tensor4D) => tf.Tensor4D;
}

type Pad = "same" | "valid" | [number, number, number, number];

const explicit = (pad: Pad): "same" | "valid" | tf.backend_util.ExplicitPadding =>
  typeof pad === "string"
    ? pad
    : [
        [0, 0],
        [pad[0], pad[1]],
        [pad[2], pad[3]],
        [0, 0],
      ];

const draw = (shape: number[], seed: string): tf.Tensor4D =>
  tf.tensor(normalTensor(seeded(seed), shape).data, shape as [number, number, number, number]);

interface Gradients {
  readonly values: Float32Array[];
  /** The same computation with absolute values: what rounding errors are measured by. */
  readonly magnitudes: Float32Array[];
}

async function gradients({ shapes, operation }: Case, backend: "wasm" | "cpu"): Promise<Gradients> {
  await chooseBackend({ backend });
  const at = (made: (x: tf.Tensor4D) => tf.Tensor4D): Float32Array[] =>
    tf.tidy(() => {
      const [x, filter] = [made(draw(shapes[0], "x")), made(draw(shapes[1], "filter"))];
      const dy = made(draw(operation(x, filter).shape, "dy"));
      return tf
        .grads(operation as (...given: tf.Tensor[]) => tf.Tensor)([x, filter], dy)
        .map((g) => g.dataSync<"float32">());
    });
  return { values: at((x) => x), magnitudes: at((x) => x.abs()) };
}

/**
 * A sum of k products in float32, in any order, is within γ Σ|products| of the true one, γ = k u / (1 - k u) with
 * u = 2⁻²⁴ (Higham, Accuracy and Stability of Numerical Algorithms, 3.1); two such sums are within twice that.
 * The sum of the magnitudes has itself an error of that order, which doubling covers by far.
 */
async function expectAgreement(example: Case, terms: number): Promise<void> {
  const ours = await gradients(example, "wasm");
  const theirs = await gradients(example, "cpu");
  theirs.values.forEach((values, input) => {
    expect(ours.values[input]).to.have.length(values.length);
    values.forEach((value, i) => {
      const slack = 4 * terms * 2 ** -24 * theirs.magnitudes[input]![i]!;
      expect(
        Math.abs(ours.values[input]![i]! - value),
        `${example.name}, input ${input}, ${i}`,
      ).to.be.at.most(slack);
    });
  });
}

interface Window {
  readonly size: readonly [number, number];
  readonly kernel: readonly [number, number];
  readonly stride: number | [number, number];
  readonly pad: Pad;
}

function convolution({ size, kernel, stride, pad }: Window, inputs = 2, outputs = 3, batch = 2): Case {
  return {
    name: `conv ${size.join("×")} by ${kernel.join("×")}, stride ${stride}, ${pad}`,
    shapes: [
      [batch, ...size, inputs],
      [...kernel, inputs, outputs],
    ],
    operation: (x, filter) => tf.conv2d(x, filter, stride, explicit(pad)),
  };
}

function depthwise({ size, kernel, stride, pad }: Window, multiplier: number, channels = 3, batch = 2): Case {
  return {
    name: `depthwise ${size.join("×")} by ${kernel.join("×")}, stride ${stride}, ${pad}, times ${multiplier}`,
    shapes: [
      [batch, ...size, channels],
      [...kernel, channels, multiplier],
    ],
    operation: (x, filter) => tf.depthwiseConv2d(x, filter, stride, explicit(pad) as "same"),
  };
}

/** No element is a sum of more products than this. */
const termsOf = ({ shapes: [x, filter] }: Case): number =>
  Math.max(x[0]! * x[1]! * x[2]!, filter[0]! * filter[1]! * filter[3]!);

describe("the gradient kernels for wasm", function () {
  this.timeout(60_000);
  after(() => chooseBackend({ backend: "wasm" }));

  const kernels = [
    [1, 1],
    [3, 3],
    [5, 5],
    [1, 3],
    [3, 2],
  ] as const;
  const pads: Pad[] = ["same", "valid", [1, 2, 0, 1]];
  for (const kernel of kernels) {
    it(`agree with the plain backend for convolutions by ${kernel.join("×")}, strides 1 to 3, all paddings`, async () => {
      for (const pad of pads) {
        for (const stride of [1, 2, 3, [1, 2] as [number, number]]) {
          const example = convolution({ size: [7, 8], kernel, stride, pad });
          await expectAgreement(example, termsOf(example));
        }
      }
    });

    it(`agree with the plain backend for depthwise convolutions by ${kernel.join("×")}, multipliers 1 to 3`, async () => {
      for (const pad of ["same", "valid"] as const) {
        for (const stride of [1, 2, 3]) {
          for (const multiplier of [1, 2, 3]) {
            const example = depthwise({ size: [6, 7], kernel, stride, pad }, multiplier);
            await expectAgreement(example, termsOf(example));
          }
        }
      }
    });
  }

  it("give no gradient to an input that no window reaches", async () => {
    const example = convolution({ size: [1, 1], kernel: [1, 1], stride: 2, pad: [1, 0, 0, 0] });
    await expectAgreement(example, termsOf(example));
    expect((await gradients(example, "wasm")).values[0]).to.deep.equal(new Float32Array(4));
  });

  it("agree with the plain backend for any small convolution", async () => {
    const side = fc.integer({ min: 1, max: 6 });
    const window = fc.record({
      size: fc.tuple(side, side),
      kernel: fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 })),
      stride: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
      pad: fc.oneof(
        fc.constant("same" as const),
        fc.constant("valid" as const),
        fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 4, maxLength: 4 }) as unknown as fc.Arbitrary<
          [number, number, number, number]
        >,
      ),
    });
    const channels = fc.integer({ min: 1, max: 3 });
    await fc.assert(
      fc.asyncProperty(window, channels, channels, async (given, inputs, outputs) => {
        const padded = typeof given.pad === "string" ? [0, 0, 0, 0] : given.pad;
        fc.pre(given.pad === "same" || given.kernel[0] <= given.size[0] + padded[0]! + padded[1]!);
        fc.pre(given.pad === "same" || given.kernel[1] <= given.size[1] + padded[2]! + padded[3]!);
        const example = convolution(given, inputs, outputs);
        await expectAgreement(example, termsOf(example));
      }),
      { numRuns: 60 },
    );
  });

  /** The gradient of a pool for given values and output gradients. */
  async function poolGradient(
    backend: "wasm" | "cpu",
    values: tf.TensorLike,
    shape: [number, number, number, number],
    [size, stride, pad]: readonly [[number, number], [number, number], "same" | "valid" | number],
  ): Promise<Float32Array> {
    await chooseBackend({ backend });
    return tf.tidy(() => {
      const pool = (x: tf.Tensor): tf.Tensor =>
        tf.maxPool(x as tf.Tensor4D, size, stride, pad, pad === 1 ? "floor" : undefined);
      const x = tf.tensor(values, shape);
      return tf
        .grad(pool)(x, draw(pool(x).shape, "dy"))
        .dataSync<"float32">();
    });
  }

  // Few different values, so that nearly every window has its maximum more than once.
  const tied = Float32Array.from({ length: 2 * 7 * 6 * 3 }, () => 0).map((_, i) => (i * 7919) % 3);

  it("give the gradient of a pool to the same one of equal maxima as the plain backend", async () => {
    for (const size of [
      [2, 2],
      [3, 3],
      [2, 3],
      [1, 1],
    ] as [number, number][]) {
      for (const pad of ["same", "valid"] as const) {
        const pool = [size, size, pad] as const;
        expect(await poolGradient("wasm", tied, [2, 7, 6, 3], pool)).to.deep.equal(
          await poolGradient("cpu", tied, [2, 7, 6, 3], pool),
        );
      }
    }
  });

  it("sum the gradients of overlapping windows", async () => {
    for (const pad of ["same", "valid", 1] as const) {
      const pool: Parameters<typeof poolGradient>[3] = [[3, 3], [1, 2], pad];
      const ours = await poolGradient("wasm", tied, [2, 7, 6, 3], pool);
      const theirs = await poolGradient("cpu", tied, [2, 7, 6, 3], pool);
      // Up to 6 windows hold an element; their gradients, below 4 each, are summed in float32: 5 roundings of 24.
      ours.forEach((value, i) => {
        expect(value).to.be.closeTo(theirs[i]!, 5 * 24 * 2 ** -24);
      });
    }
  });

  it("give no gradient to a window of NaN, and leave its neighbours' alone", async () => {
    const values = [Number.NaN, Number.NaN, Number.NaN, Number.NaN, 1, 2, 3, 4];
    const gradient = await poolGradient("wasm", values, [2, 2, 2, 1], [[2, 2], [2, 2], "valid"]);
    expect([...gradient.slice(0, 7)]).to.deep.equal([0, 0, 0, 0, 0, 0, 0]);
    expect(gradient[7]).not.to.equal(0);
  });

  it("sum the gradients of rows that were gathered several times", async () => {
    await chooseBackend({ backend: "wasm" });
    const indices = tf.tensor1d([2, 0, 2, 2], "int32");
    const dy = tf.tensor2d([1, 2, 3, 4, 5, 6, 7, 8], [4, 2]);
    const gather = (axis: number) => (x: tf.Tensor) => tf.gather(x, indices, axis);
    const rows = tf.grad(gather(0))(tf.zeros([4, 2]), dy);
    expect([...rows.dataSync()]).to.deep.equal([3, 4, 0, 0, 13, 16, 0, 0]);
    const columns = tf.grad(gather(1))(tf.zeros([2, 3]), tf.tensor2d([1, 2, 3, 4, 5, 6, 7, 8], [2, 4]));
    expect([...columns.dataSync()]).to.deep.equal([2, 0, 8, 6, 0, 20]);
    tf.dispose([indices, dy, rows, columns]);
  });

  it("drop segments' ids that do not exist, as the plain backend does", async () => {
    const sums = async (backend: "wasm" | "cpu") => {
      await chooseBackend({ backend });
      return tf.tidy(() => [
        ...tf
          .unsortedSegmentSum(tf.tensor1d([1, 2, 4, 8]), tf.tensor1d([0, -1, 5, 1], "int32"), 3)
          .dataSync(),
      ]);
    };
    expect(await sums("wasm")).to.deep.equal([1, 8, 0]);
    expect(await sums("wasm")).to.deep.equal(await sums("cpu"));
  });

  it("multiply matrices that are to be transposed, in batches too", async () => {
    const products = async (backend: "wasm" | "cpu") => {
      await chooseBackend({ backend });
      const integers = (...shape: number[]) =>
        tf
          .range(
            0,
            shape.reduce((a, b) => a * b, 1),
          )
          .mod(7)
          .reshape(shape);
      return tf.tidy(() =>
        [[], [2]].flatMap((batch) => [
          [...tf.matMul(integers(...batch, 4, 3), integers(...batch, 4, 5), true, false).dataSync()],
          [...tf.matMul(integers(...batch, 3, 4), integers(...batch, 5, 4), false, true).dataSync()],
          [...tf.matMul(integers(...batch, 4, 3), integers(...batch, 5, 4), true, true).dataSync()],
        ]),
      );
    };
    expect(await products("wasm")).to.deep.equal(await products("cpu"));
  });

  it("take inputs that another backend made, even where they need more memory than there was", async () => {
    await chooseBackend({ backend: "cpu" });
    const size = 2 ** 22;
    const [values, ids] = [tf.ones([size]), tf.zeros([size], "int32")];
    await chooseBackend({ backend: "wasm" });
    const sum = tf.unsortedSegmentSum(values, ids as tf.Tensor1D, 1);
    expect([...sum.dataSync()]).to.deep.equal([size]);
    tf.dispose([values, ids, sum]);
  });

  it("tile as the plain backend does, whatever the type", async () => {
    const tiles = async (
      backend: "wasm" | "cpu",
      type: "float32" | "int32",
      [shape, reps]: [number[], number[]],
    ) => {
      await chooseBackend({ backend });
      return tf.tidy(() => {
        const numbers = tf.range(
          0,
          shape.reduce((a, b) => a * b, 1),
          1,
          type,
        );
        const tiled = tf.tile(numbers.reshape(shape), reps);
        return { shape: tiled.shape, data: tiled.dataSync() };
      });
    };
    const axes = fc.array(fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })), {
      minLength: 1,
      maxLength: 4,
    });
    await fc.assert(
      fc.asyncProperty(axes, fc.constantFrom("float32" as const, "int32" as const), async (given, type) => {
        const tiling: [number[], number[]] = [given.map(([length]) => length), given.map(([, reps]) => reps)];
        expect(await tiles("wasm", type, tiling)).to.deep.equal(await tiles("cpu", type, tiling));
      }),
    );
  });

  it("keep no tensors and no memory", async () => {
    await chooseBackend({ backend: "wasm" });
    const examples = [
      convolution({ size: [7, 8], kernel: [3, 3], stride: 2, pad: [1, 2, 0, 1] }),
      depthwise({ size: [6, 7], kernel: [3, 3], stride: 2, pad: "same" }, 2),
    ];
    const all = async (): Promise<void> => {
      for (const example of examples) await gradients(example, "wasm");
      await poolGradient("wasm", tied, [2, 7, 6, 3], [[2, 2], [2, 2], "valid"]);
      tf.tidy(() =>
        tf
          .grad((x) => tf.gather(x, tf.tensor1d([1, 1], "int32")))(tf.zeros([3, 2]))
          .dataSync(),
      );
    };
    await all();
    const { numTensors, numDataBuffers, numBytes } = tf.memory();
    await all();
    expect(tf.memory()).to.include({ numTensors, numDataBuffers, numBytes });
  });
});
