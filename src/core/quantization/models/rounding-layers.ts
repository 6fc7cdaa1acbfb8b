import * as tf from "@tensorflow/tfjs";
import { movingAverage } from "../observers/range.js";
import { paramsFromRanges, rangesOfGroups } from "../params.js";
import type { QuantParams, QuantScheme, ValueRange } from "../scheme.js";
import { learnedScale, withLogScales } from "./learned-scale.js";
import { fromTf, straightThrough } from "./straight-through.js";

type Named = { readonly name?: string };
type Kwargs = Readonly<Record<string, unknown>>;

/** A layer of tfjs that rounds what passes to codes and back. */
export abstract class RoundingLayer extends tf.layers.Layer {
  constructor({ name }: Named) {
    super(name === undefined ? {} : { name });
  }

  /** What it rounds to at present. */
  abstract params(): QuantParams;

  override computeOutputShape(inputShape: tf.Shape): tf.Shape {
    return inputShape;
  }

  override call(inputs: tf.Tensor | tf.Tensor[], kwargs: Kwargs): tf.Tensor {
    const x = Array.isArray(inputs) ? inputs[0]! : inputs;
    return tf.tidy(() => this.round(x, kwargs.training === true));
  }

  protected round(x: tf.Tensor, _training: boolean): tf.Tensor {
    return straightThrough(x, this.params());
  }
}

interface FixedConfig extends Named {
  readonly params: QuantParams;
}

/** Rounds by fixed parameters. */
export class FakeQuantize extends RoundingLayer {
  static readonly className = "FakeQuantize";
  readonly #params: QuantParams;

  constructor(config: FixedConfig) {
    super(config);
    this.#params = config.params;
  }

  params(): QuantParams {
    return this.#params;
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), ...asConfig({ params: this.#params }) };
  }
}

interface MovingRangeConfig extends Named {
  readonly scheme: QuantScheme;
  readonly averagingConstant: number;
}

/** Rounds by a range that follows the batches in training, as torch's moving average observer does. */
export class MovingRange extends RoundingLayer {
  static readonly className = "MovingRange";
  /** Set to keep the range as it is. */
  frozen = false;
  readonly #config: MovingRangeConfig;
  /** [min, max]: a weight that is not trained, so that it is kept and taken back with the others. */
  #range?: tf.LayerVariable;

  constructor(config: MovingRangeConfig) {
    super(config);
    this.#config = config;
  }

  override build(): void {
    this.#range = this.addWeight("range", [2], "float32", tf.initializers.zeros(), undefined, false);
    this.built = true;
  }

  protected override round(x: tf.Tensor, training: boolean): tf.Tensor {
    if (training && !this.frozen) {
      const [batch] = rangesOfGroups(fromTf(x), { per: "tensor" });
      const { min, max } = movingAverage(this.#current(), batch!, this.#config.averagingConstant);
      this.#range!.write(tf.tensor1d([min, max]));
    }
    return super.round(x, training);
  }

  #current(): ValueRange {
    const [min = 0, max = 0] = this.#range!.read().dataSync();
    return { min, max };
  }

  params(): QuantParams {
    return paramsFromRanges([this.#current()], this.#config.scheme);
  }

  override getConfig(): tf.serialization.ConfigDict {
    const { scheme, averagingConstant } = this.#config;
    return { ...super.getConfig(), ...asConfig({ scheme, averagingConstant }) };
  }
}

/** Rounds by a scale that is trained; the zero point is fixed. */
export class LearnedScale extends RoundingLayer {
  static readonly className = "LearnedScale";
  readonly #params: QuantParams;
  #logScale?: tf.LayerVariable;

  constructor(config: FixedConfig) {
    super(config);
    this.#params = config.params;
  }

  override build(): void {
    this.#logScale = this.addWeight("log_scale", [1], "float32", tf.initializers.zeros());
    this.built = true;
  }

  protected override round(x: tf.Tensor): tf.Tensor {
    return learnedScale(x, this.#logScale!.read(), this.#params);
  }

  params(): QuantParams {
    return withLogScales(this.#params, fromTf(this.#logScale!.read()).data);
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), ...asConfig({ params: this.#params }) };
  }
}

/** Rounds to the codes of another layer, as mean pools do. */
export class SameCodes extends RoundingLayer {
  static readonly className = "SameCodes";
  /** Whose codes; to be set before the layer is used. */
  leader?: RoundingLayer;

  params(): QuantParams {
    return this.leader!.params();
  }
}

/** Plain data is what configs hold; tfjs' type knows its own kinds of it only. */
export function asConfig(data: object): tf.serialization.ConfigDict {
  return data as tf.serialization.ConfigDict;
}

for (const layer of [FakeQuantize, MovingRange, LearnedScale, SameCodes])
  tf.serialization.registerClass(layer);
