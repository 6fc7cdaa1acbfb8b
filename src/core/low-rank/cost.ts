import { checkInteger } from "../arguments.js";
import { LabError } from "../errors.js";
import type { TuckerRanks } from "./tucker.js";

/** What is stored, and what is computed for one example (multiplications with an addition, without biases). */
export interface Cost {
  readonly parameters: number;
  readonly macs: number;
}

/** The size of a dense layer. */
export interface DenseSize {
  readonly inputs: number;
  readonly outputs: number;
  readonly useBias: boolean;
  /** How many rows of features an example has. 1 */
  readonly positions?: number;
}

/** The size of a convolution, with the height and width of the images that go in and come out. */
export interface ConvSize {
  readonly kernel: readonly [height: number, width: number];
  readonly inputs: number;
  readonly outputs: number;
  readonly useBias: boolean;
  readonly inputSize: readonly [height: number, width: number];
  readonly outputSize: readonly [height: number, width: number];
}

/** What a layer costs, and what it costs as a product of two: each unit of rank adds the same. */
export interface RankCost {
  readonly original: Cost;
  readonly perRank: Cost;
  /** The bias, which stays. */
  readonly biasParameters: number;
  /** The rank at which the product is exact. */
  readonly fullRank: number;
}

/**
 * A dense layer as a product of two: r·(inputs + outputs) instead of inputs·outputs weights.
 *
 * @throws LabError for sizes that are no integers of 1 or more.
 *
 * @example
 * ```ts
 * const cost = denseRankCost({ inputs: 784, outputs: 128, useBias: true });
 * cost.original; // { parameters: 100480, macs: 100352 }
 * costAtRank(cost, 16); // { parameters: 14720, macs: 14592 }
 * breakEvenRank(cost); // 110
 * ```
 */
export function denseRankCost({ inputs, outputs, useBias, positions = 1 }: DenseSize): RankCost {
  checkCounts({ inputs, outputs, positions });
  return rankCost({
    weights: inputs * outputs,
    macs: positions * inputs * outputs,
    perRank: { parameters: inputs + outputs, macs: positions * (inputs + outputs) },
    biasParameters: useBias ? outputs : 0,
    fullRank: Math.min(inputs, outputs),
  });
}

/**
 * A convolution as a kh×kw convolution to r channels and a 1×1 convolution: r·(kh·kw·inputs + outputs) weights.
 *
 * @throws LabError for sizes that are no integers of 1 or more.
 *
 * @example
 * ```ts
 * const size = { inputs: 16, outputs: 32, useBias: true, inputSize: [14, 14], outputSize: [14, 14] } as const;
 * costAtRank(channelRankCost({ kernel: [3, 3], ...size }), 8); // { parameters: 1440, macs: 275968 }
 * ```
 */
export function channelRankCost(size: ConvSize): RankCost {
  const { places, area } = checkConv(size);
  const { inputs, outputs, useBias } = size;
  return rankCost({
    weights: area * inputs * outputs,
    macs: places * area * inputs * outputs,
    perRank: { parameters: area * inputs + outputs, macs: places * (area * inputs + outputs) },
    biasParameters: useBias ? outputs : 0,
    fullRank: Math.min(area * inputs, outputs),
  });
}

/**
 * A convolution as a kh×1 convolution to r channels and a 1×kw convolution: r·(kh·inputs + kw·outputs) weights.
 * Between the two, images have the height of the output and still the width of the input.
 *
 * @throws LabError for sizes that are no integers of 1 or more.
 *
 * @example
 * ```ts
 * const size = { inputs: 16, outputs: 32, useBias: true, inputSize: [14, 14], outputSize: [14, 14] } as const;
 * costAtRank(spatialRankCost({ kernel: [3, 3], ...size }), 8); // { parameters: 1184, macs: 225792 }
 * ```
 */
export function spatialRankCost(size: ConvSize): RankCost {
  const { places, area } = checkConv(size);
  const { inputs, outputs, useBias, kernel, inputSize, outputSize } = size;
  const between = outputSize[0] * inputSize[1];
  return rankCost({
    weights: area * inputs * outputs,
    macs: places * area * inputs * outputs,
    perRank: {
      parameters: kernel[0] * inputs + kernel[1] * outputs,
      macs: between * kernel[0] * inputs + places * kernel[1] * outputs,
    },
    biasParameters: useBias ? outputs : 0,
    fullRank: Math.min(kernel[0] * inputs, kernel[1] * outputs),
  });
}

/**
 * A convolution in Tucker-2 form, with S inputs, T outputs and ranks R₃ and R₄; the first of the three layers
 * sees images of the input's size H×W, the others give H'×W':
 *
 *     weights  S·R₃ + kh·kw·R₃·R₄ + R₄·T
 *     MACs     H·W·S·R₃ + H'·W'·kh·kw·R₃·R₄ + H'·W'·R₄·T
 *
 * @throws LabError for sizes and ranks that are no integers of 1 or more.
 * @see Kim et al., "Compression of Deep Convolutional Neural Networks for Fast and Low Power Mobile
 *   Applications" (2016), section 3.1
 *
 * @example
 * ```ts
 * const size = { inputs: 16, outputs: 32, useBias: true, inputSize: [14, 14], outputSize: [14, 14] } as const;
 * tuckerCost({ kernel: [3, 3], ...size }, { rankIn: 8, rankOut: 12 }); // { parameters: 1408, macs: 269696 }
 * ```
 */
export function tuckerCost(size: ConvSize, { rankIn, rankOut }: TuckerRanks): Cost {
  const { places, area } = checkConv(size);
  checkCounts({ rankIn, rankOut });
  const { inputs, outputs, useBias, inputSize } = size;
  const later = area * rankIn * rankOut + rankOut * outputs;
  return {
    parameters: inputs * rankIn + later + (useBias ? outputs : 0),
    macs: inputSize[0] * inputSize[1] * inputs * rankIn + places * later,
  };
}

/**
 * What the product of two costs at a rank.
 *
 * @throws LabError for a rank that is no integer from 1 to the full rank, and for a cost that is no count.
 *
 * @example
 * ```ts
 * costAtRank(denseRankCost({ inputs: 10, outputs: 10, useBias: false }), 2); // { parameters: 40, macs: 40 }
 * ```
 */
export function costAtRank(cost: RankCost, rank: number): Cost {
  checkRankCost(cost);
  const { perRank, biasParameters, fullRank } = cost;
  checkInteger(rank, "rank", 1, fullRank);
  return { parameters: rank * perRank.parameters + biasParameters, macs: rank * perRank.macs };
}

/**
 * The largest rank at which the product of two costs less than the layer; 0 if there is none. For a dense
 * layer that is the last rank below m·n/(m + n).
 *
 * @throws LabError for a cost that is no count, and for what is neither "parameters" nor "macs".
 *
 * @example
 * ```ts
 * breakEvenRank(denseRankCost({ inputs: 100, outputs: 100, useBias: true })); // 49
 * breakEvenRank(denseRankCost({ inputs: 2, outputs: 2, useBias: true })); // 0
 * ```
 */
export function breakEvenRank(cost: RankCost, of: keyof Cost = "parameters"): number {
  checkRankCost(cost);
  if (of !== "parameters" && of !== "macs") {
    throw new LabError("BAD_OPTION", `there is no cost ${String(of)}`, 'Choose "parameters" or "macs".');
  }
  const { original, perRank, biasParameters } = cost;
  const weights = of === "parameters" ? original.parameters - biasParameters : original.macs;
  return Math.ceil(weights / perRank[of]) - 1;
}

/**
 * The largest rank whose parameters and MACs stay within a budget, at most the full rank. What the budget does
 * not name is free.
 *
 * @throws LabError for a budget that names nothing, for one that rank 1 exceeds, and for a cost that is no count.
 *
 * @example
 * ```ts
 * const cost = denseRankCost({ inputs: 784, outputs: 128, useBias: true });
 * rankByBudget(cost, { parameters: 50_000 }); // 54
 * rankByBudget(cost, { macs: 912 }); // 1
 * rankByBudget(cost, { macs: 911 }); // throws "rank 1 needs 1040 parameters and 912 MACs"
 * ```
 */
export function rankByBudget(cost: RankCost, budget: Partial<Cost>): number {
  checkRankCost(cost);
  const { parameters, macs } = checkBudget(budget);
  const rank = Math.min(
    Math.floor((parameters - cost.biasParameters) / cost.perRank.parameters),
    Math.floor(macs / cost.perRank.macs),
    cost.fullRank,
  );
  if (rank < 1) throw budgetTooSmall(costAtRank(cost, 1));
  return rank;
}

/** The budget with infinity for what it does not name. */
export function checkBudget({ parameters, macs }: Partial<Cost> = {}): Cost {
  if (parameters === undefined && macs === undefined) {
    throw new LabError("BAD_BUDGET", "the budget names nothing", "Give parameters, macs or both.");
  }
  for (const [name, value] of Object.entries({ parameters, macs })) {
    if (value !== undefined) checkInteger(value, `the budget's ${name}`, 1);
  }
  return { parameters: parameters ?? Number.POSITIVE_INFINITY, macs: macs ?? Number.POSITIVE_INFINITY };
}

export function budgetTooSmall({ parameters, macs }: Cost): LabError {
  return new LabError(
    "BUDGET_TOO_SMALL",
    `rank 1 needs ${parameters} parameters and ${macs} MACs`,
    "Give that much, or leave the layer as it is.",
  );
}

function rankCost(parts: {
  weights: number;
  macs: number;
  perRank: Cost;
  biasParameters: number;
  fullRank: number;
}): RankCost {
  const { weights, macs, ...rest } = parts;
  return { original: { parameters: weights + rest.biasParameters, macs }, ...rest };
}

/** A cost is plain data, that anybody can have written. */
function checkRankCost({ original, perRank, biasParameters, fullRank }: RankCost): void {
  checkCounts({
    "original.parameters": original?.parameters,
    "original.macs": original?.macs,
    "perRank.parameters": perRank?.parameters,
    "perRank.macs": perRank?.macs,
    fullRank,
  });
  checkInteger(biasParameters, "biasParameters", 0);
}

function checkConv({ kernel, inputs, outputs, inputSize, outputSize }: ConvSize) {
  const [kernelHeight, kernelWidth] = kernel;
  const [inputHeight, inputWidth] = inputSize;
  const [outputHeight, outputWidth] = outputSize;
  checkCounts({ kernelHeight, kernelWidth, inputs, outputs });
  checkCounts({ inputHeight, inputWidth, outputHeight, outputWidth });
  return { places: outputHeight * outputWidth, area: kernelHeight * kernelWidth };
}

function checkCounts(counts: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(counts)) checkInteger(value, name, 1);
}
