import * as tf from "@tensorflow/tfjs";
import { checkFinite, checkInteger, checkNotEmpty } from "../../arguments.js";
import { LabError } from "../../errors.js";
import { checkTensor, sizeOf, type Tensor } from "../../tensor.js";
import { activationParams, byteTensor, type RunOptions, runInteger } from "../integer/index.js";
import type { ByteTensor, IntegerNetwork } from "../integer/network.js";
import { quantize } from "../quantize.js";
import { toIntegerNetwork } from "./integer-network.js";
import type { QuantizedModel } from "./quantized-model.js";

/**
 * Inputs as the codes that the model's integer network takes: what `runInteger`, `traceInteger` and
 * `followInteger` want beside `toIntegerNetwork(quantized)`.
 *
 * @param inputs [count, …]
 * @throws LabError for what `toIntegerNetwork` refuses, and for inputs of another shape, empty or not finite.
 *
 * @example
 * ```ts
 * import { seeded, uniformTensor } from "edgelab/core";
 * import { teachingMlp } from "edgelab/core/zoo";
 * import { followInteger, formatTrace } from "edgelab/core/quantization";
 * import { quantizeModel, toIntegerNetwork } from "edgelab/core/quantization/models";
 * const images = uniformTensor(seeded("b"), [8, 28, 28, 1], 0, 1);
 * const quantized = await quantizeModel(teachingMlp(seeded("a")), { calibration: images });
 * const codes = inputCodes(quantized, images);
 * const [last] = followInteger(toIntegerNetwork(quantized), codes, { index: [0, 3] });
 * last?.kind; // "dense"
 * formatTrace(last).split("\n").length > 10; // true
 * ```
 */
export function inputCodes(model: QuantizedModel, inputs: Tensor): ByteTensor {
  return codesFor(toIntegerNetwork(model), model, inputs);
}

function codesFor({ input }: IntegerNetwork, model: QuantizedModel, inputs: Tensor): ByteTensor {
  checkInputs(input.shape, inputs);
  return byteTensor(quantize(inputs, model.activations[input.name]!));
}

function checkInputs(shape: readonly number[], inputs: Tensor): void {
  checkTensor(inputs, "the inputs");
  if (inputs.shape.length === 0 || inputs.shape.slice(1).join() !== shape.join()) {
    throw new LabError(
      "BAD_SHAPE",
      `the model takes [${["count", ...shape].join(", ")}], got inputs [${inputs.shape.join(", ")}]`,
      "Give each input the shape that the model was built for; a single one has count 1.",
    );
  }
  checkNotEmpty(inputs.data, "the inputs");
  checkFinite(inputs.data, "the inputs");
}

export interface PredictIntegerOptions extends RunOptions {
  /** How many inputs go through the network at once. It has no influence on the result. 16 */
  readonly batchSize?: number;
  /** After each batch: how many inputs are done, of how many. */
  readonly onProgress?: (progress: { readonly done: number; readonly count: number }) => void;
  /** Ends the run after the current batch: with a LabError, since there is no whole answer then. */
  readonly signal?: AbortSignal;
}

/**
 * Runs a quantized model in integer arithmetic: inputs to codes, codes through the network, and the codes that
 * come out as the numbers that they stand for. Between batches it lets other work happen.
 *
 * `simulate` is a code off here and there, most often at average pools: see there.
 *
 * @param inputs [count, …]
 * @throws LabError for what `toIntegerNetwork` refuses, for inputs of another shape, empty or not finite, and with
 *   the code `ABORTED` where the signal ends it.
 *
 * @example
 * ```ts
 * import { seeded, uniformTensor } from "edgelab/core";
 * import { teachingMlp } from "edgelab/core/zoo";
 * import { quantizeModel } from "edgelab/core/quantization/models";
 * const calibration = uniformTensor(seeded("b"), [8, 28, 28, 1], 0, 1);
 * const quantized = await quantizeModel(teachingMlp(seeded("a")), { calibration });
 * (await predictInteger(quantized, calibration)).shape; // [8, 10]
 * ```
 */
export async function predictInteger(
  model: QuantizedModel,
  inputs: Tensor,
  options: PredictIntegerOptions = {},
): Promise<Tensor> {
  const { batchSize = 16, onProgress, signal } = options;
  checkInteger(batchSize, "batchSize", 1);
  const network = toIntegerNetwork(model);
  const { shape, data } = codesFor(network, model, inputs);
  const count = shape[0]!;
  const size = data.length / count;
  const answers: ByteTensor[] = [];
  for (let first = 0; first < count; first += batchSize) {
    if (signal?.aborted) throw aborted(first, count);
    const last = Math.min(first + batchSize, count);
    const batch = {
      shape: [last - first, ...shape.slice(1)],
      data: data.subarray(first * size, last * size),
    };
    answers.push(runInteger(network, batch, options));
    onProgress?.({ done: last, count });
    await tf.nextFrame();
  }
  return restored(answers, count, model);
}

/** S (q - Z) of all codes, in the batches' order. */
function restored(answers: readonly ByteTensor[], count: number, model: QuantizedModel): Tensor {
  const { scale, zeroPoint } = activationParams(model.activations[model.graph.outputs[0]!]!);
  const shape = answers[0]!.shape.slice(1);
  const data = new Float32Array(count * sizeOf(shape));
  let filled = 0;
  for (const { data: codes } of answers) {
    for (const code of codes) data[filled++] = scale * (code - zeroPoint);
  }
  return { shape: [count, ...shape], data };
}

function aborted(done: number, count: number): LabError {
  return new LabError(
    "ABORTED",
    `the run was ended after ${done} of ${count} inputs`,
    "Call predictInteger again for a whole answer.",
  );
}
