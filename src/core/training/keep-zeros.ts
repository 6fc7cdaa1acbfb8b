import * as tf from "@tensorflow/tfjs";

/** What puts weights back to 0. */
export interface ZeroKeeper {
  readonly apply: () => void;
  readonly dispose: () => void;
}

/** Of kernels, tables and other weights of two axes or more: what is 0 now is 0 again after `apply`. */
export function zeroKeeper(model: tf.LayersModel): ZeroKeeper {
  const kernels = model.trainableWeights
    .map((weight) => weight.read() as tf.Variable)
    .filter(({ rank }) => rank >= 2);
  const free = kernels.map((kernel) => tf.tidy(() => tf.notEqual(kernel, 0)));
  return {
    apply: () => {
      tf.tidy(() => {
        kernels.forEach((kernel, i) => {
          kernel.assign(tf.where(free[i]!, kernel, 0));
        });
      });
    },
    dispose: () => tf.dispose(free),
  };
}

/** Where nothing is to be kept. */
export const noZeroKeeper: ZeroKeeper = { apply: () => {}, dispose: () => {} };
