import * as tf from "@tensorflow/tfjs";
import { expect } from "chai";
import { type Dataset, glyphs } from "../../data/index.js";
import { LabError } from "../../errors.js";
import { toLayerGraph, toTensor } from "../../model/index.js";
import { seeded } from "../../random.js";
import { type Tensor, tensor } from "../../tensor.js";
import { chooseBackend, evaluate, fit, predict } from "../../training/index.js";
import { initialize } from "../../zoo/initialize.js";
import { attentionLoss, distillationLoss, hintLoss } from "../index.js";
import { type DistillOptions, distill } from "./index.js";

/** Points around the corners of a square, a class each. */
function corners(seed: string, count: number): Dataset {
  const rng = seeded(seed);
  const labels = Int32Array.from({ length: count }, (_, i) => i % 4);
  const at = (label: number) => [(label & 1) * 2 - 1, (label & 2) - 1].map((x) => x + rng.normal(0, 0.3));
  return {
    inputs: { shape: [count, 2], data: Float32Array.from([...labels].flatMap(at)) },
    labels,
    classes: 4,
  };
}

function perceptron(seed: string, units: number, classes = 4): tf.Sequential {
  const layers = [
    tf.layers.dense({ name: "hidden", inputShape: [2], units, activation: "relu" }),
    tf.layers.dense({ name: "logits", units: classes }),
  ];
  return initialize(tf.sequential({ layers }), seeded(seed));
}

/** [8, 8, 1] → conv → [8, 8, channels] → pool → 4 */
function smallCnn(seed: string, channels: number): tf.Sequential {
  const layers = [
    tf.layers.inputLayer({ inputShape: [8, 8, 1] }),
    tf.layers.conv2d({ name: "conv", filters: channels, kernelSize: 3, padding: "same", activation: "relu" }),
    tf.layers.globalAveragePooling2d({ name: "pool" }),
    tf.layers.dense({ name: "logits", units: 4 }),
  ];
  return initialize(tf.sequential({ layers }), seeded(seed));
}

function noise(seed: string, count: number): Dataset {
  const rng = seeded(seed);
  const inputs = tensor(
    [count, 8, 8, 1],
    Float32Array.from({ length: count * 64 }, () => rng.uniform(0, 1)),
  );
  return { inputs, labels: Int32Array.from({ length: count }, (_, i) => i % 4), classes: 4 };
}

const soft = { temperature: 3, alpha: 0.7, form: "hinton" } as const;
const weightsOf = (model: tf.LayersModel): Float32Array[] =>
  model.getWeights().map((weight) => weight.dataSync<"float32">());

describe("distill", () => {
  const data = corners("train", 60);
  const validation = corners("validation", 40);
  let teacher: tf.Sequential;

  before(async () => {
    await chooseBackend({ backend: "wasm" });
    teacher = perceptron("teacher", 16);
    const optimizer = { kind: "adam", learningRate: 0.02 } as const;
    await fit(teacher, data, { epochs: 20, batchSize: 16, optimizer, rng: seeded("order") });
  });

  interface Change extends Partial<DistillOptions> {
    readonly teacher?: tf.LayersModel;
    readonly data?: Dataset;
  }

  const run = (
    student: tf.LayersModel,
    { teacher: taught = teacher, data: given = data, ...more }: Change = {},
  ) =>
    distill(student, taught, given, {
      ...soft,
      epochs: 10,
      batchSize: 16,
      optimizer: { kind: "adam", learningRate: 0.03 },
      rng: seeded("distil"),
      ...more,
    });

  it("teaches digits: the loss falls, and the same seed gives the same student", async () => {
    const digits = glyphs({ count: 160, rng: seeded("digits") });
    const mlp = (seed: string, units: number) => {
      const layers = [
        tf.layers.flatten({ inputShape: [28, 28, 1] }),
        tf.layers.dense({ units, activation: "relu" }),
        tf.layers.dense({ units: 10 }),
      ];
      return initialize(tf.sequential({ layers }), seeded(seed));
    };
    const tutor = mlp("tutor", 64);
    await fit(tutor, digits, { epochs: 8, batchSize: 32, rng: seeded("tutor") });
    const pupils = [mlp("pupil", 12), mlp("pupil", 12)] as const;
    const results = [];
    for (const student of pupils) {
      const options = { data: digits, teacher: tutor, epochs: 5, batchSize: 32, rng: seeded("lesson") };
      results.push(await run(student, options));
    }
    const [first, second] = results;
    const { epochs } = first!.fit;
    expect(epochs.at(-1)!.loss).to.be.below(epochs[0]!.loss);
    expect(first).to.deep.equal(second);
    expect(weightsOf(pupils[0])).to.deep.equal(weightsOf(pupils[1]));
    expect(first!.teacherAccuracy).to.equal((await evaluate(tutor, digits)).accuracy);
  });

  it("hands on what the teacher knows where the labels know nothing", async () => {
    const student = perceptron("student", 8);
    const mixed = {
      ...data,
      labels: seeded("mixed")
        .permutation(60)
        .map((place) => data.labels[place]!),
    };
    const options = { data: mixed, alpha: 1, epochs: 30, validation };
    const { studentAccuracy, teacherAccuracy } = await run(student, options);
    expect(teacherAccuracy).to.be.above(0.95);
    expect(studentAccuracy).to.be.above(0.9);
    expect(studentAccuracy).to.equal((await evaluate(student, validation)).accuracy);
  });

  it("gives the same student for any teacher that has no weight", async () => {
    const [one, other] = [perceptron("student", 8), perceptron("student", 8)];
    await run(one, { alpha: 0 });
    await run(other, { alpha: 1, form: "lecture", teacher: perceptron("another", 3) });
    expect(weightsOf(one)).to.deep.equal(weightsOf(other));
  });

  it("adds up the losses that the plain functions give", async () => {
    const images = noise("images", 6);
    const [tutor, student] = [smallCnn("tutor", 5), smallCnn("student", 2)];
    const pair = { teacherLayer: "conv", studentLayer: "conv" };
    const [attention, feature] = [[{ ...pair, weight: 100 }], { ...pair, weight: 3 }];
    const features = await Promise.all([tutor, student].map((model) => inner(model, images)));
    const [ofTutor, ofStudent] = features as [Tensor, Tensor];
    // The regressor is drawn from the generator before anything else.
    const rng = seeded("distil");
    const weights = tensor(
      [2, 5],
      Float32Array.from({ length: 10 }, () => rng.uniform(-Math.sqrt(3), Math.sqrt(3))),
    );
    const expected =
      distillationLoss(
        await predict(student, images.inputs),
        await predict(tutor, images.inputs),
        images.labels,
        soft,
      ).loss +
      100 * attentionLoss(ofStudent, ofTutor).loss +
      3 * hintLoss(ofStudent, ofTutor, { weights, bias: tensor([5], new Float32Array(5)) }).loss;
    const options = { teacher: tutor, data: images, attention, feature, epochs: 1, batchSize: 6 };
    const { epochs } = (await run(student, options)).fit;
    // Means of some 2000 float32 numbers.
    expect(epochs[0]!.loss).to.be.closeTo(expected, 2000 * 2 ** -24 * expected);
  });

  it("brings inner layers together, and leaves the student as many layers and weights as before", async () => {
    const images = noise("images", 16);
    const [tutor, student] = [smallCnn("tutor", 5), smallCnn("student", 3)];
    const pair = { teacherLayer: "conv", studentLayer: "conv" };
    const lossNow = async () => attentionLoss(await inner(student, images), await inner(tutor, images)).loss;
    const before = await lossNow();
    const [attention, feature] = [[{ ...pair, weight: 500 }], { ...pair, weight: 1 }];
    const shapes = () =>
      toLayerGraph(student).nodes.map((node) => [node.name, node.weights.map((w) => w.shape)]);
    const layers = shapes();
    const options = { teacher: tutor, data: images, attention, feature, alpha: 0 };
    const tensors = await tensorsLeftBy(() => run(student, options));
    expect(await lossNow()).to.be.below(before);
    expect(shapes()).to.deep.equal(layers);
    expect(tensors).to.equal(0);
  });

  it("leaves the teacher alone", async () => {
    const before = weightsOf(teacher).map((weight) => [...weight]);
    await run(perceptron("student", 8), { epochs: 1 });
    expect(weightsOf(teacher).map((weight) => [...weight])).to.deep.equal(before);
  });

  it("shows progress and can be aborted, as fit", async () => {
    const controller = new AbortController();
    const seen: number[] = [];
    const onProgress = ({ step }: { step: number }): void => {
      seen.push(step);
      if (seen.length === 2) controller.abort();
    };
    const { fit } = await run(perceptron("student", 8), { signal: controller.signal, onProgress });
    const { stopped, steps } = fit;
    expect({ stopped, steps, seen }).to.deep.equal({ stopped: "aborted", steps: 2, seen: [1, 2] });
  });

  it("refuses a teacher of other classes, layers that don't fit, and options out of range", async () => {
    const student = perceptron("student", 8);
    const pair = { teacherLayer: "hidden", studentLayer: "hidden", weight: 1 };
    const cases: [Change, string][] = [
      [
        { teacher: perceptron("other", 4, 3) },
        "the data for the teacher has 4 classes, but the model gives [count, 3]",
      ],
      [{ feature: { ...pair, teacherLayer: "none" } }, "no layer none"],
      [{ feature: { ...pair, weight: -1 } }, "weight must be"],
      [{ attention: [pair] }, "which is no image"],
      [{ temperature: 0 }, "temperature"],
      [{ alpha: 1.5 }, "alpha"],
      [{ epochs: 0 }, "epochs"],
      [{ teacher: student }, "teacher and student are one model"],
      [{ teacher: null as never }, "the model is null"],
      [{ data: null as never }, "the training data is null"],
    ];
    for (const [more, message] of cases) expect(await refusal(run(student, more))).to.include(message);
    const images = noise("images", 4);
    const [tutor, pupil] = [smallCnn("tutor", 5), smallCnn("student", 3)];
    const feature = { teacherLayer: "pool", studentLayer: "conv", weight: 1 };
    const misfit = run(pupil, { teacher: tutor, data: images, feature });
    expect(await refusal(misfit)).to.include("same height and width");
  });

  it("refuses before the teacher has spoken, and keeps no tensors", async () => {
    const images = noise("images", 4);
    const [tutor, student] = [smallCnn("tutor", 5), smallCnn("student", 3)];
    const spoken: unknown[] = [];
    const { apply } = tutor;
    tutor.apply = (...args) => {
      spoken.push(args);
      return apply.apply(tutor, args);
    };
    const feature = { teacherLayer: "conv", studentLayer: "conv", weight: 1 };
    const tensors = await tensorsLeftBy(async () => {
      for (const wrong of [{ epochs: 0 }, { batchSize: 0 }, { validation: data }, { temperature: -1 }]) {
        await refusal(run(student, { teacher: tutor, data: images, feature, ...wrong }));
      }
      await refusal(run(student, { teacher: tutor, data: { ...images, classes: 5 }, feature }));
    });
    expect(spoken).to.deep.equal([]);
    expect(tensors).to.equal(0);
  });

  it("compares layers whose sizes the models leave open in the first step, where they have one", async () => {
    const anySize = (seed: string, strides: number) => {
      const conv = { name: "conv", filters: 3, kernelSize: 3, padding: "same", strides } as const;
      const layers = [
        tf.layers.inputLayer({ inputShape: [null, null, 1] }),
        tf.layers.conv2d(conv),
        tf.layers.globalAveragePooling2d({ name: "pool" }),
        tf.layers.dense({ name: "logits", units: 4 }),
      ];
      return initialize(tf.sequential({ layers }), seeded(seed));
    };
    const images = noise("images", 4);
    const [tutor, same, less] = [anySize("tutor", 1), anySize("same", 1), anySize("less", 8)];
    const pair = { teacherLayer: "conv", studentLayer: "conv", weight: 1 };
    for (const layers of [{ feature: pair }, { attention: [pair] }]) {
      const options = { teacher: tutor, data: images, ...layers, epochs: 1 };
      const before = weightsOf(less);
      const tensors = await tensorsLeftBy(async () => {
        expect(await refusal(run(less, options))).to.match(/have the shapes \[4, 1, 1.*\] and \[4, 8, 8/);
      });
      expect(weightsOf(less)).to.deep.equal(before);
      expect(tensors).to.equal(0);
      expect((await run(same, options)).fit.steps).to.equal(1);
      expect((await run(smallCnn("known", 2), options)).fit.steps).to.equal(1);
    }
  });
});

/** What the convolution gives. */
async function inner(model: tf.LayersModel, { inputs }: Dataset): Promise<Tensor> {
  return tf.tidy(() => {
    const cut = tf.model({
      inputs: model.inputs,
      outputs: model.getLayer("conv").output as tf.SymbolicTensor,
    });
    return toTensor(cut.predict(tf.tensor(inputs.data, [...inputs.shape])) as tf.Tensor) as never;
  });
}

async function tensorsLeftBy(work: () => Promise<unknown>): Promise<number> {
  const before = tf.memory().numTensors;
  await work();
  return tf.memory().numTensors - before;
}

async function refusal(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    if (error instanceof LabError) return error.message;
    throw error;
  }
  throw new Error("nothing was refused");
}
