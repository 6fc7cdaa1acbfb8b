import * as tf from "@tensorflow/tfjs";
import { expect } from "chai";
import fixtures from "./fixtures/training.json" with { type: "json" };
import { chooseBackend, evaluate, type OptimizerOptions } from "./index.js";
import { softmaxCrossEntropy } from "./loss.js";
import { makeOptimizer } from "./optimizer.js";

interface Numbers {
  readonly shape: number[];
  readonly data: number[];
}

const unit = 2 ** -24;

const load = ({ shape, data }: Numbers): tf.Tensor => tf.tensor(data, shape, "float32");

/** Zeros without their sign: a sum of nothing may be either. */
const numbers = (x: tf.Tensor | undefined): number[] => [...x!.dataSync()].map((value) => value + 0);

/** Compares the gradients of a window operation with torch's; they are integers and must be equal. */
function expectGradients(
  given: (typeof fixtures.convolutions)[number] | (typeof fixtures.depthwise)[number],
  operation: (x: tf.Tensor4D, kernel: tf.Tensor4D, pad: "same" | "valid") => tf.Tensor,
): void {
  const { padding } = given;
  const pad = typeof padding === "string" ? padding : [[0, 0], padding.slice(0, 2), padding.slice(2), [0, 0]];
  tf.tidy(() => {
    const gradients = tf.grads((x, kernel) =>
      operation(x as tf.Tensor4D, kernel as tf.Tensor4D, pad as unknown as "same"),
    )([load(given.x), load(given.kernel)], load(given.dy));
    expect(numbers(gradients[0])).to.deep.equal(given.dx.data);
    expect(numbers(gradients[1])).to.deep.equal(given.dKernel.data);
  });
}

const describeWindow = ({
  kernel,
  stride,
  padding,
}: {
  kernel: Numbers;
  stride: unknown;
  padding: unknown;
}): string => `[${kernel.shape}], stride ${stride}, padding ${padding}`;

describe("training on wasm, next to torch", () => {
  before(() => chooseBackend({ backend: "wasm" }));

  for (const given of fixtures.convolutions) {
    it(`gives a convolution ${describeWindow(given)} the same gradients`, () => {
      expectGradients(given, (x, kernel, pad) => tf.conv2d(x, kernel, given.stride as [number, number], pad));
    });
  }

  for (const given of fixtures.depthwise) {
    it(`gives a depthwise convolution ${describeWindow(given)} the same gradients`, () => {
      expectGradients(given, (x, kernel, pad) => tf.depthwiseConv2d(x, kernel, given.stride, pad));
    });
  }

  for (const given of fixtures.pools) {
    const { size, stride } = given as unknown as { size: [number, number]; stride: [number, number] };
    it(`gives a pool ${size} by ${stride} the same gradient where maxima are equal`, () => {
      tf.tidy(() => {
        const pool = (x: tf.Tensor): tf.Tensor => tf.maxPool(x as tf.Tensor4D, size, stride, "valid");
        expect(numbers(tf.grad(pool)(load(given.x), load(given.dy)))).to.deep.equal(given.dx.data);
      });
    });
  }

  for (const given of fixtures.embeddings) {
    it(`gives a table [${given.table.shape}] the same gradient for rows ${given.ids}`, () => {
      tf.tidy(() => {
        const embed = (table: tf.Tensor): tf.Tensor => tf.gather(table, tf.tensor1d(given.ids, "int32"));
        expect(numbers(tf.grad(embed)(load(given.table), load(given.dy)))).to.deep.equal(given.dTable.data);
      });
    });
  }

  for (const given of fixtures.optimizers) {
    const { kind, ...rest } = given.options;
    it(`moves weights by ${kind} ${JSON.stringify(rest)} the same way`, () => {
      const optimizer = makeOptimizer(given.options as OptimizerOptions);
      const weights = tf.variable(tf.tensor1d([1, -2, 0.5, 0, 3, 0.25]));
      given.gradients.forEach((gradient, step) => {
        tf.tidy(() => optimizer.apply([weights], { [weights.name]: tf.tensor1d(gradient) }));
        weights.dataSync().forEach((weight, i) => {
          expect(weight).to.be.closeTo(given.weights[step]![i]!, slack(given.options, step + 1));
        });
      });
      optimizer.dispose();
      weights.dispose();
    });
  }

  for (const given of fixtures.losses) {
    const { shape, data } = given.logits;
    const largest = Math.max(...data.map(Math.abs));
    it(`gives logits of [${shape}] up to ${largest} the same cross-entropy and gradient`, async () => {
      const logits = { shape, data: Float32Array.from(data) };
      const set = { inputs: logits, labels: Int32Array.from(given.labels), classes: shape[1]! };
      const linear = tf.layers.activation({ activation: "linear", inputShape: [shape[1]!] });
      const { loss } = await evaluate(tf.sequential({ layers: [linear] }), set);
      // float64: at most 10 exponentials, 10 sums, a logarithm, two sums of numbers up to `largest`; then the mean.
      expect(loss).to.be.closeTo(given.loss, 16 * 2 ** -52 * (1 + largest));
      if (given.loss > 3.4e38) return; // float32 ends there
      tf.tidy(() => {
        const oneHot = given.labels.map((label) =>
          Array.from({ length: set.classes }, (_, i) => Number(i === label)),
        );
        const labels = tf.tensor2d(oneHot);
        const lossOf = (z: tf.Tensor): tf.Tensor =>
          softmaxCrossEntropy({ logits: z as tf.Tensor2D, labels } as Parameters<
            typeof softmaxCrossEntropy
          >[0]);
        const gradient = numbers(tf.grad(lossOf)(load(given.logits)));
        // log p = z - log Σ exp z is off by the rounding of numbers up to `largest` and of the sum, p by as much.
        const off = (2 * largest + 2 * set.classes + 8) * unit;
        gradient.forEach((value, i) => {
          expect(value).to.be.closeTo(given.gradient[i]!, off);
        });
      });
    });
  }
});

/**
 * How far two float32 runs of t steps may be apart. sgd and momentum: not at all, rates, momenta and gradients are
 * powers of two or multiples of 1/8, and each weight is rounded once. adam: m is off by 3t roundings of at most
 * max|g|, v by 3t of its own; m̂/√v̂ by (3t + 3t/2 + 6) u max|g|/√v̂, where v̂ ≥ (1 - β₂) β₂⁴/(1 - β₂⁵) max g² > max g²/10
 * for every β₂ here; with t ≤ 5 below 3.2 · 28.5 u < 92 u; twice that for two runs, and a rounding of w < 4 in each.
 */
function slack({ kind, learningRate }: { kind: string; learningRate: number }, t: number): number {
  return kind === "adam" ? t * (2 * 92 * learningRate + 8) * unit : 0;
}
