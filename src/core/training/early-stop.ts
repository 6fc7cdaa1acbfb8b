import * as tf from "@tensorflow/tfjs";

export interface EarlyStop {
  /** So many epochs in a row without improvement end the training. */
  readonly patience: number;
  /** What the loss has to fall by to count as improved. 0 */
  readonly minDelta?: number;
  /** At the end, take the weights of the best epoch back. Not after an abort. false */
  readonly restoreBest?: boolean;
}

/** Keeps the best epoch, and its weights where they will be wanted. */
export interface Watch {
  readonly bestEpoch: () => number;
  /** Takes an epoch's loss in; true says that patience is over. */
  readonly look: (epoch: number, loss: number) => boolean;
  readonly restore: () => void;
  readonly dispose: () => void;
}

/**
 * @see Prechelt, "Early stopping - but when?" (1998), section 2: the criterion UP counts epochs in a row
 */
export function watch(model: tf.LayersModel, stop: EarlyStop | undefined): Watch {
  const { patience = Number.POSITIVE_INFINITY, minDelta = 0, restoreBest = false } = stop ?? {};
  let best = { epoch: 0, loss: Number.POSITIVE_INFINITY };
  // What `minDelta` is measured from, and when it was last reached.
  let improved = best;
  let weights: tf.Tensor[] = [];
  const dispose = (): void => {
    tf.dispose(weights);
    weights = [];
  };
  return {
    bestEpoch: () => best.epoch,
    look: (epoch, loss) => {
      if (loss < best.loss) {
        best = { epoch, loss };
        dispose();
        // A clone shares the numbers until a variable is assigned new ones: nothing is copied.
        if (restoreBest) weights = model.getWeights().map((weight) => weight.clone());
      }
      if (loss < improved.loss - minDelta) improved = { epoch, loss };
      return epoch - improved.epoch >= patience;
    },
    restore: () => {
      if (weights.length > 0) model.setWeights(weights);
    },
    dispose,
  };
}
