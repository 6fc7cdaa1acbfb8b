import * as tf from "@tensorflow/tfjs";
import { checkNumber, wrongKind } from "../arguments.js";
import { LabError } from "../errors.js";

/** How gradients change weights. */
export type OptimizerOptions =
  | {
      readonly kind: "adam";
      /** 0.001 */
      readonly learningRate?: number;
      /** 0.9 */
      readonly beta1?: number;
      /** 0.999 */
      readonly beta2?: number;
      /** 1e-8 */
      readonly epsilon?: number;
    }
  | { readonly kind: "sgd"; readonly learningRate: number }
  | {
      readonly kind: "momentum";
      readonly learningRate: number;
      /** 0.9 */
      readonly momentum?: number;
    };

/** From a weight w, its gradient g and the states of step t - 1 (t counts from 1): the new weight and states. */
interface Rule {
  readonly states: number;
  readonly update: (w: tf.Tensor, g: tf.Tensor, states: readonly tf.Tensor[], t: number) => tf.Tensor[];
}

export interface Optimizer {
  /** Changes each variable that has a gradient under its name. */
  readonly apply: (variables: readonly tf.Variable[], gradients: tf.NamedTensorMap) => void;
  readonly dispose: () => void;
}

/**
 * Written out rather than taken from tfjs, whose momentum keeps a tensor at the end, and whose states follow a
 * gradient's place in a list.
 */
export function makeOptimizer(options: OptimizerOptions): Optimizer {
  const { states, update } = ruleOf(options);
  const kept = new Map<string, tf.Tensor[]>();
  let step = 0;
  const change = (variable: tf.Variable, gradient: tf.Tensor): void => {
    const before = kept.get(variable.name) ?? Array.from({ length: states }, () => tf.zerosLike(variable));
    const [changed, ...after] = update(variable, gradient, before, step);
    variable.assign(changed!);
    tf.dispose(before);
    kept.set(variable.name, after.map(tf.keep));
  };
  return {
    apply: (variables, gradients) => {
      step++;
      for (const variable of variables) {
        const gradient = gradients[variable.name];
        if (gradient) tf.tidy(() => change(variable, gradient));
      }
    },
    dispose: () => tf.dispose([...kept.values()]),
  };
}

function ruleOf(options: OptimizerOptions): Rule {
  if (typeof options !== "object") {
    throw wrongKind("the optimizer", options, 'Write it as an object: { kind: "adam" }.');
  }
  switch (options.kind) {
    case "adam": {
      const { learningRate = 0.001, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = options;
      checkRate(learningRate);
      checkNumber(beta1, "beta1", 0, below1);
      checkNumber(beta2, "beta2", 0, below1);
      checkNumber(epsilon, "epsilon", leastNormal, 1);
      return adam(learningRate, beta1, beta2, epsilon);
    }
    case "sgd":
      checkRate(options.learningRate);
      return sgd(options.learningRate);
    case "momentum": {
      const { learningRate, momentum = 0.9 } = options;
      checkRate(learningRate);
      checkNumber(momentum, "momentum", 0, below1);
      return heavyBall(learningRate, momentum);
    }
    default:
      throw new LabError(
        "BAD_OPTIMIZER",
        `there is no optimizer ${JSON.stringify((options as { kind: unknown }).kind)}`,
        'Use "adam", "sgd" or "momentum".',
      );
  }
}

/** w ← w - η g */
function sgd(rate: number): Rule {
  return { states: 0, update: (w, g) => [w.sub(g.mul(rate))] };
}

/**
 * v ← μ v + g; w ← w - η v
 *
 * @see Polyak, "Some methods of speeding up the convergence of iteration methods" (1964); in this form, torch's SGD
 */
function heavyBall(rate: number, momentum: number): Rule {
  return {
    states: 1,
    update: (w, g, [v]) => {
      const velocity = v!.mul(momentum).add(g);
      return [w.sub(velocity.mul(rate)), velocity];
    },
  };
}

/**
 * m ← β₁ m + (1 - β₁) g; v ← β₂ v + (1 - β₂) g²; w ← w - η m̂ / (√v̂ + ε), where m̂ = m / (1 - β₁ᵗ) and
 * v̂ = v / (1 - β₂ᵗ)
 *
 * @see Kingma and Ba, "Adam: a method for stochastic optimization" (2015), algorithm 1
 */
function adam(rate: number, beta1: number, beta2: number, epsilon: number): Rule {
  return {
    states: 2,
    update: (w, g, [m, v], t) => {
      const mean = m!.mul(beta1).add(g.mul(1 - beta1));
      const variance = v!.mul(beta2).add(g.square().mul(1 - beta2));
      const deviation = variance
        .div(1 - beta2 ** t)
        .sqrt()
        .add(epsilon);
      return [w.sub(mean.mul(rate / (1 - beta1 ** t)).div(deviation)), mean, variance];
    },
  };
}

/** Of float32: what is smaller can become 0, and divide. */
const leastNormal = 2 ** -126;
const below1 = 1 - Number.EPSILON;

function checkRate(learningRate: number): void {
  if (!(learningRate > 0 && Number.isFinite(learningRate))) {
    throw new LabError(
      "BAD_LEARNING_RATE",
      `the learning rate must be above 0 and finite, got ${learningRate}`,
      "Start with 0.001 for adam, 0.1 for sgd.",
    );
  }
}
