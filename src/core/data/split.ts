import { checkInteger, wrongKind } from "../arguments.js";
import { LabError } from "../errors.js";
import { checkRng, type Rng } from "../random.js";
import { checkDataset, type Dataset, pick } from "./dataset.js";

/** How large the parts are: in examples, or as fractions of all. What is left over belongs to no part. */
export type SplitOptions<Sizes extends readonly number[] = readonly number[]> = (
  | { counts: Sizes }
  | { fractions: Sizes }
) & { rng: Rng };

/**
 * Cuts a data set into disjoint parts, drawn at random. Each class has the same share of each part as of the
 * whole, to one example (stratified). The order within a part is random.
 *
 * @returns As many parts as there are sizes.
 * @throws LabError for a part without examples, parts that are larger than the whole, and what is no generator.
 *
 * @example
 * ```ts
 * import { seeded } from "edgelab/core";
 * import { glyphs } from "edgelab/core/data";
 * const rng = seeded("week 1");
 * const [train, test] = split(glyphs({ count: 100, rng }), { fractions: [0.8, 0.2], rng });
 * train.labels.length; // 80
 * test.labels.filter((digit) => digit === 3).length; // 2
 * ```
 */
export function split<const Sizes extends readonly number[]>(
  data: Dataset,
  options: SplitOptions<Sizes>,
): { -readonly [Part in keyof Sizes]: Dataset } {
  checkDataset(data);
  const counts = countsFor(options, data.labels.length);
  checkRng(options.rng);
  return parts(data, counts, options.rng) as { -readonly [Part in keyof Sizes]: Dataset };
}

function parts(data: Dataset, counts: readonly number[], rng: Rng): Dataset[] {
  const left = placesByClass(data, rng);
  return counts.map((count) => {
    const taken = apportion(
      left.map(({ length }) => length),
      count,
    );
    return pick(
      data,
      shuffled(
        taken.flatMap((k, i) => left[i]!.splice(0, k)),
        rng,
      ),
    );
  });
}

/**
 * Some examples to calibrate a quantized model with: as many of each class as of the others, as far as the
 * data have them. In random order.
 *
 * @throws LabError for a count of less than 1, or of more than there are examples, and what is no generator.
 *
 * @example
 * ```ts
 * import { seeded } from "edgelab/core";
 * import { glyphs } from "edgelab/core/data";
 * const rng = seeded("week 1");
 * calibrationSet(glyphs({ count: 100, rng }), 20, rng).inputs.shape; // [20, 28, 28, 1]
 * ```
 */
export function calibrationSet(data: Dataset, count: number, rng: Rng): Dataset {
  checkDataset(data);
  checkCounts([count], data.labels.length);
  checkRng(rng);
  const byClass = placesByClass(data, rng);
  // The first of each class, then the second of each, …: the order in which classes come is drawn too.
  const rounds = shuffled([...byClass.keys()], rng).flatMap((label) =>
    byClass[label]!.map((place, round) => ({ place, round })),
  );
  rounds.sort((a, b) => a.round - b.round);
  return pick(
    data,
    shuffled(
      rounds.slice(0, count).map(({ place }) => place),
      rng,
    ),
  );
}

function countsFor(options: SplitOptions, total: number): readonly number[] {
  const { counts, fractions } = { counts: undefined, fractions: undefined, ...options };
  const sizes: unknown = counts ?? fractions;
  if (!Array.isArray(sizes)) {
    throw wrongKind("the list of sizes", sizes, "Give counts: [800, 200] or fractions: [0.8, 0.2].");
  }
  const wanted = counts ?? countsOf(sizes, total);
  checkCounts(wanted, total);
  return wanted;
}

/** Fractions end where their sums say: of 10 examples thirds take 3, 4 and 3. */
function countsOf(fractions: readonly number[], total: number): number[] {
  let sum = 0;
  let before = 0;
  return fractions.map((fraction) => {
    if (!(fraction > 0 && fraction <= 1)) {
      throw new LabError("BAD_FRACTION", `a part can't be ${fraction} of the whole`, "Use 0.8 for 80 %.");
    }
    sum += fraction;
    const end = Math.round(sum * total);
    const count = end - before;
    before = end;
    return count;
  });
}

function checkCounts(counts: readonly number[], total: number): void {
  for (const count of counts) checkInteger(count, "the number of examples in a part", 1);
  const wanted = counts.reduce((a, b) => a + b, 0);
  if (wanted > total) {
    throw new LabError(
      "TOO_MANY_EXAMPLES",
      `${wanted} examples are asked for, the data set has ${total}`,
      "Ask for less.",
    );
  }
}

/** For each class the places of its examples, in random order. */
function placesByClass({ labels, classes }: Dataset, rng: Rng): number[][] {
  const places = Array.from({ length: classes }, (): number[] => []);
  for (const place of rng.permutation(labels.length)) places[labels[place]!]!.push(place);
  return places;
}

/**
 * Shares `count` among groups in proportion to their sizes: whole parts first, then one more for each of the
 * largest remainders (Hamilton's method), lower groups first where they are equal.
 */
function apportion(sizes: readonly number[], count: number): number[] {
  const total = sizes.reduce((a, b) => a + b, 0);
  const shares = sizes.map((size) => Math.floor((size * count) / total));
  const missing = count - shares.reduce((a, b) => a + b, 0);
  const remainders = sizes.map((size, i) => ({ i, remainder: (size * count) % total }));
  remainders.sort((a, b) => b.remainder - a.remainder);
  for (const { i } of remainders.slice(0, missing)) shares[i]! += 1;
  return shares;
}

function shuffled(places: readonly number[], rng: Rng): number[] {
  return Array.from(rng.permutation(places.length), (place) => places[place]!);
}
