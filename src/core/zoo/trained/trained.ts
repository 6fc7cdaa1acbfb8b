import type { GlyphLevel } from "../../data/index.js";

/** The arguments of `glyphs`, the generator named by its seed. */
export interface GlyphSet {
  readonly level: GlyphLevel;
  readonly count: number;
  readonly seed: string;
}

/** How a stored model was made. */
export interface AboutTrained {
  readonly name: string;
  readonly training: GlyphSet;
  /** The epoch with the least loss on these was kept. */
  readonly validation: GlyphSet;
  readonly test: GlyphSet;
  /** The first weights are drawn from `${seed}, weights`, the order of the examples from `${seed}, order`. */
  readonly seed: string;
  readonly epochs: number;
  /** Adam's. */
  readonly learningRate: number;
  readonly bestEpoch: number;
  readonly backend: string;
  /** The share of right answers on the test set, measured with the stored weights. */
  readonly testAccuracy: number;
  readonly command: string;
}

/** What a file of this folder holds; `npm run assets -- models` writes them. */
export interface TrainedModel {
  readonly about: AboutTrained;
  /** As `encodeWeights` writes them, layer by layer. */
  readonly weights: string;
}
