// %% [markdown]
// # Lab 2 · Pruning
//
// Most weights of a trained network can be removed, and it still works. Whether it gets smaller or faster by that
// is another question: a zero takes four bytes and a multiplication like any other number. This lab removes weights,
// channels and dimensions from a real network, and measures what is gained and what is lost each time.
//
// | question | you write | points | time |
// |---|---|--:|--:|
// | 1 · Small weights, small harm | masks by magnitude, and the harm to expect | 12 | 15 min |
// | 2 · One threshold or many | masks for many layers, local and global | 10 | 12 min |
// | 3 · Channels that are really gone | norms, and two layers without some channels | 14 | 20 min |
// | 4 · How much from each layer | a plan from a sensitivity scan | 12 | 18 min |
// | 5 · Little by little | a schedule, and training with masks | 10 | 15 min |
// | 6 · A ticket that won | the rounds of the lottery ticket experiment | 8 | 12 min |
// | 7 · What zeros cost | bitmaps and CSR, byte by byte | 10 | 20 min |
// | 8 · Two of four | 2:4 masks, packed | 8 | 15 min |
// | 9 · Fewer dimensions | a dense layer as a product of two | 8 | 15 min |
// | 10 · A plan for a phone | a page of text | 8 | 20 min |
//
// That is 100 points and about two and three quarter hours. After each answer, run the cell with `check`: it tries your
// functions and says what it saw. The questions do not need each other's answers, so you can leave one and come back.
//
// The cells below **Look at it** are yours to change; they are not graded. Such a cell needs your answer, and whatever
// stands between your answer and itself: *Run All* stops at the first one whose question you have not answered. In
// questions 1 to 3 it also needs the network that is loaded below, in questions 5 and 6 the small network that stands
// before question 5.
// %% [markdown]
// Run this cell first. It says what a layer is, and has the rounding that questions 1 to 6 ask for.
// %%
import { seeded } from "edgelab/core";
import { check, plot, progress, table } from "edgelab/notebook";

/** A layer's weights as they lie in memory: the last axis runs fastest. */
interface Weights {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** A layer: one bias for each output channel. */
interface LayerWithBias {
  readonly weights: Weights;
  readonly bias: Float32Array;
}

/** The nearest integer. A tie, such as 2.5, goes to the even neighbour, as in PyTorch. */
function roundHalfToEven(x: number): number {
  const below = Math.floor(x);
  const fraction = x - below;
  if (fraction < 0.5) return below;
  if (fraction > 0.5) return below + 1;
  return below % 2 === 0 ? below : below + 1;
}

// %% [markdown]
// **The network.** The plots of questions 1 to 3 run the *teaching CNN*, a small convolutional network that was trained
// on drawn digits: the hard ones, slanted, noisy and partly covered. This cell loads it, and 1,000 digits that it has
// never seen. Run it once before you look at one of these plots. Later questions load the same network by themselves and
// draw other digits, of which it gets 93 to 95 % right.
// %% explore
import * as datasets from "edgelab/core/data";
import * as models from "edgelab/core/model";
import * as pruning from "edgelab/core/pruning";
import * as training from "edgelab/core/training";
import * as zoo from "edgelab/core/zoo";

await training.chooseBackend({ backend: "wasm" });
const pretrained = await zoo.loadTrained("teaching-cnn-hard");
const cnn: models.LayerGraph = models.toLayerGraph(pretrained.model);
const testDigits = datasets.glyphs({ count: 1000, level: "hard", rng: seeded(pretrained.about.test.seed) });
/** The network's weights, layer by layer. */
const kernels = cnn.nodes.flatMap(({ name, weights: [kernel] }) => (kernel ? [{ name, ...kernel }] : []));

/** How many of the test digits a network gets right, in percent. */
async function testAccuracy(network: models.LayerGraph): Promise<number> {
  const built = models.fromLayerGraph(network);
  const { accuracy } = await training.evaluate(built, testDigits);
  built.dispose();
  return 100 * accuracy;
}

/** The network with 0 where a layer's mask has 0. */
function maskedNetwork(network: models.LayerGraph, masks: readonly Uint8Array[]): models.LayerGraph {
  const byName = kernels.map(({ name, shape }, layer) => {
    const mask = { shape, data: masks[layer] ?? new Uint8Array() };
    return [name, mask] as const;
  });
  return pruning.applyMasks(network, new Map(byName));
}

table(
  kernels.map(({ name, shape, data }) => ({
    layer: name,
    shape: shape.join(" × "),
    weights: data.length,
  })),
  { caption: `Four layers, which get ${(await testAccuracy(cnn)).toFixed(1)} % of the digits right` },
);
// %% [markdown]
// ## 1 · Small weights, small harm
//
// *12 points, about 15 minutes*
//
// The layer `dense1` above holds 100,352 of the network's 105,744 weights. Suppose that half of them must go.
// Which half?
//
// A neuron adds up products of weights and inputs, $y = \sum_i w_i x_i$. Set some weights to 0, those with $i$ in
// a set $R$: the sum loses their products.
//
// $$\Delta y = -\sum_{i \in R} w_i x_i \qquad\qquad \mathrm{E}[\Delta y^2] = \sum_{i \in R} w_i^2\,\mathrm{E}[x_i^2]$$
//
// The right-hand side holds for independent inputs that are 0 on average: the products of two different inputs
// cancel over time. If all inputs are equally strong too, then the harm is the sum of the removed $w^2$, and it is
// least when the smallest $|w|$ go. That is *magnitude pruning*. It looks at no data at all.
//
// A **mask** says what goes: 0 where a weight is removed, 1 where it stays.
//
// **By hand first.** Six weights and sparsity 0.4: $0.4 \cdot 6 = 2.4$, so 2 of them go.
//
// | $i$ | 0 | 1 | 2 | 3 | 4 | 5 |
// |---|---|---|---|---|---|---|
// | $w$ | 0.9 | −0.2 | 0.5 | 0.2 | −0.05 | −0.6 |
// | goes as number | 6 | 2 | 4 | 3 | 1 | 5 |
// | mask | 1 | **0** | 1 | 1 | **0** | 1 |
// | $x$ | 1 | 2 | −1 | 1 | 4 | 0.5 |
// | $w x$ | 0.9 | −0.4 | −0.5 | 0.2 | −0.2 | −0.3 |
//
// For this $x$, $y = -0.3$. The mask takes away −0.4 and −0.2, so that $y$ becomes 0.3. Over many inputs with
// $\mathrm{E}[x_i^2] = 1$ the squared change is $0.2^2 + 0.05^2 = 0.0425$ on average. Had the two largest gone, it
// would be $0.9^2 + 0.6^2 = 1.17$, which is 27.5 times as much.
//
// **How many?** `sparsity · n`, rounded; a tie goes to the even number, as PyTorch does it: half of 5 is 2, half
// of 7 is 4. **Which of two equals?** −0.2 and 0.2 have the same magnitude. Here the one that stands first goes
// first. (PyTorch does not say which one it takes.)
//
// **Before you code, decide:** input 4 is loud, $\mathrm{E}[x_4^2] = 100$, and the others have 1. Should −0.05 still
// go first? Compare the terms of the sum.
//
// **Your turn.**
//
// - `magnitudeMask(weights, sparsity)` gives a `Uint8Array` of 0 and 1, with exactly `roundHalfToEven(sparsity * n)`
//   zeros. The sparsity lies between 0 and 1, both included. Of equal magnitudes the first goes first.
// - `applyMask(weights, mask)` gives new weights: 0 where the mask has 0, untouched elsewhere. The weights that
//   it was given stay as they are.
// - `sparsityOf(weights)` gives the share of weights that are 0 (−0 is 0 too), from 0 to 1. Of no weights at all
//   it is 0.
// - `removalError(weights, mask, power)` gives $\mathrm{E}[\Delta y^2]$; `power[i]` is $\mathrm{E}[x_i^2]$.
// %% question q1 points=12 title="Small weights, small harm"
/** 0 for the smallest magnitudes, 1 for the others. */
function magnitudeMask(weights: Float32Array, sparsity: number): Uint8Array {
  // BEGIN SOLUTION
  const order = Array.from(weights.keys());
  // The sort is stable: of equal magnitudes the first stays the first.
  order.sort((a, b) => Math.abs(weights[a] ?? 0) - Math.abs(weights[b] ?? 0));
  const mask = new Uint8Array(weights.length).fill(1);
  for (const i of order.slice(0, roundHalfToEven(sparsity * weights.length))) mask[i] = 0;
  return mask;
  // END SOLUTION
}

/** The weights with 0 where the mask has 0. */
function applyMask(weights: Float32Array, mask: Uint8Array): Float32Array {
  // BEGIN SOLUTION
  return weights.map((weight, i) => (mask[i] === 0 ? 0 : weight));
  // END SOLUTION
}

/** Which share of the weights is 0. */
function sparsityOf(weights: Float32Array): number {
  // BEGIN SOLUTION
  if (weights.length === 0) return 0;
  return weights.filter((weight) => weight === 0).length / weights.length;
  // END SOLUTION
}

/** The expected squared change of the output, where power holds E[x²] of each input. */
function removalError(weights: Float32Array, mask: Uint8Array, power: Float32Array): number {
  // BEGIN SOLUTION
  let error = 0;
  for (const [i, weight] of weights.entries()) {
    if (mask[i] === 0) error += weight ** 2 * (power[i] ?? 0);
  }
  return error;
  // END SOLUTION
}
// %% check q1
await check("q1");
// %% [markdown]
// **Look at it.** First the weights themselves. Each curve is the histogram of one layer, with a weight measured in
// standard deviations of its layer, so that the four fit into one plot. Before you run it: how large a part of
// $\sum w^2$ does the smaller half of the weights hold?
// %% explore
const binWidth = 0.25;
const binNumbers = Array.from({ length: 33 }, (_, bin) => bin - 16);

/** Which percentage of a layer's weights falls into each bin. */
function histogram(weights: Float32Array): number[] {
  const deviation = Math.sqrt(weights.reduce((sum, weight) => sum + weight ** 2, 0) / weights.length);
  const bins = weights.map((weight) => Math.round(weight / deviation / binWidth));
  return binNumbers.map((n) => (100 * bins.filter((bin) => bin === n).length) / weights.length);
}

/** The harm that is expected of a mask, as a percentage of what removing everything would do. */
function harm(weights: Float32Array, mask: Uint8Array): number {
  const power = new Float32Array(weights.length).fill(1);
  const everything = new Uint8Array(weights.length);
  return (100 * removalError(weights, mask, power)) / removalError(weights, everything, power);
}

plot({
  title: "Weights lie on both sides of zero, few of them far away",
  x: { title: "weight (standard deviations of its layer)" },
  y: { title: "weights in a bin of 0.25 (%)" },
  series: kernels.map(({ name, data }) => ({
    label: name,
    kind: "measured",
    x: binNumbers.map((n) => n * binWidth),
    y: histogram(data),
  })),
  alt: "Four broad humps around zero. dense1 has about 8 % of its weights in each bin up to one standard deviation; 594 of its 100,352 weights lie beyond three.",
});
table(
  kernels.map(({ name, data }) => {
    const mask = magnitudeMask(data, 0.5);
    return { layer: name, zeros: 100 * sparsityOf(applyMask(data, mask)), harm: harm(data, mask) };
  }),
  {
    columns: [
      "layer",
      { key: "zeros", title: "removed", unit: "%" },
      { key: "harm", title: "their part of Σ w²", unit: "%" },
    ],
    caption: "The smaller half of the weights holds about a tenth of the squares",
  },
);
// %% [markdown]
// > The slide says that many weights are near zero. In these layers 3 to 7 % lie within a tenth of a standard
// > deviation; of a bell curve 8 % do. There is no crowd at zero. What helps is the square: a weight half as large
// > does a quarter of the harm, and half of the weights together do a tenth.
//
// Now the network. A share of `dense1` goes: the smallest weights, weights drawn by lot, or the largest. Nothing is
// trained afterwards. Before you run it, say which curve falls first, and where.
// %% explore
const shares = [0, 0.1, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98];
const lots = seeded("by lot");
/** Whatever scores lowest is removed. */
const orders = [
  { label: "smallest first", score: (weights: Float32Array) => weights },
  { label: "by lot", score: (weights: Float32Array) => weights.map(() => lots.uniform(0, 1)) },
  { label: "largest first", score: (weights: Float32Array) => weights.map((weight) => 1 / Math.abs(weight)) },
];
const whole = kernels.map(({ data }) => new Uint8Array(data.length).fill(1));
const dense1 = kernels.findIndex(({ name }) => name === "dense1");
const byOrder: { label: string; accuracies: number[] }[] = [];
for (const { label, score } of orders) {
  const accuracies: number[] = [];
  for (const share of shares) {
    const masks = whole.map((mask, layer) =>
      layer === dense1 ? magnitudeMask(score(kernels[layer]?.data ?? new Float32Array()), share) : mask,
    );
    accuracies.push(await testAccuracy(maskedNetwork(cnn, masks)));
  }
  byOrder.push({ label, accuracies });
}
plot({
  title: "Nine of ten weights can go for two points of accuracy, if they are the small ones",
  x: { title: "removed weights of dense1 (%)" },
  y: { title: "accuracy on 1,000 unseen digits (%)" },
  series: byOrder.map(({ label, accuracies }) => ({
    label,
    kind: "measured",
    x: shares.map((share) => 100 * share),
    y: accuracies,
  })),
  alt: "With the smallest weights removed the accuracy is 95.3 % at one half and 93.4 % at nine tenths; by lot 87.8 % and 43.6 %; with the largest removed 73.2 % at one tenth and 24.8 % at one half.",
});
// %% [markdown]
// **Think.** The formula wants inputs that are 0 on average. What comes out of a ReLU is never below 0, so the
// products of two inputs do not cancel. Weights of both signs were removed, about as many of each: does that make
// the true change larger or smaller than if all removed weights had been positive?
// %% [markdown]
// ## 2 · One threshold or many
//
// *10 points, about 12 minutes*
//
// "Remove 90 % of the weights" does not say where. There are two answers.
//
// - **Local**: every layer loses its own smallest 90 %. Each layer has its own threshold.
// - **Global**: the weights of all layers stand in one list, and the smallest 90 % of the list go. There is one
//   threshold for all, and each layer loses what happens to lie below it.
//
// With $n_l$ weights in layer $l$ and sparsity $s$, the numbers of removed weights are
//
// $$k_l = \mathrm{round}(s\,n_l) \ \text{ in layer } l \quad \text{(local)} \qquad\qquad k = \mathrm{round}\Big(s \sum_l n_l\Big) \ \text{ in all} \quad \text{(global)}$$
//
// **By hand first.** Two layers and sparsity 0.5.
//
// | | layer 0 | layer 1 | sparsities |
// |---|---|---|---|
// | $w$ | 0.8, −0.6, 0.5, 0.3, −0.2 | 0.04, −0.2, 0.01 | 0 and 0 |
// | local: 2.5 → 2 and 1.5 → 2 go | 0.8, −0.6, 0.5, **0**, **0** | **0**, −0.2, **0** | 2/5 and 2/3 |
// | global: 0.5 · 8 = 4 go | 0.8, −0.6, 0.5, 0.3, **0** | **0**, **0**, **0** | 1/5 and 3/3 |
//
// The global list begins 0.01, 0.04, 0.2, 0.2, 0.3. Its first four go, and nothing is left of layer 1. Whatever
// comes in, only its biases come out: the network gives the same answer to every image.
//
// The two 0.2 are equal. Among equals the one in the earlier layer goes first, and within a layer the one that
// stands first. With three to go, layer 1 would keep its −0.2.
//
// **Before you code, decide:** multiply the weights and biases of a layer by 10, and divide the weights of the
// layer behind it by 10. With a ReLU in between, the network computes what it did before, since
// $\mathrm{relu}(10\,z) = 10\,\mathrm{relu}(z)$. Which of the two ways to prune now removes other weights?
//
// **Your turn.** `layers` is a list of layers, each the weights of one, at least one weight each. Sparsities lie
// between 0 and 1, both included. Masks have 0 where a weight goes and 1 where it stays.
//
// - `localMasks(layers, sparsity)` gives one mask for each layer, with exactly `roundHalfToEven(sparsity * n)`
//   zeros in a layer of `n` weights. Of equal magnitudes the first goes first.
// - `globalMasks(layers, sparsity)` gives one mask for each layer, with exactly `roundHalfToEven(sparsity * n)`
//   zeros together, where `n` counts the weights of all layers. Equals go by layer, then by place.
// - `layerSparsities(masks)` gives the share of zeros in each mask.
// %% question q2 points=10 title="One threshold or many"
/** One mask a layer; each layer loses the same share. */
function localMasks(layers: Float32Array[], sparsity: number): Uint8Array[] {
  // BEGIN SOLUTION
  return layers.flatMap((layer) => globalMasks([layer], sparsity));
  // END SOLUTION
}

/** One mask a layer; the smallest weights go, wherever they are. */
function globalMasks(layers: Float32Array[], sparsity: number): Uint8Array[] {
  // BEGIN SOLUTION
  const masks = layers.map((layer) => new Uint8Array(layer.length).fill(1));
  const list = layers.flatMap((layer, l) =>
    Array.from(layer, (weight, i) => ({ magnitude: Math.abs(weight), mask: masks[l], i })),
  );
  // The sort is stable: equals stay in the order of layers and places.
  list.sort((a, b) => a.magnitude - b.magnitude);
  for (const { mask, i } of list.slice(0, roundHalfToEven(sparsity * list.length))) mask?.fill(0, i, i + 1);
  return masks;
  // END SOLUTION
}

/** Which share of each layer's weights goes. */
function layerSparsities(masks: Uint8Array[]): number[] {
  // BEGIN SOLUTION
  return masks.map((mask) => mask.filter((bit) => bit === 0).length / mask.length);
  // END SOLUTION
}
// %% check q2
await check("q2");
// %% [markdown]
// **Look at it.** Nine of ten weights go, in both ways. The table has what is left of each layer.
// %% explore
const weightsByLayer = kernels.map(({ data }) => data);
const localAt90 = layerSparsities(localMasks(weightsByLayer, 0.9));
const globalAt90 = layerSparsities(globalMasks(weightsByLayer, 0.9));
table(
  kernels.map(({ name, data }, l) => ({
    layer: name,
    weights: data.length,
    local: 100 * (1 - (localAt90[l] ?? 0)),
    global: 100 * (1 - (globalAt90[l] ?? 0)),
  })),
  {
    columns: [
      "layer",
      "weights",
      { key: "local", title: "left, local", unit: "%" },
      { key: "global", title: "left, global", unit: "%" },
    ],
    caption: "One threshold spares the small layers and takes from the large one",
  },
);
// %% [markdown]
// And the accuracy, without any training afterwards. The third curve is the trap of "Before you code, decide": the
// weights and biases of `conv1` are divided by 16, those of `conv2` behind it multiplied by 16 (not its biases).
// Unpruned, it is the same network, digit by digit.
// %% explore
const sparsities = [0, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98];
const rescaledCnn: models.LayerGraph = {
  ...cnn,
  nodes: cnn.nodes.map((node) => {
    const times = (factor: number, { shape, data }: Weights) => ({
      shape,
      data: data.map((w) => factor * w),
    });
    const [kernel, bias] = node.weights;
    if (!kernel || !bias) return node;
    if (node.name === "conv1") return { ...node, weights: [times(1 / 16, kernel), times(1 / 16, bias)] };
    return node.name === "conv2" ? { ...node, weights: [times(16, kernel), bias] } : node;
  }),
};

/** The accuracy at each of the sparsities. */
async function accuraciesOf(
  network: models.LayerGraph,
  masksOf: (layers: Float32Array[], sparsity: number) => Uint8Array[],
): Promise<number[]> {
  const layers = network.nodes.flatMap(({ weights: [kernel] }) => (kernel ? [kernel.data] : []));
  const accuracies: number[] = [];
  for (const s of sparsities) accuracies.push(await testAccuracy(maskedNetwork(network, masksOf(layers, s))));
  return accuracies;
}

const curves = [
  { label: "global", y: await accuraciesOf(cnn, globalMasks) },
  { label: "local", y: await accuraciesOf(cnn, localMasks) },
  { label: "global, conv1 ÷ 16", y: await accuraciesOf(rescaledCnn, globalMasks) },
];
plot({
  title: "One threshold does better, but it deletes a layer of small numbers",
  x: { title: "removed weights of the network (%)" },
  y: { title: "accuracy on 1,000 unseen digits (%)" },
  series: curves.map(({ label, y }) => ({ label, kind: "measured", x: sparsities.map((s) => 100 * s), y })),
  alt: "With one half of the weights removed: global 95.1 %, local 80.9 %. With nine tenths: global 91.3 %, local 17.6 %. After conv1 was divided by 16, global falls to 31.0 % at eight tenths, and to the 10 % of guessing at nine tenths, where conv1 has no weight left.",
});
// %% [markdown]
// **Think.** A framework prunes with one threshold, and your network has a layer whose weights are all small,
// because a batch normalization behind it scales its outputs up again. What will happen to that layer, and which
// one number of the report would have warned you?
// %% [markdown]
// ## 3 · Channels that are really gone
//
// *14 points, about 20 minutes*
//
// A mask makes no network faster. Its zeros are stored and multiplied like any other weight. But where a whole output
// channel goes, a smaller layer of the same kind is left, and every processor gains.
//
// > The slide calls `prune.ln_structured(conv1, "weight", amount=0.4, n=2, dim=0)` and says that it "actually
// > reduces computation". It does not. PyTorch finds the weak filters and sets them to 0 with a mask; the weights
// > keep their shape, `[16, 1, 3, 3]`, and the convolution computes all 16 channels. It even stores more, the old
// > weights and the mask: for this layer the file grows from 2,469 to 3,297 bytes. And the bias is left alone, so
// > that a "removed" channel still puts out its bias at every place.
//
// **Which channels?** Those with the smallest norm. The weights $w_c$ that make output channel $c$ have
//
// $$\lVert w_c \rVert_2 = \sqrt{\textstyle\sum w_c^2}$$
//
// **What goes with them?** Three things: the channel's weights, its bias, and in the *next* layer the weights that
// read it. A layer of $C_\text{in}$ input channels, $C_\text{out}$ output channels, kernels of $h \times w$ and outputs
// of $H \times W$ places takes
//
// $$\text{MACs} = C_\text{out}\, C_\text{in}\, h\, w\, H\, W$$
//
// multiplications with an addition. In the middle of a network both $C$ shrink: with 30 % fewer channels everywhere,
// $0.7 \cdot 0.7 = 0.49$ of the MACs are left.
//
// **By hand first.** A convolution of three output channels, weights of shape `[3, 1, 1, 2]`, one of three channels
// to go.
//
// | channel | weights | bias | norm | |
// |---|---|---|---|---|
// | 0 | 3, −4 | 0.5 | 5 | stays |
// | 1 | 0.6, 0.8 | 0.25 | 1 | **goes** |
// | 2 | −5, 12 | −1 | 13 | stays |
//
// What is left has the shape `[2, 1, 1, 2]`, the weights 3, −4, −5, 12 and the biases 0.5, −1. Behind it there may be
//
// - a convolution `[2, 3, 1, 1]` with the weights 1, 2, 3 | 4, 5, 6. The second weight of each output reads channel 1.
//   It becomes `[2, 2, 1, 1]` with 1, 3 | 4, 6.
// - or, after flattening, a dense layer `[units, inputs]`. If each channel is an image of 2 places, two
//   neighbouring inputs belong to it. `[2, 6]` with 1, 2, 3, 4, 5, 6 | 7, 8, 9, 10, 11, 12 becomes `[2, 4]` with
//   1, 2, 5, 6 | 7, 8, 11, 12.
//
// The biases of the next layer belong to *its* outputs: they stay.
//
// **Before you code, decide:** channel 1 has the weights 0 and 0, but a bias of 0.25. Does the network compute the
// same after the channel has been removed? What would have to be done with the 0.25?
//
// **Your turn.** Weights lie as in PyTorch: a convolution's have the shape `[out, in, h, w]`, a dense layer's
// `[out, in]`, and the last axis runs fastest.
//
// - `channelNorms(weights)` gives the L2 norm of each output channel, for both kinds of shape.
// - `channelsToKeep(norms, sparsity)` gives the numbers of the channels that stay, in ascending order. Of `n` channels,
//   `roundHalfToEven(sparsity * n)` go, but one stays in any case. The smallest norms go; of equal ones the first
//   goes first.
// - `removeChannels(first, second, keep)` gives both layers without the channels that are not in `keep` (ascending, at
//   least one). `first` is a convolution or a dense layer. `second` reads its output: a convolution
//   `[out, channels, h, w]`, or a dense layer `[out, channels · places]` after flattening, where the `places` inputs
//   of channel 0 come first, then those of channel 1, and so on. Shapes must fit the data.
// %% question q3 points=14 title="Channels that are really gone"
/** The L2 norm of each output channel. */
function channelNorms(weights: Weights): number[] {
  // BEGIN SOLUTION
  const [channels = 1] = weights.shape;
  const size = weights.data.length / channels;
  return Array.from({ length: channels }, (_, c) => {
    const channel = weights.data.subarray(c * size, (c + 1) * size);
    return Math.sqrt(channel.reduce((sum, weight) => sum + weight ** 2, 0));
  });
  // END SOLUTION
}

/** Which channels stay, in ascending order. */
function channelsToKeep(norms: number[], sparsity: number): number[] {
  // BEGIN SOLUTION
  const removed = Math.min(roundHalfToEven(sparsity * norms.length), norms.length - 1);
  const order = [...norms.keys()].sort((a, b) => (norms[a] ?? 0) - (norms[b] ?? 0));
  return order.slice(removed).sort((a, b) => a - b);
  // END SOLUTION
}

/** Both layers without the first one's other channels. */
function removeChannels(
  first: LayerWithBias,
  second: LayerWithBias,
  keep: number[],
): { first: LayerWithBias; second: LayerWithBias } {
  // BEGIN SOLUTION
  const [channels = 1, ...window] = first.weights.shape;
  const [outputs = 1, inputs = 1, ...nextWindow] = second.weights.shape;
  // In memory, blocks of equal size follow each other: one an output channel, or one an output and input channel.
  const take = (data: Float32Array, blocks: number, places: number[]) => {
    const size = data.length / blocks;
    return Float32Array.from(places.flatMap((at) => [...data.subarray(at * size, (at + 1) * size)]));
  };
  const readers = Array.from({ length: outputs }, (_, o) => keep.map((c) => o * channels + c)).flat();
  return {
    first: {
      weights: { shape: [keep.length, ...window], data: take(first.weights.data, channels, keep) },
      bias: take(first.bias, channels, keep),
    },
    second: {
      weights: {
        shape: [outputs, (inputs / channels) * keep.length, ...nextWindow],
        data: take(second.weights.data, outputs * channels, readers),
      },
      bias: second.bias,
    },
  };
  // END SOLUTION
}
// %% check q3
await check("q3");
// %% [markdown]
// **Look at it.** Half of the channels of `conv1` and `conv2` go. First a translation. Run it; you need not read it:
// TensorFlow.js keeps a kernel as `[h, w, in, out]`, and the dense layer behind the images of 7 × 7 is nothing but a
// convolution with a kernel of 7 × 7.
// %% explore
/** The layers that shrink, and how many places the kernel of each has: h · w. */
const chain = [
  { layer: "conv1", places: 9 },
  { layer: "conv2", places: 9 },
  { layer: "dense1", places: 49 },
];

/** A kernel [h, w, in, out] as [out, in, h, w], or the way back. */
function turned(kernel: Float32Array, outs: number, places: number, way: "there" | "back"): Float32Array {
  const ins = kernel.length / (outs * places);
  const result = new Float32Array(kernel.length);
  for (let i = 0; i < kernel.length; i++) {
    const [o, c, p] = [Math.floor(i / (ins * places)), Math.floor(i / places) % ins, i % places];
    const outLast = (p * ins + c) * outs + o;
    if (way === "there") result[i] = kernel[outLast] ?? 0;
    else result[outLast] = kernel[i] ?? 0;
  }
  return result;
}

/** The chain's layers as question 3 has them. */
function chainOf(network: models.LayerGraph): LayerWithBias[] {
  return chain.flatMap(({ layer, places }) => {
    const [kernel, bias] = network.nodes.find(({ name }) => name === layer)?.weights ?? [];
    if (!kernel || !bias) return [];
    const outs = bias.data.length;
    const shape = [outs, kernel.data.length / (outs * places), places, 1];
    return [{ weights: { shape, data: turned(kernel.data, outs, places, "there") }, bias: bias.data }];
  });
}

/** The network with these layers in the place of the chain's. */
function withChain(network: models.LayerGraph, layers: readonly LayerWithBias[]): models.LayerGraph {
  const nodes = network.nodes.map((node) => {
    const at = chain.findIndex(({ layer }) => layer === node.name);
    const [place, changed] = [chain[at], layers[at]];
    if (!place || !changed) return node;
    const outs = changed.bias.length;
    const data = turned(changed.weights.data, outs, place.places, "back");
    const ins = data.length / (outs * place.places);
    const isDense = node.kind === "Dense";
    const shape = isDense ? [place.places * ins, outs] : [3, 3, ins, outs];
    const config = { ...node.config, ...(isDense ? { units: outs } : { filters: outs }) };
    return {
      ...node,
      config,
      weights: [
        { shape, data },
        { shape: [outs], data: changed.bias },
      ],
    };
  });
  return { ...network, nodes };
}

/** Which channels of conv1 and conv2 stay. */
function keptChannels(network: models.LayerGraph, sparsity: number): number[][] {
  return chainOf(network)
    .slice(0, 2)
    .map(({ weights }) => channelsToKeep(channelNorms(weights), sparsity));
}

/** The network without the other channels. */
function thinnedNetwork(network: models.LayerGraph, sparsity: number): models.LayerGraph {
  const layers = chainOf(network);
  for (const [at, keep] of keptChannels(network, sparsity).entries()) {
    const [before, after] = layers.slice(at, at + 2);
    if (!before || !after) continue;
    const pair = removeChannels(before, after, keep);
    layers.splice(at, 2, pair.first, pair.second);
  }
  return withChain(network, layers);
}

/** The network with the other channels at 0: their weights, and their biases or not. */
function silencedNetwork(
  network: models.LayerGraph,
  sparsity: number,
  biasesToo: boolean,
): models.LayerGraph {
  const kept = keptChannels(network, sparsity);
  const layers = chainOf(network).map((layer, at) => {
    const stays = (channel: number) => kept[at]?.includes(channel) ?? true;
    const size = layer.weights.data.length / layer.bias.length;
    const data = layer.weights.data.map((weight, i) => (stays(Math.floor(i / size)) ? weight : 0));
    const bias = layer.bias.map((b, channel) => (stays(channel) || !biasesToo ? b : 0));
    return { weights: { ...layer.weights, data }, bias };
  });
  return withChain(network, layers);
}
// %% [markdown]
// Four networks: the trained one, the one of the slide, one with the biases of the removed channels at 0 too, and one
// whose channels are gone. Nothing is trained afterwards. The time is what the processor spends on the 1,000 digits; it
// is measured on your machine, five times in turn, and the median is shown. Before you run it: which columns will
// agree in which rows?
// %% explore
const versions = [
  { version: "as trained", network: cnn },
  { version: "masked, as on the slide", network: silencedNetwork(cnn, 0.5, false) },
  { version: "masked, biases too", network: silencedNetwork(cnn, 0.5, true) },
  { version: "removed", network: thinnedNetwork(cnn, 0.5) },
];
const runnable = versions.map(({ network }) => ({
  model: models.fromLayerGraph(network),
  cpuMs: [] as number[],
}));
// In turn, so that whatever else the machine does hits all of them alike.
for (let round = 0; round < 5; round++) {
  for (const { model, cpuMs } of runnable) {
    const start = process.cpuUsage();
    await training.predict(model, testDigits.inputs);
    const { user, system } = process.cpuUsage(start);
    cpuMs.push((user + system) / 1000);
  }
}
const measured: {
  version: string;
  parameters: number;
  macs: number;
  kilobytes: number;
  accuracy: number;
  cpuMs: number;
}[] = [];
for (const [i, { version, network }] of versions.entries()) {
  const { parameters, macs } = models.countModel(network);
  measured.push({
    version,
    parameters,
    macs,
    kilobytes: (4 * parameters) / 1000,
    accuracy: await testAccuracy(network),
    cpuMs: [...(runnable[i]?.cpuMs ?? [])].sort((a, b) => a - b)[2] ?? 0,
  });
  runnable[i]?.model.dispose();
}
table(measured, {
  columns: [
    "version",
    "parameters",
    { key: "macs", title: "MACs" },
    { key: "kilobytes", title: "in float32", unit: "kB" },
    { key: "accuracy", unit: "%" },
    { key: "cpuMs", title: "processor time, measured", unit: "ms" },
  ],
  mark: 3,
  caption: "A mask saves nothing. Removed channels do, and the accuracy is that of the silenced ones",
});
// %% [markdown]
// Whole channels cost more accuracy than single weights do. Here they are side by side, with as many weights left. Of
// the single weights the smallest of all layers go. None of the networks was trained afterwards.
// %% explore
const thinning = [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6];
const sizes: { removed: number; macs: number; thin: number; single: number }[] = [];
const magnitudes = Float32Array.from(kernels.flatMap(({ data }) => [...data.map(Math.abs)])).sort();
for (const sparsity of thinning) {
  const network = thinnedNetwork(cnn, sparsity);
  const { macs, layers } = models.countModel(network);
  const biases = network.nodes.reduce((sum, { weights: [, bias] }) => sum + (bias?.data.length ?? 0), 0);
  const weightsLeft = layers.reduce((sum, { parameters }) => sum + parameters, 0) - biases;
  const threshold = magnitudes[magnitudes.length - weightsLeft] ?? 0;
  const masks = kernels.map(({ data }) => Uint8Array.from(data, (w) => (Math.abs(w) >= threshold ? 1 : 0)));
  sizes.push({
    removed: 100 - (100 * weightsLeft) / magnitudes.length,
    macs: (100 * macs) / models.countModel(cnn).macs,
    thin: await testAccuracy(network),
    single: await testAccuracy(maskedNetwork(cnn, masks)),
  });
}
plot({
  title: "Whole channels cost more accuracy than single weights",
  x: { title: "weights removed (%)" },
  y: { title: "accuracy on 1,000 unseen digits (%)" },
  series: [
    {
      label: "single weights",
      kind: "measured",
      x: sizes.map(({ removed }) => removed),
      y: sizes.map(({ single }) => single),
    },
    {
      label: "whole channels",
      kind: "measured",
      x: sizes.map(({ removed }) => removed),
      y: sizes.map(({ thin }) => thin),
    },
  ],
  alt: "With 32 % of the weights removed, the accuracy is 88.4 % if whole channels are gone, and 95.4 % if single weights are; with 51 % removed 83.4 % and 94.9 %.",
});
table(
  thinning.map((sparsity, i) => ({
    gone: 100 * sparsity,
    left: 100 - (sizes[i]?.removed ?? 0),
    macs: sizes[i]?.macs,
  })),
  {
    columns: [
      { key: "gone", title: "channels to remove", unit: "%" },
      { key: "left", title: "weights left", unit: "%" },
      { key: "macs", title: "MACs left", unit: "%" },
    ],
    mark: 3,
    caption: "30 % fewer channels leave half of the MACs",
  },
);
// %% [markdown]
// **Think.** With 30 % fewer channels half of the MACs are left, but two thirds of the weights. Which layer holds most
// weights, and why did it shrink by one factor only? And the time fell less than the MACs: what does a processor do in a
// layer besides multiplying?
// %% [markdown]
// ## 4 · How much from each layer
//
// *12 points, about 18 minutes*
//
// One line of the lecture prunes 30 % of `conv1`. In the teaching CNN that layer has 144 weights: 43 of them go,
// of 105,744 in all, which is 0.04 %. The network does not get smaller, and may get worse. Another layer, `dense1`,
// has 100,352 weights: 95 % of the network. Layers differ in size, and in how much they can lose. So before
// you prune, *measure*: prune one layer alone, leave all the others whole, and write down the accuracy. Do this
// for each layer and for several sparsities. That is a **sensitivity scan** (Han et al., 2015).
//
// A plan gives each layer $l$ a sparsity $s_l$ out of its scan. Let $a_l(s)$ be the accuracy with layer $l$ alone
// pruned to $s$, and $n_l$ the number of its weights. What a plan removes can be counted (a tie goes to the even
// number, as in question 1). What it costs can only be predicted, as if losses added up:
//
// $$\mathrm{removed} = \sum_l \mathrm{round}(s_l\, n_l) \qquad\qquad
// \mathrm{predicted\ loss} = \sum_l \big(a_l(0) - a_l(s_l)\big)$$
//
// **By hand first.** A network has two layers, A with 200 weights and B with 1,000.
//
// | sparsity | 0 | 0.5 | 0.8 |
// |---|---|---|---|
// | accuracy, A pruned alone | 0.94 | 0.90 | 0.70 |
// | accuracy, B pruned alone | 0.94 | 0.93 | 0.91 |
//
// Remove at least 840 of the 1,200 weights. There are 3 · 3 = 9 plans. Only two of them remove enough:
//
// | plan (A, B) | removed | predicted loss |
// |---|---|---|
// | 0.8, 0.8 | 160 + 800 = 960 | 0.24 + 0.03 = 0.27 |
// | **0.5, 0.8** | 100 + 800 = **900** | 0.04 + 0.03 = **0.07** |
// | 0, 0.8 | 800: too few | 0.03 |
//
// The same sparsity for both layers costs nearly four times as much.
//
// **How far is safe?** Another way to read a scan sets a floor under the accuracy. Walk along the scan from
// sparsity 0 and stop before the first accuracy below the floor:
//
// | sparsity | 0 | 0.25 | 0.5 | 0.75 | 0.9 |
// |---|---|---|---|---|---|
// | accuracy | 0.940 | 0.942 | 0.930 | 0.880 | 0.910 |
//
// With a floor of 0.90 the answer is 0.5. At 0.9 the accuracy is above the floor again, but a layer that fails at
// 0.75 does not get better by losing more: with a few hundred test images, a point or two up or down is chance.
//
// **Before you code, decide:** each layer of a network is safe at 0.75 *alone*, with a floor one point below the
// accuracy of the whole network. You prune all four layers to 0.75. Do you lose one point?
//
// **Your turn.** A `Scan` has `sparsities`, which rise from 0, and an accuracy for each.
//
// - `largestSafeSparsity(scan, floor)` walks as above. An accuracy equal to the floor is safe. If even sparsity 0
//   is below the floor, answer 0.
// - `predictedLoss(scans, plan)` is the sum above. `plan[l]` is one of the sparsities of `scans[l]`. Layers
//   whose accuracy went up count with a negative loss.
// - `chooseSparsities(scans, sizes, toRemove)` gives the plan, one sparsity out of its scan for each layer, that
//   removes at least `toRemove` weights (a whole number) and has the least predicted loss of all such plans. Of
//   plans that are equally good, any will do. If no plan removes that much, give each layer its largest sparsity.
//   At most 5 layers with 8 sparsities each make 32,768 plans: your code may try them all.
// %% question q4 points=12 title="How much from each layer"
/** The accuracy of a network with one layer pruned alone, for sparsities that rise from 0. */
interface Scan {
  sparsities: number[];
  accuracies: number[];
}

/** The largest sparsity up to which no accuracy is below the floor. */
function largestSafeSparsity(scan: Scan, floor: number): number {
  // BEGIN SOLUTION
  const firstBelow = scan.accuracies.findIndex((accuracy) => accuracy < floor);
  if (firstBelow === 0) return 0;
  return scan.sparsities.at(firstBelow < 0 ? -1 : firstBelow - 1)!;
  // END SOLUTION
}

/** What a plan with one sparsity a layer costs, if losses add up. */
function predictedLoss(scans: Scan[], plan: number[]): number {
  // BEGIN SOLUTION
  let loss = 0;
  scans.forEach(({ sparsities, accuracies }, l) => {
    loss += accuracies[0]! - accuracies[sparsities.indexOf(plan[l]!)]!;
  });
  return loss;
  // END SOLUTION
}

/** One sparsity a layer: the cheapest plan that removes at least so many weights. */
function chooseSparsities(scans: Scan[], sizes: number[], toRemove: number): number[] {
  // BEGIN SOLUTION
  let plans: number[][] = [[]];
  for (const { sparsities } of scans) {
    plans = plans.flatMap((plan) => sparsities.map((sparsity) => [...plan, sparsity]));
  }
  let best = scans.map(({ sparsities }) => sparsities.at(-1)!);
  let least = Infinity;
  for (const plan of plans) {
    const removed = plan.reduce((sum, sparsity, l) => sum + roundHalfToEven(sparsity * sizes[l]!), 0);
    const loss = predictedLoss(scans, plan);
    if (removed < toRemove || loss >= least) continue;
    best = plan;
    least = loss;
  }
  return best;
  // END SOLUTION
}
// %% check q4
await check("q4");

// %% [markdown]
// **Look at it.** Now a real network: the teaching CNN, trained on the hard digits, and 600 new digits. The cell
// prunes each of its four layers alone to seven sparsities, by magnitude and without training afterwards: 28
// networks, a few seconds. Which layer will fall last? The bars are one standard deviation of an accuracy that is
// counted on 600 images, $\sqrt{a(1-a)/600}$. Below the plot: how far each layer alone is safe with a floor five points
// below the whole network, and what is left when all four are pruned that far *together*.
// %% explore
import { glyphs as drawDigits } from "edgelab/core/data";
import { fromLayerGraph, type LayerGraph, toLayerGraph } from "edgelab/core/model";
import { applyMasks, kernelOf, magnitudeMasks, sensitivityScan } from "edgelab/core/pruning";
import { chooseBackend, evaluate } from "edgelab/core/training";
import { loadTrained } from "edgelab/core/zoo";

await chooseBackend({ backend: "wasm" });
const trainedCnn = await loadTrained("teaching-cnn-hard");
const wholeCnn = toLayerGraph(trainedCnn.model);
const cnnLayers = ["conv1", "conv2", "dense1", "logits"];
const cnnSizes = cnnLayers.map((layer) => kernelOf(wholeCnn, layer).data.length);
const scannedSparsities = [4, 8, 10, 12, 13, 14, 15].map((sixteenths) => sixteenths / 16);
const scanDigits = drawDigits({ count: 600, level: "hard", rng: seeded("a sensitivity scan") });

async function accuracyOnDigits(graph: LayerGraph, digits = scanDigits): Promise<number> {
  const model = fromLayerGraph(graph);
  const { accuracy } = await evaluate(model, digits);
  model.dispose();
  return accuracy;
}

const cnnScans: Scan[] = await progress("scanning", cnnLayers, async (layer) => {
  const { baseline, rows } = await sensitivityScan(wholeCnn, {
    evaluate: (graph) => accuracyOnDigits(graph),
    sparsities: scannedSparsities,
    layers: [layer],
  });
  return { sparsities: [0, ...scannedSparsities], accuracies: [baseline, ...rows.map(({ score }) => score)] };
});
plot({
  title: "The layer with 95 % of the weights is the one that needs them least",
  x: { title: "sparsity of this layer alone (%)" },
  y: { title: "accuracy of the network (%)" },
  series: cnnScans.map(({ sparsities, accuracies }, l) => ({
    label: `${cnnLayers[l]}: ${cnnSizes[l]?.toLocaleString("en")} weights`,
    kind: "measured" as const,
    x: sparsities.map((sparsity) => 100 * sparsity),
    y: accuracies.map((accuracy) => 100 * accuracy),
    uncertainty: accuracies.map((accuracy) => 100 * Math.sqrt((accuracy * (1 - accuracy)) / 600)),
  })),
  alt: "Pruned alone to 94 %, dense1 leaves the network at 88 %; conv1, conv2 and logits let it fall to 31, 35 and 55 %. At 50 % only logits costs more than two points.",
});
const fivePointsBelow = cnnScans[0]!.accuracies[0]! - 0.05;
const safeAlone = cnnScans.map((scan) => largestSafeSparsity(scan, fivePointsBelow));
const safeTogether = magnitudeMasks(wholeCnn, {
  sparsity: Object.fromEntries(cnnLayers.map((layer, l) => [layer, safeAlone[l]!])),
});
console.log(
  `safe alone, five points below the whole network: ${cnnLayers.map((layer, l) => `${layer} ${safeAlone[l]}`).join(", ")}`,
);
const lossTogether = predictedLoss(cnnScans, safeAlone);
const accuracyTogether = await accuracyOnDigits(applyMasks(wholeCnn, safeTogether));
console.log(
  `all of them together: predicted ${(100 * (fivePointsBelow + 0.05 - lossTogether)).toFixed(1)} %`,
);
console.log(`all of them together: measured ${(100 * accuracyTogether).toFixed(1)} %`);
// %% [markdown]
// The prediction was hardly off there. That is not always so, as the next table shows. Plan with the scan: for five
// budgets, the next cell counts on 400 other digits how good three pruned networks are, none of them trained again: your
// plan, the same sparsity in every layer, and the smallest weights wherever they stand, with one threshold for the
// whole network.
// %% explore
const otherDigits = drawDigits({ count: 400, level: "hard", rng: seeded("plans are tried on other digits") });
const budgets = [8, 10, 12, 13, 14].map((sixteenths) => sixteenths / 16);
const allWeights = cnnSizes.reduce((sum, size) => sum + size, 0);
const wholeAccuracy = await accuracyOnDigits(wholeCnn, otherDigits);
const planRows = await progress("planning", budgets, async (budget) => {
  const plan = chooseSparsities(cnnScans, cnnSizes, budget * allWeights);
  const byLayer = Object.fromEntries(cnnLayers.map((layer, l) => [layer, plan[l]!]));
  const tried = [
    magnitudeMasks(wholeCnn, { sparsity: byLayer }),
    magnitudeMasks(wholeCnn, { sparsity: budget }),
    magnitudeMasks(wholeCnn, { sparsity: budget, scope: "global" }),
  ];
  const accuracies: number[] = [];
  for (const masks of tried)
    accuracies.push(await accuracyOnDigits(applyMasks(wholeCnn, masks), otherDigits));
  return { budget, plan, predicted: wholeAccuracy - predictedLoss(cnnScans, plan), accuracies };
});
console.log(`the whole network: ${(100 * wholeAccuracy).toFixed(1)} %`);
table(
  planRows.map(({ budget, plan, predicted, accuracies }) => ({
    "to remove (%)": 100 * budget,
    "removed (%)": (100 * plan.reduce((sum, sparsity, l) => sum + sparsity * cnnSizes[l]!, 0)) / allWeights,
    plan: plan.map((sparsity) => (100 * sparsity).toFixed(0)).join("/"),
    "predicted (%)": 100 * predicted,
    "measured (%)": 100 * accuracies[0]!,
  })),
  { caption: "Almost everything is taken from dense1 (plan: conv1/conv2/dense1/logits, in %)" },
);
plot({
  title: "It matters which layers lose the weights, not only how many go",
  x: { title: "weights removed, at least (%)" },
  y: { title: "accuracy, not trained again (%)" },
  series: ["your plan", "one sparsity for all", "one threshold for all"].map((label, i) => ({
    label,
    kind: "measured" as const,
    x: budgets.map((budget) => 100 * budget),
    y: planRows.map(({ accuracies }) => 100 * accuracies[i]!),
    uncertainty: planRows.map(
      ({ accuracies }) => 100 * Math.sqrt((accuracies[i]! * (1 - accuracies[i]!)) / 400),
    ),
  })),
  alt: "With at least 81 % of the weights gone, the plan keeps about 92 %, as one threshold does; one sparsity for all layers leaves 20 %. The whole network has 95 %.",
});

// %% [markdown]
// **Think.** The scan took 28 networks, and one threshold for all layers took none. Yet here it does as well as the
// plan. When would it not? (Suppose that one layer's weights are all ten times as large as the others', because its
// inputs are ten times as small. What would the threshold do to the other layers?) And the plan was made with
// accuracies *without* training afterwards. Which of its choices might training change?
// %% [markdown]
// ### A small network for questions 5 and 6
//
// The next two questions train while they prune. This cell has a network that is small enough to train in
// plain TypeScript within a second: inputs, one hidden layer with ReLU, one output a class, no biases. All its
// weights lie in *one* array: first those of layer 1, `[width, hidden]`, then those of layer 2, `[hidden, classes]`.
// So one mask is enough for the whole network. `gradientAt(step, …)` is the gradient of the loss on the 50 examples
// whose turn it is at that step. `smallDigits` are the digits shrunk to 7 × 7 pixels.
// %%
import { glyphs as digitImages } from "edgelab/core/data";

/** Examples of `width` numbers each, one after the other, and the class of each. */
interface Examples {
  inputs: Float32Array;
  labels: number[];
  width: number;
  classes: number;
}

/** The hidden layer and the logits of example n. */
function runSmall(weights: Float32Array, examples: Examples, n: number): [Float32Array, Float32Array] {
  const { inputs, width, classes } = examples;
  const hidden = new Float32Array(weights.length / (width + classes));
  const logits = new Float32Array(classes);
  for (let i = 0; i < width; i++) {
    const x = inputs[n * width + i]!;
    for (let j = 0; j < hidden.length; j++) hidden[j]! += x * weights[i * hidden.length + j]!;
  }
  for (let j = 0; j < hidden.length; j++) {
    hidden[j] = Math.max(hidden[j]!, 0);
    const row = width * hidden.length + j * classes;
    for (let k = 0; k < classes; k++) logits[k]! += hidden[j]! * weights[row + k]!;
  }
  return [hidden, logits];
}

/** Softmax of the logits, minus 1 at the right class: the gradient of the cross-entropy. */
function surprise(logits: Float32Array, label: number): Float32Array {
  const top = Math.max(...logits);
  const powers = logits.map((z) => Math.exp(z - top));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((power, k) => power / sum - (k === label ? 1 : 0));
}

/** The gradient of the mean cross-entropy of 50 examples, one number a weight. The examples come round in order. */
function gradientAt(step: number, weights: Float32Array, examples: Examples): Float32Array {
  const { inputs, labels, width, classes } = examples;
  const gradient = new Float32Array(weights.length);
  for (let count = 0; count < 50; count++) {
    const n = (50 * step + count) % labels.length;
    const [hidden, logits] = runSmall(weights, examples, n);
    const error = surprise(logits, labels[n]!).map((value) => value / 50);
    for (let j = 0; j < hidden.length; j++) {
      if (hidden[j] === 0) continue;
      const row = width * hidden.length + j * classes;
      let back = 0;
      for (let k = 0; k < classes; k++) {
        gradient[row + k]! += error[k]! * hidden[j]!;
        back += error[k]! * weights[row + k]!;
      }
      for (let i = 0; i < width; i++) gradient[i * hidden.length + j]! += inputs[n * width + i]! * back;
    }
  }
  return gradient;
}

/** The share of examples whose largest logit is that of the right class. */
function accuracySmall(weights: Float32Array, examples: Examples): number {
  const right = examples.labels.filter((label, n) => {
    const [, logits] = runSmall(weights, examples, n);
    return logits.indexOf(Math.max(...logits)) === label;
  });
  return right.length / examples.labels.length;
}

/** Digits of 7 × 7 pixels: the mean of each 4 × 4. */
function smallDigits(count: number, seed: string): Examples {
  const { inputs: images, labels } = digitImages({ count, rng: seeded(seed) });
  const inputs = new Float32Array(count * 49);
  images.data.forEach((value, at) => {
    const [n, y, x] = [Math.floor(at / 784), Math.floor(at / 28) % 28, at % 28];
    inputs[n * 49 + Math.floor(y / 4) * 7 + Math.floor(x / 4)]! += value / 16;
  });
  return { inputs, labels: Array.from(labels), width: 49, classes: 10 };
}

/** First weights for 49 inputs, 24 hidden units and 10 classes. */
function firstWeights(seed: string): Float32Array {
  const rng = seeded(seed);
  return Float32Array.from({ length: 59 * 24 }, (_, i) =>
    rng.normal(0, Math.sqrt(2 / (i < 49 * 24 ? 49 : 24))),
  );
}
// %% [markdown]
// ## 5 · Little by little
//
// *10 points, about 15 minutes*
//
// Cut 80 % out of a trained network in one stroke, and the weights that are left have to make up for all of it
// at once. Cut a little, train, and cut again: then each time the magnitudes are looked at anew, and the others
// have had time to take over. How fast should the sparsity rise? At the beginning many weights do nothing. In the
// end each one that goes is missed. So: quickly at first, then more and more slowly. Zhu and Gupta (2017) let the part
// that is still to come fall as a cube. At step $t_0$ the sparsity is $s_i$; then come $n$ updates, one every $\Delta t$
// steps:
//
// $$s_t = s_f + (s_i - s_f)\Big(1 - \frac{t - t_0}{n\,\Delta t}\Big)^3 \qquad t = t_0,\ t_0 + \Delta t,\ \dots,\ t_0 + n\,\Delta t$$
//
// **By hand first.** From $s_i = 0$ to $s_f = 0.8$ with $t_0 = 100$, $\Delta t = 50$ and $n = 4$. At step 150 a quarter of the
// way is done, and $0.75^3 = 0.421875$ of what was to come still is: $0.8 - 0.8 \cdot 0.421875 = 0.4625$.
//
// | step $t$ | 99 | 100 | 150 | 199 | 200 | 250 | 300 | 1000 |
// |---|---|---|---|---|---|---|---|---|
// | $s_t$ | 0 | 0 | 0.4625 | 0.4625 | 0.7 | 0.7875 | 0.8 | 0.8 |
//
// Of 10,000 weights, the four updates remove 4,625, then 2,375, 875 and 125.
//
// **A mask only ever loses ones.** At each update the weights that still stand are ranked again, and some more go.
// Those that went before stay away. Take eight weights, of which index 3 is gone already. Whatever the array holds
// there, even 0.8, it does not count:
//
// | index | 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 |
// |---|---|---|---|---|---|---|---|---|
// | weight | 0.9 | −0.1 | 0.4 | 0.8 | −0.3 | 0.2 | 0.7 | −0.6 |
// | mask before | 1 | 1 | 1 | **0** | 1 | 1 | 1 | 1 |
// | mask at sparsity 0.5 | 1 | **0** | 1 | 0 | **0** | **0** | 1 | 1 |
//
// Half of eight is four. One is gone, so three more go: 0.1, 0.2 and 0.3.
//
// > The lecture says of iterative pruning "better accuracy", without a number. Below you will see for yourself when
// > that is so: hardly at 80 or 90 %, clearly at 98 %.
//
// **Before you code, decide:** a removed weight is 0, but its *gradient* is not. What happens to the mask's zeros if
// you take an ordinary training step?
//
// **Your turn.**
//
// - `cubicSparsity(step, schedule)` is 0 before step `begin`, then $s_t$ of the latest update, and `final` from the last
//   update on. `schedule` has `initial`, `final`, `begin` ($t_0$), `every` ($\Delta t$) and `updates` ($n$).
// - `pruneStep(weights, mask, sparsity)` gives the next mask: ones and zeros, in which `roundHalfToEven(sparsity * n)` of the $n$
//   weights are zero. Zeros of `mask` stay zero; if there are that many or more already, none is added. Otherwise the
//   standing weights with the smallest magnitudes go, of equal ones the first.
// - `trainPruned(start, examples, schedule, steps, rate)` trains and prunes together. It begins with the weights `start` and a mask
//   of ones. In each step from 0 to `steps - 1`: find the next mask at `cubicSparsity(step, schedule)`; set what it removes
//   to 0; take the gradient of these weights with `gradientAt(step, …)`; subtract `rate` times the gradient from the weights
//   that stand, and from no others. It gives the weights after the last step.
// %% question q5 points=10 title="Little by little"
/** How the sparsity rises: it is `initial` at step `begin`; then come `updates` updates, one every so many steps. */
interface CubicSchedule {
  initial: number;
  final: number;
  begin: number;
  every: number;
  updates: number;
}

/** The sparsity to have at this step. */
function cubicSparsity(step: number, schedule: CubicSchedule): number {
  // BEGIN SOLUTION
  const { initial, final, begin, every, updates } = schedule;
  if (step < begin) return 0;
  const done = Math.min(Math.floor((step - begin) / every), updates);
  return final + (initial - final) * (1 - done / updates) ** 3;
  // END SOLUTION
}

/** The next mask: what is gone stays gone, and the smallest of the others follow. */
function pruneStep(weights: Float32Array, mask: Uint8Array, sparsity: number): Uint8Array {
  // BEGIN SOLUTION
  const standing = [...weights.keys()].filter((i) => mask[i] === 1);
  standing.sort((a, b) => Math.abs(weights[a]!) - Math.abs(weights[b]!));
  const gone = weights.length - standing.length;
  const more = roundHalfToEven(sparsity * weights.length) - gone;
  const next = mask.slice();
  for (const i of standing.slice(0, Math.max(more, 0))) next[i] = 0;
  return next;
  // END SOLUTION
}

/** The weights after training and pruning together. */
function trainPruned(
  start: Float32Array,
  examples: Examples,
  schedule: CubicSchedule,
  steps: number,
  rate: number,
): Float32Array {
  // BEGIN SOLUTION
  let weights: Float32Array = start;
  let mask: Uint8Array = new Uint8Array(start.length).fill(1);
  for (let step = 0; step < steps; step++) {
    mask = pruneStep(weights, mask, cubicSparsity(step, schedule));
    const kept = weights.map((weight, i) => mask[i]! * weight);
    const gradient = gradientAt(step, kept, examples);
    weights = kept.map((weight, i) => weight - rate * mask[i]! * gradient[i]!);
  }
  return weights;
  // END SOLUTION
}
// %% check q5
await check("q5");
// %% [markdown]
// **Look at it.** From step 100 to step 300 and to 80 %, as in the example, but with an update every 10 steps, beside a
// straight line to the same end. The area between them is what the cubic one removes earlier: while there is time to
// recover.
// %% explore
const exampleSchedule = { initial: 0, final: 0.8, begin: 100, every: 10, updates: 20 };
const scheduleSteps = Array.from({ length: 41 }, (_, i) => 10 * i);
plot({
  title: "The cubic schedule has done 7/8 of its work at half time",
  x: { title: "training step" },
  y: { title: "sparsity (%)" },
  series: [
    {
      label: "cubicSparsity",
      kind: "measured",
      x: scheduleSteps,
      y: scheduleSteps.map((step) => 100 * cubicSparsity(step, exampleSchedule)),
    },
    {
      label: "linear",
      kind: "simulated",
      x: scheduleSteps,
      y: scheduleSteps.map((step) => 80 * Math.min(Math.max((step - 100) / 200, 0), 1)),
    },
    {
      label: "one-shot",
      kind: "simulated",
      x: scheduleSteps,
      y: scheduleSteps.map((step) => (step < 100 ? 0 : 80)),
    },
  ],
  alt: "From step 100 to step 300 the cubic schedule rises from 0 to 80 %: at step 200 it is at 70 %, a straight line at 40 %. One-shot jumps to 80 % at step 100.",
});
// %% [markdown]
// Now your `trainPruned` at work: the digits of 7 × 7 pixels, in a network of 49 inputs, 24 hidden units and 10
// outputs. It is trained once without pruning. Then, for each sparsity, three ways from there: cut and leave it; cut
// all at step 0 and train for 200 steps; the cubic schedule over the first 100 of the 200 steps.
// %% explore
const pruneTraining = smallDigits(1000, "little by little, training");
const pruneTest = smallDigits(1000, "little by little, test");
const noPruning = { initial: 0, final: 0, begin: 0, every: 1, updates: 1 };
const denseSmall = trainPruned(firstWeights("little by little"), pruneTraining, noPruning, 400, 0.5);
const finals = [0.7, 0.8, 0.9, 0.95];
const ways = await progress("pruning", finals, (final) => {
  const atOnce = { initial: final, final, begin: 0, every: 1, updates: 1 };
  const gradual = { initial: 0, final, begin: 0, every: 10, updates: 10 };
  const mask = pruneStep(denseSmall, new Uint8Array(denseSmall.length).fill(1), final);
  return [
    denseSmall.map((weight, i) => mask[i]! * weight),
    trainPruned(denseSmall, pruneTraining, atOnce, 200, 0.5),
    trainPruned(denseSmall, pruneTraining, gradual, 200, 0.5),
  ].map((weights) => 100 * accuracySmall(weights, pruneTest));
});
console.log(`not pruned: ${(100 * accuracySmall(denseSmall, pruneTest)).toFixed(1)} %`);
plot({
  title: "Training afterwards brings most of it back; the schedule matters less",
  x: { title: "sparsity (%)" },
  y: { title: "accuracy on 1,000 new digits (%)" },
  series: ["cut, not trained", "one-shot, then trained", "cubic, while training"].map((label, way) => ({
    label,
    kind: "measured" as const,
    x: finals.map((final) => 100 * final),
    y: ways.map((accuracies) => accuracies[way]!),
    uncertainty: ways.map((accuracies) => Math.sqrt((accuracies[way]! * (100 - accuracies[way]!)) / 1000)),
  })),
  alt: "The dense network has 78.9 %. Cut to 90 %, it keeps 39.9 %; trained afterwards 71.5 %, with the cubic schedule 73.0 %. At 95 % the last two are 55.1 and 53.5 %: no more apart than chance, whose standard deviation is 1.6 points.",
});

// %% [markdown]
// The same for a network that takes minutes: the teaching CNN on the hard digits, six epochs after the cut, or with
// cuts in the first four of them. One run each, recorded; 2,000 test images, so a standard deviation is 0.5 points
// near 94 % and 0.9 near 80 %. The whole network has 93.2 % on these images, and 95.2 % on those at the top of this notebook:
// it is the same one, only the digits were drawn anew.
// %% explore
import { pruning as recordedPruning } from "edgelab/core/zoo/recorded";

const recordedFinals = [0.8, 0.9, 0.95, 0.98];
/** The last row of a method with this final sparsity, in %. */
function lastAccuracy(method: string, final: number): number {
  const rows = recordedPruning.rows.filter(([name, sparsity]) => name === method && sparsity === final);
  return 100 * Number(rows.at(-1)?.at(-1));
}
plot({
  title: "Up to 95 % both ways end alike; at 98 % little by little wins by 8 points",
  x: { title: "sparsity (%)" },
  y: { title: "accuracy (%)" },
  series: [
    ["untrained", "cut, not trained"],
    ["oneShot", "one-shot, 6 epochs"],
    ["cubic", "cubic, 6 epochs"],
  ].map(([method = "", label = ""]) => {
    const y = recordedFinals.map((final) => lastAccuracy(method, final));
    return {
      label,
      kind: "recorded" as const,
      x: recordedFinals.map((final) => 100 * final),
      y,
      uncertainty: y.map((accuracy) => Math.sqrt((accuracy * (100 - accuracy)) / 2000)),
    };
  }),
  alt: "At 80, 90 and 95 % one-shot ends with 93.7, 93.3 and 92.4 %, cubic with 93.9, 93.7 and 92.6 %. At 98 % it is 75.5 against 83.8 %; the cut alone leaves 21.2 % there.",
});
// %% [markdown]
// **Think.** At 80 % the network that was cut in one stroke ends with 93.7 %, the other with 93.9 %, and the whole network had
// 93.2 %. What do these three numbers *not* show? (How large is chance here, and what else did the pruned networks get
// that the whole one did not?) And at 98 %, 2,115 of 105,744 weights are
// left. Why does it matter more then in which order the others went?
// %% [markdown]
// ## 6 · A ticket that won
//
// *8 points, about 12 minutes*
//
// If 90 % of the weights can go after training, why not train the small network from the start? Tried with new random
// weights, it learns worse. Frankle and Carbin (2019) found what was missing: give each weight that survived the value that
// it had *before* training. A large network, they say, is a pile of lottery tickets: somewhere in it is a small one
// whose first weights happened to be good. This **winning ticket** is found in rounds:
//
// 1. Begin with random weights $w_0$ and a mask $m$ of ones.
// 2. Train $m \odot w_0$. That gives $w_T$.
// 3. Remove a part $p$ of the weights that still stand: those with the smallest $|w_T|$. That gives the next mask.
// 4. *Rewind*: go back to $w_0$, with the new mask, and to step 2.
//
// After $r$ rounds $(1-p)^r$ of the weights are left. With $p = 0.2$ and three rounds that is $0.8^3 = 51.2\ \%$.
//
// **By hand first.** Five weights and $p = 0.4$. In round 1 two of five go, in round 2 $0.4 \cdot 3 = 1.2$, rounded one of three:
//
// | index | 0 | 1 | 2 | 3 | 4 |
// |---|---|---|---|---|---|
// | $w_0$ | 0.5 | −0.2 | 0.1 | −0.4 | 0.3 |
// | trained | 0.6 | **−0.05** | 0.9 | **−0.1** | 0.2 |
// | mask after round 1 | 1 | 0 | 1 | 0 | 1 |
// | rewound | 0.5 | 0 | 0.1 | 0 | 0.3 |
// | trained again | 0.7 | 0 | 0.8 | 0 | **0.25** |
// | mask after round 2 | 1 | 0 | 1 | 0 | 0 |
//
// Index 2 began as the smallest of all, and stays: what counts is what training made of it.
//
// Layers may lose different parts. The paper's LeNet has layers of 235,200, 30,000 and 1,000 weights; the first two lose 20 %
// a round, the last one 10 %. After three rounds
// $(0.8^3 \cdot 265{,}200 + 0.9^3 \cdot 1{,}000) / 266{,}200 = 136{,}511.4 / 266{,}200 = 51.28\ \%$ are left.
//
// > That is why the labels of the paper's figures say 51.3, 21.1, 7.0 and 3.6 % (after 3, 7, 12 and 15 rounds). 20 % everywhere
// > would give 51.2, 21.0, 6.9 and 3.5 %. The lecture's "pruning + reset + retrain" leaves out that the reset goes back to
// > the *same* first weights, and in the paper's best results round by round.
//
// **The control.** Perhaps it is not the values but the mask that makes the ticket good? So train the same mask with *other*
// random values too. Only the difference between the two says something about the values.
//
// **Before you code, decide:** a colleague compares the ticket with a network that has as many weights, at random places with random
// values. The ticket wins. Has the colleague shown that the first values matter?
//
// **Your turn.** Masks are ones (stays) and zeros (gone).
//
// - `remainingAfter(rounds, layers)` is the part of all weights, from 0 to 1, that is left. Each layer has a `size`
//   and the `fraction` that it loses a round. Do not round to whole weights.
// - `nextMask(trained, mask, fraction)` removes `roundHalfToEven(fraction * k)` of the $k$ weights that stand: the smallest magnitudes,
//   of equal ones the first. What is gone stays gone, whatever `trained` holds there.
// - `rewind(initial, mask)` gives the initial weights, 0 where the mask is 0.
// - `reinitialize(mask, values)` is the control. `values` has one new number for each weight that stands: put them there in
//   their order, and 0 elsewhere.
// %% question q6 points=8 title="A ticket that won"
/** The part of all weights that is left after so many rounds. */
function remainingAfter(rounds: number, layers: { size: number; fraction: number }[]): number {
  // BEGIN SOLUTION
  let before = 0;
  let left = 0;
  for (const { size, fraction } of layers) {
    before += size;
    left += size * (1 - fraction) ** rounds;
  }
  return left / before;
  // END SOLUTION
}

/** The mask of the next round: without a fraction of the weights that still stand. */
function nextMask(trained: Float32Array, mask: Uint8Array, fraction: number): Uint8Array {
  // BEGIN SOLUTION
  const standing = [...mask.keys()].filter((i) => mask[i] === 1);
  standing.sort((a, b) => Math.abs(trained[a]!) - Math.abs(trained[b]!));
  const next = mask.slice();
  for (const i of standing.slice(0, roundHalfToEven(fraction * standing.length))) next[i] = 0;
  return next;
  // END SOLUTION
}

/** The ticket: what stands, as it was before training. */
function rewind(initial: Float32Array, mask: Uint8Array): Float32Array {
  // BEGIN SOLUTION
  return initial.map((weight, i) => (mask[i] === 1 ? weight : 0));
  // END SOLUTION
}

/** The control: the same mask with other values. */
function reinitialize(mask: Uint8Array, values: Float32Array): Float32Array {
  // BEGIN SOLUTION
  let used = 0;
  return Float32Array.from(mask, (bit) => (bit === 1 ? values[used++]! : 0));
  // END SOLUTION
}
// %% check q6
await check("q6");
// %% [markdown]
// **Look at it.** The small network on digits of 7 × 7 pixels: 1,416 weights. In each of six rounds 40 % of what is left goes. Ticket and
// control are trained alike, 300 steps each. All of it is done three times, with other first weights; the bars reach one
// standard deviation of the three to both sides. What do you expect after round 1, where 60 % are left: two curves, or one?
// %% explore
const ticketTraining = smallDigits(1000, "a ticket that won, training");
const ticketTest = smallDigits(1000, "a ticket that won, test");

/** Trains what stands. */
function trainStanding(start: Float32Array, mask: Uint8Array): Float32Array {
  let weights = start;
  for (let step = 0; step < 300; step++) {
    const gradient = gradientAt(step, weights, ticketTraining);
    weights = weights.map((weight, i) => weight - 0.5 * mask[i]! * gradient[i]!);
  }
  return weights;
}

/** Ticket and control of one repetition: what is left and both accuracies, round by round, in %. */
function playLottery(seed: string): { left: number; ticket: number; control: number }[] {
  const initial = firstWeights(`${seed}, ticket`);
  const others = firstWeights(`${seed}, control`);
  let mask: Uint8Array = new Uint8Array(initial.length).fill(1);
  return Array.from({ length: 7 }, () => {
    const trained = trainStanding(rewind(initial, mask), mask);
    const values = others.filter((_, i) => mask[i] === 1);
    const row = {
      left: (100 * values.length) / initial.length,
      ticket: 100 * accuracySmall(trained, ticketTest),
      control: 100 * accuracySmall(trainStanding(reinitialize(mask, values), mask), ticketTest),
    };
    mask = nextMask(trained, mask, 0.4);
    return row;
  });
}

function meanOf(values: number[]): number {
  return values.reduce((a, b) => a + b, 0) / values.length;
}

/** The standard deviation of a few repetitions. */
function spreadOf(values: number[]): number {
  const mean = meanOf(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
}

const predictedLeft = remainingAfter(6, [{ size: 59 * 24, fraction: 0.4 }]);
const lotteries = await progress("three lotteries", ["first", "second", "third"], playLottery);
const lotteryRounds = [0, 1, 2, 3, 4, 5, 6];
plot({
  title: "With a fifth of its weights the ticket has lost 2 points, the control 13",
  x: { title: "round (each removes 40 % of what is left)" },
  y: { title: "accuracy on 1,000 new digits (%)" },
  series: (["ticket", "control"] as const).map((who) => ({
    label: who === "ticket" ? "first weights again" : "other weights, same mask",
    kind: "measured" as const,
    x: lotteryRounds,
    y: lotteryRounds.map((round) => meanOf(lotteries.map((rows) => rows[round]![who]))),
    uncertainty: lotteryRounds.map((round) => spreadOf(lotteries.map((rows) => rows[round]![who]))),
  })),
  alt: "With 22 % of the weights left, the ticket has 74.2 % and the control 63.6 %; with 4.7 % left, 57.9 and 26.0 %. Whole, both have 76 %.",
});
table(
  lotteryRounds.map((round) => ({
    round,
    "left (%)": lotteries[0]![round]!.left,
    "ticket (%)": meanOf(lotteries.map((rows) => rows[round]!.ticket)),
    "control (%)": meanOf(lotteries.map((rows) => rows[round]!.control)),
  })),
  { caption: "Means of three repetitions" },
);
console.log(`left after 6 rounds, predicted: ${(100 * predictedLeft).toFixed(2)} %`);

// %% [markdown]
// The same with a larger network, recorded: 784 → 128 → 64 → 10 on digits of 28 × 28 pixels, half of the weights a round (a quarter of
// those of the last layer), 5 epochs, three repetitions. (It takes two functions from the cell above.)
// %% explore
import { lotteryTickets as recordedTickets } from "edgelab/core/zoo/recorded";

const recordedRounds = [0, 1, 2, 3, 4, 5, 6, 7];
/** The three repetitions of a round, in %; column 3 is the ticket, 4 the control. */
function recordedAccuracies(round: number, column: number): number[] {
  return recordedTickets.rows.filter((row) => row[1] === round).map((row) => 100 * Number(row[column]));
}
plot({
  title: "With an eighth of its weights the ticket has lost 1 point, the control 9",
  x: { title: "round (each removes about half of what is left)" },
  y: { title: "accuracy (%)" },
  series: [
    { label: "first weights again", column: 3 },
    { label: "other weights, same mask", column: 4 },
  ].map(({ label, column }) => ({
    label,
    kind: "recorded" as const,
    x: recordedRounds,
    y: recordedRounds.map((round) => meanOf(recordedAccuracies(round, column))),
    uncertainty: recordedRounds.map((round) => spreadOf(recordedAccuracies(round, column))),
  })),
  alt: "With 12.7 % of the weights left, the ticket has 95.7 % and the control 88.2 %; with 0.9 % left, 74.6 and 47.6 %. Whole, both have 97 %.",
});
// %% [markdown]
// **What this does not show.** These networks are small, and training them is short. For large ones such as ResNet-50 on ImageNet, going back to
// step 0 did not find winning tickets; going back to a point *early in training*, after a small part of it, did (Frankle et al., 2020).
// That is called late rewinding. And with a large learning rate Liu et al. (2019) found no advantage of the first weights over random
// ones. Nor is a ticket cheap: to find the one of round 6, the whole network was trained, and five smaller ones after it.
//
// **Think.** The last mask was found by training, with the training data. In which sense has the ticket "seen" the data before its training
// begins, and has the control seen it too? Which of the two curves tells how much the *mask* knows?
// %% [markdown]
// ## 7 · What zeros cost
//
// *10 points, about 20 minutes*
//
// Half of a layer's weights are 0. Save the layer, and the file is as long as before: a float32 zero takes four
// bytes like any other number. To save something you have to leave the zeros out, and then you must write down
// *where* they were. The places cost bytes too.
//
// Two ways to write them down, for a matrix of $m$ rows and $n$ columns with $k$ numbers that are not 0, of $v$
// bytes each:
//
// - a **bitmap** has one bit for each element, 1 where it is not 0, and then the $k$ values;
// - **compressed sparse rows** (CSR) have the values, the column of each, and where each row starts in the list.
//
// $$B_\text{dense} = v\,mn \qquad B_\text{bitmap} = \lceil mn/8 \rceil + v\,k \qquad
// B_\text{CSR} = 4\,(m + 1) + (c + v)\,k$$
//
// Here a row's start takes 4 bytes. A column number takes $c = 1$ byte in rows of up to 256 columns, else
// $c = 2$; no row is longer than 65,536.
//
// **By hand first.** Three rows of four, 9 of 12 elements are 0:
//
// $$\begin{pmatrix} 0 & 5 & 0 & 0 \\ 0 & 0 & 0 & 0 \\ 7 & 0 & 0 & -2 \end{pmatrix}$$
//
// *Bitmap.* Count the elements row by row. Numbers 1, 8 and 11 are set. Element $i$ has bit $i \bmod 8$ of byte
// $\lfloor i/8 \rfloor$, and bit 0 is worth 1: byte 0 is $2^1 = 2$, byte 1 is $2^0 + 2^3 = 9$. So bits `[2, 9]`,
// values `[5, 7, -2]`.
//
// *CSR.* Starts `[0, 1, 1, 3]`: row 0 has the entries from 0 up to, and without, 1; row 1 has none; row 2 has those
// from 1 up to 3. Columns `[1, 0, 3]`, values `[5, 7, -2]`.
//
// | bytes | dense | bitmap | CSR |
// |---|---|---|---|
// | float32, $v = 4$ | 48 | 2 + 12 = 14 | 16 + 3 + 12 = 31 |
// | int8, $v = 1$ | 12 | 2 + 3 = 5 | 16 + 3 + 3 = **22** |
//
// Three of four elements are 0, and CSR makes the int8 matrix larger.
//
// **When does it pay?** Let $s$ be the share of zeros, $k = (1 - s)\,mn$. The bitmap is smaller than dense as soon
// as $s > 1/(8v)$: from 3.1 % for float32, from 12.5 % for int8. CSR with two bytes a column, long rows, needs
// $s > 2/(2 + v)$: 33 % for float32, and 67 % for int8. The better you quantize, the more the places weigh.
//
// > The lecture's table says that 50 % pruning makes a model 2× smaller and 1.5 to 2× faster, and has ResNet-50 at
// > 98 MB, pruned 49 MB, quantized 12 MB. 98/2/4 = 12.25: the places are free there. With a bitmap, 24.5 million elements need
// > 24.5/8 = 3.06 MB of bits beside the values: 52.1 MB, and then 15.3 MB. Saved dense, as exporters do unless told
// > otherwise, the model keeps its 98 MB, and has 24.5 MB in int8.
//
// **And time?** A product with the stored entries only does $k$ multiplications instead of $mn$:
//
// $$y_r = \sum_{e\,=\,\text{starts}[r]}^{\text{starts}[r+1]-1} \text{values}[e]\;x_{\text{columns}[e]}$$
//
// For the matrix above and $x = [1, 2, 3, 4]$: $y = [5 \cdot 2,\ 0,\ 7 \cdot 1 - 2 \cdot 4] = [10, 0, -1]$.
//
// **Before you code, decide:** at 50 % zeros the product has half of the multiplications. Why may it still take
// longer than the dense one? (In which order does each of them read $x$? What can a processor do with eight neighbours
// that it can't do with eight numbers from anywhere?)
//
// **Your turn.** Matrices lie in memory row by row. An element that equals 0 is not stored, −0 neither; all others
// are, however small.
//
// - `bitmapBytes(n, nonzeros, valueBytes)` gives the bytes of a bitmap of `n` elements and its values.
// - `csrBytes(rows, columns, nonzeros, valueBytes)` gives those of CSR.
// - `encodeBitmap(data)` gives `bits` and `values`; bits of the last byte that stand for no element are 0.
// - `encodeCsr(data, columns)` gives `starts` (one more than rows), `columns` (a `Uint8Array` for up to 256
//   columns, else a `Uint16Array`; rising within a row) and `values`.
// - `csrTimesVector(csr, x)` gives one number a row, 0 for a row without entries. It works on what is stored: a
//   column without entries is never read, whatever `x` has there.
// %% question q7 points=10 title="What zeros cost"
/** Compressed sparse rows: row r has the entries from starts[r] up to, and without, starts[r + 1]. */
interface Csr {
  readonly starts: Uint32Array;
  readonly columns: Uint8Array | Uint16Array;
  readonly values: Float32Array;
}

/** Bytes of one bit an element, and of the values. */
function bitmapBytes(n: number, nonzeros: number, valueBytes: number): number {
  // BEGIN SOLUTION
  return Math.ceil(n / 8) + nonzeros * valueBytes;
  // END SOLUTION
}

/** Bytes of the rows' starts, the column numbers and the values. */
function csrBytes(rows: number, columns: number, nonzeros: number, valueBytes: number): number {
  // BEGIN SOLUTION
  const columnBytes = columns <= 256 ? 1 : 2;
  return 4 * (rows + 1) + nonzeros * (columnBytes + valueBytes);
  // END SOLUTION
}

/** One bit an element, the lowest bit first, and the elements that are not 0. */
function encodeBitmap(data: Float32Array): { bits: Uint8Array; values: Float32Array } {
  // BEGIN SOLUTION
  const bits = new Uint8Array(Math.ceil(data.length / 8));
  for (const [i, value] of data.entries()) {
    if (value !== 0) bits[Math.floor(i / 8)]! += 2 ** (i % 8);
  }
  return { bits, values: data.filter((value) => value !== 0) };
  // END SOLUTION
}

/** The rows of a matrix, without their zeros. */
function encodeCsr(data: Float32Array, columns: number): Csr {
  // BEGIN SOLUTION
  const starts = new Uint32Array(data.length / columns + 1);
  const places: number[] = [];
  const values: number[] = [];
  for (const [i, value] of data.entries()) {
    if (value !== 0) {
      places.push(i % columns);
      values.push(value);
    }
    starts[Math.floor(i / columns) + 1] = values.length;
  }
  const narrow = columns <= 256;
  return {
    starts,
    columns: narrow ? Uint8Array.from(places) : Uint16Array.from(places),
    values: Float32Array.from(values),
  };
  // END SOLUTION
}

/** The product of a matrix and a vector, from the stored entries alone. */
function csrTimesVector({ starts, columns, values }: Csr, x: Float32Array): Float32Array {
  // BEGIN SOLUTION
  const y = new Float32Array(starts.length - 1);
  for (let row = 0; row < y.length; row++) {
    let sum = 0;
    for (let e = starts[row]!; e < starts[row + 1]!; e++) sum += values[e]! * x[columns[e]!]!;
    y[row] = sum;
  }
  return y;
  // END SOLUTION
}
// %% check q7
await check("q7");

// %% [markdown]
// **Look at it: bytes.** A layer of 64 rows with 1,568 drawn weights each loses its smallest ones. The cell encodes
// what is left, with your functions, and counts the bytes of the arrays. Beside it, what `gzip` makes of the dense
// array, zeros and all. Before you run it: where do the curves cross 100 %?
// %% explore
import { gzipSync } from "node:zlib";
import { magnitudeMask as zerosMaskOf } from "edgelab/core/pruning";

const [zerosOutputs, zerosInputs] = [64, 1568];
const zerosDraw = seeded("what zeros cost");
const zerosRows = Float32Array.from({ length: zerosOutputs * zerosInputs }, () => zerosDraw.normal(0, 0.05));

function zerosPruned(data: Float32Array, sparsity: number): Float32Array {
  const mask = zerosMaskOf({ shape: [data.length], data }, { sparsity }).data;
  return data.map((weight, i) => weight * mask[i]!);
}

const zerosShares = [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99];
const zerosSizes = zerosShares.map((share) => {
  const data = zerosPruned(zerosRows, share);
  const bitmap = encodeBitmap(data);
  const csr = encodeCsr(data, zerosInputs);
  const ofDense = (bytes: number) => (100 * bytes) / data.byteLength;
  return {
    bitmap: ofDense(bitmap.bits.byteLength + bitmap.values.byteLength),
    csr: ofDense(csr.starts.byteLength + csr.columns.byteLength + csr.values.byteLength),
    gzip: ofDense(gzipSync(new Uint8Array(data.buffer)).byteLength),
  };
});
// 1/(8v), and the share of zeros at which 4(m + 1) + (c + v)k = v·mn; v = 4, c = 2.
const zerosBitmapEven = 100 / (8 * 4);
const zerosCsrEven = 100 * (1 - (4 * zerosRows.length - 4 * (zerosOutputs + 1)) / (6 * zerosRows.length));
const zerosPercent = zerosShares.map((share) => 100 * share);
const zerosHalf = zerosSizes[zerosShares.indexOf(0.5)]!;
plot({
  title: `Half of the weights gone: dense saves nothing, CSR ${(100 - zerosHalf.csr).toFixed(0)} %, a bitmap ${(100 - zerosHalf.bitmap).toFixed(0)} %`,
  x: { title: "weights that are 0 (%)" },
  y: { title: "bytes (% of the dense float32 layer)" },
  series: [
    { label: "CSR", kind: "measured", x: zerosPercent, y: zerosSizes.map(({ csr }) => csr) },
    { label: "bitmap", kind: "measured", x: zerosPercent, y: zerosSizes.map(({ bitmap }) => bitmap) },
    { label: "gzip of dense", kind: "measured", x: zerosPercent, y: zerosSizes.map(({ gzip }) => gzip) },
    {
      label: "break-even",
      kind: "simulated",
      mark: "points",
      x: [zerosBitmapEven, zerosCsrEven],
      y: [100, 100],
    },
  ],
  alt: `CSR falls from 150 % and crosses 100 % at a third of zeros; a bitmap begins at 103 % and crosses at 3 %. At 50 % zeros CSR takes ${zerosHalf.csr.toFixed(0)} %, a bitmap ${zerosHalf.bitmap.toFixed(0)} % and gzip ${zerosHalf.gzip.toFixed(0)} % of the dense bytes.`,
});
const zerosCount = zerosRows.length;
const zerosTable = [4, 1].map((bytes) => {
  const sizesAt = (percent: number) => {
    const kept = Math.round(zerosCount * (1 - percent / 100));
    return {
      bitmap: bitmapBytes(zerosCount, kept, bytes),
      csr: csrBytes(zerosOutputs, zerosInputs, kept, bytes),
    };
  };
  const every = Array.from({ length: 101 }, (_, percent) => percent);
  return {
    values: bytes === 4 ? "float32" : "int8",
    bitmapFrom: every.find((percent) => sizesAt(percent).bitmap < bytes * zerosCount),
    csrFrom: every.find((percent) => sizesAt(percent).csr < bytes * zerosCount),
    bitmapHalf: (100 * sizesAt(50).bitmap) / (bytes * zerosCount),
    csrHalf: (100 * sizesAt(50).csr) / (bytes * zerosCount),
  };
});
table(zerosTable, {
  columns: [
    "values",
    { key: "bitmapFrom", title: "bitmap pays from", unit: "% zeros" },
    { key: "csrFrom", title: "CSR pays from", unit: "% zeros" },
    { key: "bitmapHalf", title: "bitmap at 50 % zeros", unit: "% of dense" },
    { key: "csrHalf", title: "CSR at 50 % zeros", unit: "% of dense" },
  ],
  caption: "The smaller the values, the more zeros it takes until leaving them out pays",
});

// %% [markdown]
// **Look at it: time.** Your `csrTimesVector` against a dense loop, on 1,024 × 1,024 drawn weights; and against a
// dense product that uses the processor's vector instructions (WebAssembly). CPU time, each variant in turn,
// median of 15 rounds, bars from the lower to the upper quarter. Your numbers will differ: that is the point of
// measuring. The outputs are compared first. It takes some seconds.
// %% explore
import * as sparseTf from "@tensorflow/tfjs";
import { magnitudeMask as sparseMaskOf } from "edgelab/core/pruning";
import { chooseBackend as sparseBackend } from "edgelab/core/training";

await sparseBackend({ backend: "wasm" });
const sparseSide = 1024;
const sparseDraw = seeded("time of zeros");
const sparseFull = Float32Array.from({ length: sparseSide ** 2 }, () => sparseDraw.normal());
const sparseInput = Float32Array.from({ length: sparseSide }, () => sparseDraw.normal());

function denseTimesVector(data: Float32Array, x: Float32Array): Float32Array {
  const y = new Float32Array(data.length / x.length);
  for (let row = 0; row < y.length; row++) {
    let sum = 0;
    for (let column = 0; column < x.length; column++) sum += data[row * x.length + column]! * x[column]!;
    y[row] = sum;
  }
  return y;
}

const sparseShares = [0, 0.25, 0.5, 0.7, 0.8, 0.9, 0.95, 0.99];
const sparseCases = sparseShares.map((sparsity) => {
  const mask = sparseMaskOf({ shape: [sparseFull.length], data: sparseFull }, { sparsity }).data;
  const data = sparseFull.map((weight, i) => weight * mask[i]!);
  return { data, csr: encodeCsr(data, sparseSide) };
});
for (const { data, csr } of sparseCases) {
  const dense = denseTimesVector(data, sparseInput);
  // Sums of up to 1,024 products near 1, in the same order: they agree to the last digits of float32.
  const differs = csrTimesVector(csr, sparseInput).some((y, i) => Math.abs(y - dense[i]!) > 0.001);
  if (differs) throw new Error("the two products differ: look at encodeCsr and csrTimesVector first");
}

// The vectorized product takes one row an input, as TensorFlow keeps kernels.
const sparseKernel = sparseTf.tensor2d(
  sparseFull.map((_, i) => sparseFull[(i % sparseSide) * sparseSide + Math.floor(i / sparseSide)]!),
  [sparseSide, sparseSide],
);
const sparseRow = sparseTf.tensor2d(sparseInput, [1, sparseSide]);
const sparseVariants: (() => unknown)[] = [
  ...sparseCases.map(
    ({ csr }) =>
      () =>
        csrTimesVector(csr, sparseInput),
  ),
  () => denseTimesVector(sparseFull, sparseInput),
  () => sparseTf.tidy(() => sparseTf.matMul(sparseRow, sparseKernel).dataSync()),
];

/** CPU milliseconds of one run, from a block of eight. */
function sparseCpuMs(run: () => unknown): number {
  const before = process.cpuUsage();
  for (let i = 0; i < 8; i++) run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 8000;
}

// Twice to warm up: the first runs are compiled, and memory is asked for.
for (const run of [...sparseVariants, ...sparseVariants]) sparseCpuMs(run);
const sparseRounds = Array.from({ length: 15 }, () => sparseVariants.map(sparseCpuMs));
sparseTf.dispose([sparseKernel, sparseRow]);

/** CPU microseconds of one run: the median of the rounds, and half of the distance between their quarters. */
const sparseTimes = sparseVariants.map((_, variant) => {
  const sorted = sparseRounds.map((times) => 1000 * times[variant]!).sort((a, b) => a - b);
  return { median: sorted[7]!, spread: (sorted[11]! - sorted[3]!) / 2 };
});
const sparseCsr = sparseTimes.slice(0, -2);
const plainLoop = sparseTimes.at(-2)!;
const vectorized = sparseTimes.at(-1)!;
/** The first of the shares tried from which on CSR is always faster. */
function sparsePays(dense: { median: number }): string {
  const slower = sparseCsr.map(({ median }) => median >= dense.median).lastIndexOf(true);
  const first = sparseShares[slower + 1];
  if (first === 0) return "whatever the share of zeros";
  return first === undefined ? "nowhere" : `from ${100 * first} % zeros`;
}
const sparseFinding = `CSR beats the plain loop ${sparsePays(plainLoop)}, vector instructions ${sparsePays(vectorized)}`;
const sparsePercent = sparseShares.map((share) => 100 * share);
const sparseHalf = sparseCsr[sparseShares.indexOf(0.5)]!.median;
plot({
  title: sparseFinding,
  x: { title: "weights that are 0 (%)" },
  y: { title: "CPU time of one product (µs)" },
  series: [
    {
      label: "CSR",
      kind: "measured",
      x: sparsePercent,
      y: sparseCsr.map(({ median }) => median),
      uncertainty: sparseCsr.map(({ spread }) => spread),
    },
    {
      label: "dense, plain loop",
      kind: "measured",
      x: sparsePercent,
      y: sparseShares.map(() => plainLoop.median),
    },
    {
      label: "dense, vector instructions",
      kind: "measured",
      x: sparsePercent,
      y: sparseShares.map(() => vectorized.median),
    },
  ],
  alt: `${sparseFinding}. At 50 % zeros CSR takes ${(sparseHalf / plainLoop.median).toFixed(2)} times the CPU time of the plain dense loop, and ${(sparseHalf / vectorized.median).toFixed(1)} times that of the vectorized one.`,
});
// %% [markdown]
// **Think.** The plain loop does one addition after the other, and so does CSR: half of the entries take about half of
// the time. The vectorized product adds many at once. Which of the two is in your phone's runtime? Somebody offers you a
// model that is "50 % pruned: half the size, half the latency". Which two questions do you ask before you believe
// either half?
// %% [markdown]
// ## 8 · Two of four
//
// *8 points, about 15 minutes*
//
// A processor that adds up eight or sixteen products at once can't use zeros that lie anywhere: it would have to
// look up the place of each number. Fix a pattern, and it can. NVIDIA's tensor cores, from Ampere on, skip zeros
// under one condition: of every four neighbours along the input axis, **at most two** are not 0. That is *2:4*
// sparsity. Data sheets count the skipped products too: of the 40 int8 TOPS of a Jetson Orin Nano, 20 are left for dense
// weights.
//
// A group of four is stored as two values and their two positions in the group. A position from 0 to 3 takes two
// bits. With values of $b$ bits,
//
// $$\frac{\text{bits stored}}{\text{bits dense}} = \frac{2b + 2 \cdot 2}{4b}$$
//
// For fp16 that is (32 + 4)/64 = 0.5625, for int8 (16 + 4)/32 = 0.625.
//
// Which two stay? The largest magnitudes. How much of the layer is left is told by the *kept energy*:
//
// $$E = \frac{\sum_{i\ \text{kept}} w_i^2}{\sum_i w_i^2}$$
//
// **By hand first.** One output with eight inputs, two groups:
//
// | | group 0 | group 1 |
// |---|---|---|
// | $w$ | 0.1, −0.9, 0.3, 0.8 | 0.5, 0.5, −0.5, 0.2 |
// | mask | 0, 1, 0, 1 | 1, 1, 0, 0 |
// | values | −0.9, 0.8 | 0.5, 0.5 |
// | positions | 1, 3 | 0, 1 |
//
// In group 1 three magnitudes are equal: the first ones **stay**. Take care if you come from questions 1 to 6, where the
// first of equals *goes*. (There has to be a rule, so that everybody gets the same mask. The library's `nmMask` has that
// other one.) Four positions fill a byte, the first in its lowest bits:
// $1 + 3 \cdot 4 + 0 \cdot 16 + 1 \cdot 64 = 77$. The kept energy is
// (0.81 + 0.64 + 0.25 + 0.25) / (1.55 + 0.79) = 1.95/2.34 = 0.833.
//
// Free to remove *any* half of the eight, you would keep −0.9, 0.8 and two of the three 0.5: here just as much. That is
// as good as it gets: 2:4 is one of the ways to remove half, and can't keep more than the best way. It can't lose more
// than half of the energy either.
//
// **Before you code, decide:** why not more than half? (Look at one group: what do the two smaller squares sum up to,
// compared with the two larger ones?)
//
// **Your turn.** The weights of a layer `[outputs, inputs]` lie row by row; `columns` is the number of inputs.
//
// - `mask24(weights, columns)` gives 1 for each weight that stays, and 0 for the others. Groups begin anew with each
//   row. If `columns` is no multiple of four, a row's last group is shorter: it keeps its two largest too, or all
//   that it has. Of equal magnitudes the first stay.
// - `keptEnergy(weights, mask)` gives $E$; 1 for weights that are all 0.
// - `compress24(weights, mask)` gives the `values` that stay, in order, and `indices`: value number $k$ has its position
//   in bits $2(k \bmod 4)$ and the next of byte $\lfloor k/4 \rfloor$; bits of the last byte that are
//   left over are 0. Here the weights are a multiple of four, and the mask has two ones in each group. A weight that
//   stays is stored even if it is 0.
// - `decompress24(values, indices)` gives the weights back, with zeros where they were removed.
// %% question q8 points=8 title="Two of four"
/** 1 for the two largest of every four neighbours in a row, 0 for the others. */
function mask24(weights: Float32Array, columns: number): Uint8Array {
  // BEGIN SOLUTION
  const mask = new Uint8Array(weights.length);
  for (let row = 0; row < weights.length; row += columns) {
    for (let start = row; start < row + columns; start += 4) {
      const size = Math.min(4, row + columns - start);
      const group = Array.from({ length: size }, (_, i) => start + i);
      // The sort is stable: of equal magnitudes the first stays in front.
      group.sort((i, j) => Math.abs(weights[j]!) - Math.abs(weights[i]!));
      for (const place of group.slice(0, 2)) mask[place] = 1;
    }
  }
  return mask;
  // END SOLUTION
}

/** The share of the sum of squares that stays. */
function keptEnergy(weights: Float32Array, mask: Uint8Array): number {
  // BEGIN SOLUTION
  let kept = 0;
  let all = 0;
  for (const [i, weight] of weights.entries()) {
    if (mask[i] === 1) kept += weight ** 2;
    all += weight ** 2;
  }
  return all === 0 ? 1 : kept / all;
  // END SOLUTION
}

/** Two values of every four weights, and their positions: two bits each, four in a byte. */
function compress24(weights: Float32Array, mask: Uint8Array): { values: Float32Array; indices: Uint8Array } {
  // BEGIN SOLUTION
  const values = weights.filter((_, i) => mask[i] === 1);
  const indices = new Uint8Array(Math.ceil(values.length / 4));
  let next = 0;
  for (const [i, stays] of mask.entries()) {
    if (stays === 0) continue;
    indices[Math.floor(next / 4)]! += (i % 4) * 4 ** (next % 4);
    next++;
  }
  return { values, indices };
  // END SOLUTION
}

/** The weights, with zeros where they were removed. */
function decompress24(values: Float32Array, indices: Uint8Array): Float32Array {
  // BEGIN SOLUTION
  const weights = new Float32Array(2 * values.length);
  for (const [k, value] of values.entries()) {
    const byte = indices[Math.floor(k / 4)]!;
    const position = Math.floor(byte / 4 ** (k % 4)) % 4;
    weights[4 * Math.floor(k / 2) + position] = value;
  }
  return weights;
  // END SOLUTION
}
// %% check q8
await check("q8");

// %% [markdown]
// **Look at it.** Four ways to remove half of the weights of the teaching CNN (of `conv2` and `dense1`), without training
// afterwards: the smallest anywhere in the layer; 2:4 with your `mask24`; two of four by chance; whole neurons (in
// `conv2`: channels), those with the smallest norms. Before you run it, order the four by the accuracy that you expect.
// %% explore
import { glyphs as pairsGlyphs } from "edgelab/core/data";
import {
  toLayerGraph as pairsGraphOf,
  fromLayerGraph as pairsModelOf,
  withWeights as pairsWithWeights,
} from "edgelab/core/model";
import { kernelOf as pairsKernelOf, magnitudeMask as pairsMaskOf } from "edgelab/core/pruning";
import { chooseBackend as pairsBackend, evaluate as pairsEvaluate } from "edgelab/core/training";
import { loadTrained as pairsLoad } from "edgelab/core/zoo";

await pairsBackend({ backend: "wasm" });
const pairsTrained = await pairsLoad("teaching-cnn-hard");
const pairsGraph = pairsGraphOf(pairsTrained.model);
const pairsImages = pairsGlyphs({ count: 2000, level: "hard", rng: seeded("two of four") });
const pairsDice = seeded("by chance");
const pairsLayers = ["conv2", "dense1"];

/** A matrix [rows, columns] with its axes exchanged. A kernel's last axis is the outputs; mask24 wants it first. */
function pairsTurned(data: Float32Array, rows: number): Float32Array {
  const columns = data.length / rows;
  return data.map((_, i) => data[(i % rows) * columns + Math.floor(i / rows)]!);
}

type PairsMethod = (weights: Float32Array, columns: number) => Uint8Array;
const pairsMethods: Record<string, PairsMethod> = {
  nothing: (weights) => new Uint8Array(weights.length).fill(1),
  "smallest anywhere": (weights) =>
    pairsMaskOf({ shape: [weights.length], data: weights }, { sparsity: 0.5 }).data,
  "2:4": mask24,
  "two of four by chance": (weights, columns) =>
    mask24(
      weights.map(() => pairsDice.uniform(1, 2)),
      columns,
    ),
  "half of the neurons": (weights, columns) => {
    const norms = Array.from({ length: weights.length / columns }, (_, row) =>
      weights.subarray(row * columns, (row + 1) * columns).reduce((sum, weight) => sum + weight ** 2, 0),
    );
    const middle = [...norms].sort((a, b) => a - b)[norms.length / 2]!;
    return Uint8Array.from(weights, (_, i) => (norms[Math.floor(i / columns)]! >= middle ? 1 : 0));
  },
};

const pairsRows: { method: string; removed: number; energy: number; accuracy: number }[] = [];
for (const [method, maskOf] of Object.entries(pairsMethods)) {
  let changed = pairsGraph;
  const before: number[] = [];
  const after: number[] = [];
  for (const name of pairsLayers) {
    const kernel = pairsKernelOf(pairsGraph, name);
    const outputs = kernel.shape.at(-1) ?? 1;
    const inputs = kernel.data.length / outputs;
    const weights = pairsTurned(kernel.data, inputs);
    const mask = maskOf(weights, inputs);
    const pruned = weights.map((weight, i) => weight * mask[i]!);
    before.push(...weights);
    after.push(...pruned);
    const bias = changed.nodes.find((node) => node.name === name)!.weights.slice(1);
    changed = pairsWithWeights(changed, name, [
      { shape: kernel.shape, data: pairsTurned(pruned, outputs) },
      ...bias,
    ]);
  }
  const model = pairsModelOf(changed);
  pairsRows.push({
    method,
    removed: (100 * after.filter((weight) => weight === 0).length) / after.length,
    energy:
      100 *
      keptEnergy(
        Float32Array.from(before),
        Uint8Array.from(after, (weight) => (weight === 0 ? 0 : 1)),
      ),
    accuracy: 100 * (await pairsEvaluate(model, pairsImages)).accuracy,
  });
  model.dispose();
}
table(pairsRows, {
  columns: [
    { key: "method", title: "what is removed" },
    { key: "removed", title: "removed", unit: "%" },
    { key: "energy", title: "energy kept", unit: "%" },
    { key: "accuracy", title: "accuracy, measured", unit: "%" },
  ],
  mark: ({ method }) => method === "2:4",
  caption: "2:4 comes near to the free choice; what is removed blindly is missed",
});
plot({
  title: "Whoever keeps more energy keeps more accuracy; 2:4 comes near to the free choice",
  x: { title: "what is removed" },
  y: { title: "energy kept, accuracy (%)" },
  series: [
    {
      label: "energy kept",
      kind: "measured",
      mark: "bar",
      x: pairsRows.map(({ method }) => method),
      y: pairsRows.map(({ energy }) => energy),
    },
    {
      label: "accuracy on 2,000 new images",
      kind: "measured",
      mark: "bar",
      x: pairsRows.map(({ method }) => method),
      y: pairsRows.map(({ accuracy }) => accuracy),
    },
  ],
  alt: "Untouched: 94.3 % right. Smallest anywhere: 90.5 % of the energy, 90.8 % right. 2:4: 83.7 % and 89.9 %. Half of the neurons: 61.7 % and 86.3 %. Two of four by chance: 49.9 % and 58.4 %.",
});

const pairsLarge = pairsTurned(pairsKernelOf(pairsGraph, "dense1").data, 1568);
const pairsPacked = compress24(pairsLarge, mask24(pairsLarge, 1568));
const pairsBytes = 2 * pairsPacked.values.length + pairsPacked.indices.length;
const pairsBack = decompress24(pairsPacked.values, pairsPacked.indices);
console.log(
  `dense1 in fp16: ${(2 * pairsLarge.length).toLocaleString("en")} bytes dense, ${pairsBytes.toLocaleString("en")} as 2:4, a share of ${pairsBytes / (2 * pairsLarge.length)}`,
);
console.log(
  `${pairsBack.filter((weight, i) => weight === pairsLarge[i]).length.toLocaleString("en")} of ${pairsLarge.length.toLocaleString("en")} weights come back as they were`,
);
// %% [markdown]
// **Think.** A group has only six patterns of two places in four, and $\log_2 6 = 2.6$ bits could name them. The format
// spends 4. A bitmap at 50 % zeros also spends one bit an element, 4 bits a group. What does the hardware get from 2:4
// that it does not get from the bitmap? And what does a processor without such units get from it?
// %% [markdown]
// ## 9 · Fewer dimensions
//
// *8 points, about 15 minutes*
//
// A dense layer with 784 inputs and 128 outputs has 100,352 weights. Pruning asks which *weights* it can do without.
// Ask instead which *directions*: if all that matters passes through 16 numbers, two thin layers do, 784 → 16 and
// 16 → 128, and they have 12,544 + 2,048 = 14,592 weights. They are dense. No index, no special hardware.
//
// The *singular value decomposition* (SVD) finds the directions. Any matrix $W$ of $m$ outputs and $n$ inputs is
//
// $$W = U \Sigma V^\top = \sum_{i=1}^{k} \sigma_i\, u_i v_i^\top, \qquad \sigma_1 \ge \sigma_2 \ge \dots \ge 0,
// \qquad k = \min(m, n)$$
//
// where the columns $u_i$ of $U$, and the $v_i$ of $V$, have length 1 and are orthogonal to each other. Keep the first
// $r$ terms. No matrix of rank $r$ comes nearer to $W$, and what is lost can be read from the singular values (Eckart
// and Young, 1936):
//
// $$\frac{\lVert W - W_r \rVert}{\lVert W \rVert} = \sqrt{\frac{\sum_{i > r} \sigma_i^2}{\sum_i \sigma_i^2}}
// \qquad\qquad \lVert W \rVert^2 = \sum_{ij} w_{ij}^2$$
//
// To store $W_r$ as a product $A B$, share each $\sigma_i$ equally, so that both factors have weights of the same size:
//
// $$A = U_r\, \Sigma_r^{1/2} \quad [m, r] \qquad\qquad B = \Sigma_r^{1/2}\, V_r^\top \quad [r, n]$$
//
// **By hand first.** $W = \begin{pmatrix} 3 & 2 \\ 2 & 3 \end{pmatrix}$ has $\sigma = (5, 1)$,
// $u_1 = v_1 = (1, 1)/\sqrt 2$ and $u_2 = v_2 = (1, -1)/\sqrt 2$. With rank 1 each entry of $A$ and $B$ is
// $\sqrt 5 / \sqrt 2 = 1.5811$, and $A B$ is 2.5 everywhere. Each of the four entries is off by 0.5: together
// $\sqrt{4 \cdot 0.25} = 1$, compared with $\lVert W \rVert = \sqrt{9 + 4 + 4 + 9} = \sqrt{26}$. The formula says the
// same: $\sqrt{1/26} = 0.196$.
//
// And nothing is saved: 2 + 2 numbers instead of 4. The product is smaller only if $r\,(m + n) < m\,n$.
//
// | layer | weights | one more rank costs | largest rank that saves | full rank |
// |---|---|---|---|---|
// | 2 × 2 | 4 | 4 | 0 | 2 |
// | 128 × 784 | 100,352 | 912 | 110 | 128 |
// | 1,000 × 1,000 | 1,000,000 | 2,000 | 499 | 1,000 |
//
// A square layer has to lose half of its rank before it saves a single weight.
//
// **Before you code, decide:** a matrix of random numbers, independent of each other. Will a few of its singular values
// be large, and the rest small?
//
// **Your turn.** The decomposition is given: `u` is $U$, `[m, k]`, and `v` is $V$, `[n, k]`, both row by row, so that
// entry $(i, j)$ of `u` is `u[i * k + j]`; `s` has the $k$ singular values, the largest first.
//
// - `factorize(u, s, v, rank)` gives `a` ($A$, `[m, rank]`) and `b` ($B$, `[rank, n]`), row by row, as float32, for a rank
//   from 1 to $k$.
// - `relativeError(s, rank)` gives the formula above for a rank from 0 to $k$; 0 if all singular values are 0.
// - `breakEvenRank(rows, columns)` gives the largest rank at which the two factors together have fewer weights than
//   the matrix; 0 if there is none.
// - `rankForError(s, limit)` gives the smallest rank, from 0 to $k$, whose relative error is at most `limit`.
// %% question q9 points=8 title="Fewer dimensions"
/** Two factors of rank `rank` whose product is nearest to U diag(s) Vᵀ. */
function factorize(
  u: Float64Array,
  s: Float64Array,
  v: Float64Array,
  rank: number,
): { a: Float32Array; b: Float32Array } {
  // BEGIN SOLUTION
  const k = s.length;
  const rows = u.length / k;
  const columns = v.length / k;
  const a = new Float32Array(rows * rank);
  const b = new Float32Array(rank * columns);
  for (let j = 0; j < rank; j++) {
    const share = Math.sqrt(s[j]!);
    for (let row = 0; row < rows; row++) a[row * rank + j] = u[row * k + j]! * share;
    for (let column = 0; column < columns; column++) b[j * columns + column] = share * v[column * k + j]!;
  }
  return { a, b };
  // END SOLUTION
}

/** How far the nearest matrix of this rank is, relative to the matrix. */
function relativeError(s: Float64Array, rank: number): number {
  // BEGIN SOLUTION
  let lost = 0;
  let all = 0;
  for (const [i, sigma] of s.entries()) {
    if (i >= rank) lost += sigma ** 2;
    all += sigma ** 2;
  }
  return all === 0 ? 0 : Math.sqrt(lost / all);
  // END SOLUTION
}

/** The largest rank at which two factors have fewer weights than the matrix. */
function breakEvenRank(rows: number, columns: number): number {
  // BEGIN SOLUTION
  return Math.ceil((rows * columns) / (rows + columns)) - 1;
  // END SOLUTION
}

/** The smallest rank whose relative error is at most the limit. */
function rankForError(s: Float64Array, limit: number): number {
  // BEGIN SOLUTION
  let rank = 0;
  while (relativeError(s, rank) > limit) rank++;
  return rank;
  // END SOLUTION
}
// %% check q9
await check("q9");

// %% [markdown]
// **Look at it: the spectrum.** The singular values of the first layer of a trained MLP, 784 → 128, and of a random
// matrix of the same size and the same norm.
// %% explore
import { svd as rankSvdOf } from "edgelab/core/low-rank";
import { toLayerGraph as rankGraphOf, findLayer as rankLayerOf } from "edgelab/core/model";
import { loadTrained as rankLoad } from "edgelab/core/zoo";

const rankTrained = await rankLoad("teaching-mlp");
const rankGraph = rankGraphOf(rankTrained.model);
const [rankKernel, rankBias] = rankLayerOf(rankGraph, "dense1").weights;
const [rankInputs = 0, rankOutputs = 0] = rankKernel!.shape;
/** W as the question has it: one row an output. The kernel has one row an input. */
const rankWeights = rankKernel!.data.map(
  (_, i) => rankKernel!.data[(i % rankInputs) * rankOutputs + Math.floor(i / rankInputs)]!,
);
const rankSvd = rankSvdOf({ shape: [rankOutputs, rankInputs], data: rankWeights });
const rankDraw = seeded("random matrix");
const rankNorm = (data: Float32Array) => Math.sqrt(data.reduce((sum, x) => sum + x ** 2, 0));
const rankRandom = rankWeights.map(() => rankDraw.normal());
const rankUnit = rankNorm(rankWeights) / rankNorm(rankRandom);
const rankNoise = rankSvdOf({ shape: [rankOutputs, rankInputs], data: rankRandom.map((x) => x * rankUnit) });
const rankNumbers = Array.from(rankSvd.singularValues, (_, i) => i + 1);
plot({
  title: "Training leaves a few strong directions; the random matrix has none",
  x: { title: "number of the singular value" },
  y: { title: "singular value" },
  series: [
    { label: "trained", kind: "measured", x: rankNumbers, y: rankSvd.singularValues },
    { label: "random", kind: "measured", x: rankNumbers, y: rankNoise.singularValues },
  ],
  alt: "The trained layer's singular values fall steeply from 4.74 to 2.53 within twelve, then slowly to 0.92. The random matrix's fall slowly all the way, from 2.52 to 1.10.",
});
for (const limit of [0.5, 0.2, 0.1]) {
  const ranks = [rankSvd, rankNoise].map(({ singularValues }) => rankForError(singularValues, limit));
  console.log(
    `relative error at most ${limit}: rank ${ranks[0]} of the trained layer, ${ranks[1]} of the random matrix`,
  );
}

// %% [markdown]
// **Look at it: the accuracy.** The layer is replaced by your factors, rank after rank, and the network is run on 1,000
// new images. Nothing is trained again. This takes some seconds, and needs the cell above.
// %% explore
import { glyphs as rankGlyphs } from "edgelab/core/data";
import { fromLayerGraph as rankModelOf, withWeights as rankWithWeights } from "edgelab/core/model";
import { chooseBackend as rankBackend, evaluate as rankEvaluate } from "edgelab/core/training";

await rankBackend({ backend: "wasm" });
const rankImages = rankGlyphs({ count: 1000, level: "easy", rng: seeded("fewer dimensions") });

/** The kernel [inputs, outputs] that two factors stand for. */
function rankProduct(a: Float32Array, b: Float32Array, rank: number): Float32Array {
  const kernel = new Float32Array(rankInputs * rankOutputs);
  for (let output = 0; output < rankOutputs; output++) {
    for (let j = 0; j < rank; j++) {
      const weight = a[output * rank + j]!;
      for (let input = 0; input < rankInputs; input++) {
        kernel[input * rankOutputs + output]! += weight * b[j * rankInputs + input]!;
      }
    }
  }
  return kernel;
}

const rankRows: { rank: number; weights: number; error: number; accuracy: number }[] = [];
for (const rank of [2, 4, 8, 12, 16, 24, 32, 48, 64, 96, 110, 128]) {
  const { a, b } = factorize(rankSvd.u.data, rankSvd.singularValues, rankSvd.v.data, rank);
  const kernel = { shape: [rankInputs, rankOutputs], data: rankProduct(a, b, rank) };
  const model = rankModelOf(rankWithWeights(rankGraph, "dense1", [kernel, rankBias!]));
  rankRows.push({
    rank,
    weights: (100 * (a.length + b.length)) / rankWeights.length,
    error: 100 * relativeError(rankSvd.singularValues, rank),
    accuracy: 100 * (await rankEvaluate(model, rankImages)).accuracy,
  });
  model.dispose();
}
plot({
  title: "A quarter of the weights, far from the layer, yet as good but for a point",
  x: { title: "weights of the two factors (% of the layer)" },
  y: { title: "accuracy, relative error (%)" },
  series: [
    {
      label: "accuracy",
      kind: "measured",
      x: rankRows.map(({ weights }) => weights),
      y: rankRows.map(({ accuracy }) => accuracy),
    },
    {
      label: "relative error",
      kind: "measured",
      x: rankRows.map(({ weights }) => weights),
      y: rankRows.map(({ error }) => error),
    },
  ],
  alt: "Accuracy jumps from 49.5 % at rank 8 to 94.0 % at rank 12 and 97.0 % at rank 24, which has 21.8 % of the weights; the full layer has 98.1 %. The relative error falls evenly: at rank 24 it is still 70.6 %.",
});
table(rankRows, {
  columns: [
    { key: "rank", title: "rank kept" },
    { key: "weights", title: "weights", unit: "% of the layer" },
    { key: "error", title: "relative error", unit: "%" },
    { key: "accuracy", title: "accuracy, measured", unit: "%" },
  ],
  mark: ({ rank }) => rank === breakEvenRank(rankOutputs, rankInputs),
  caption: "Beyond the marked rank two factors have more weights than the layer",
});
// %% [markdown]
// **Think.** At rank 24 the weights are off by 71 %, and the network still gets 97 of 100 digits right. At rank 8 they are
// off by 84 %, and half of its answers are wrong. The relative error weighs all directions alike. Which directions does
// a picture of a digit never have? And which number would you look at instead, to choose a rank?
// %% [markdown]
// ## 10 · A plan for a phone
//
// *8 points, about 20 minutes*
//
// An app recognizes plants from the phone's camera. The network works; it is too large and too slow. No code this time:
// you write the plan. Suppose that you were given these numbers:
//
// | what | now | wanted |
// |---|---|---|
// | weights, float32 | 10.0 million, 40 MB | at most 5 MB, on the phone |
// | of them in convolutions | 5.8 million, 99 % of the MACs | |
// | of them in one dense layer, 4,096 → 1,024 | 4.2 million, 1 % of the MACs | |
// | time of one image, measured on the phone | 120 ms, 95th percentile 160 ms | 95th percentile at most 80 ms |
// | accuracy on 5,000 test images | 91.0 % | at least 90.0 % |
// | the phone's runtime | dense kernels alone, float32 and int8; loads dense tensors | can't be changed |
// | the download | the app store compresses it | |
// | for training | 20,000 labelled images; a night on one GPU | |
// %% written w1 points=8 title="A plan for a phone" rubric="removes whole channels from the convolutions, because the runtime has dense kernels alone; says that unstructured zeros leave time and loaded size as they are, and at most make the download smaller; says that 2:4 needs hardware with sparse kernels, which a phone with this runtime lacks; treats the dense layer by low rank (or by removing its inputs and neurons) with a rank that saves, up to 819, or up to 754 after 30 % of its inputs are gone; shows by arithmetic that the plan fits into 5 MB, with int8 as a quarter of the float32 bytes; names a schedule: per-layer sensitivity first, then in steps with training between them, not all at once; orders it prune, train, quantize, calibrate after pruning, with a reason; says how it is measured: on the phone, warm, many runs, 95th percentile, accuracy on test images that no decision was made with, and what is done if a limit is missed"
// Write a plan of 200 to 400 words that meets all of the wishes at once. For each of unstructured pruning, removing
// channels, 2:4 sparsity and low rank, say whether you use it here, where, and why or why not. Show by arithmetic that
// it fits into 5 MB. Say in which order and in which steps you prune, train and quantize. Say how you will find out
// whether it worked, and what you do if the time or the accuracy is missed.
//
// BEGIN SOLUTION
// Quantization alone gives 10 million bytes: twice too many. So weights must go as well, and in a way that a dense
// runtime notices.
//
// Channels: yes, in the convolutions. Removing 30 % of the channels leaves about 0.7 · 0.7 = 0.49 of the weights and of
// the MACs between two pruned layers: 5.8 million become 2.8 million. The dense layer then has 0.7 · 4,096 = 2,867
// inputs: 2.9 million weights.
//
// Low rank: yes, for the dense layer. With 2,867 inputs it saves up to rank 754: 2,867 · 1,024 / (2,867 + 1,024) = 754.5.
// With rank 256 it has 256 · (2,867 + 1,024) = 1.0 million weights. It hardly changes the time, as 1 % of the MACs are there.
//
// Sum: 2.8 + 1.0 = 3.8 million weights, 3.8 MB in int8 with a few kB of scales: below 5 MB.
//
// Unstructured: no. The runtime loads dense tensors and multiplies by zeros as by anything else. Only the compressed
// download would shrink. 2:4: no. It needs kernels that skip zeros, such as those of an Ampere GPU.
//
// Order: scan the sensitivity of each layer, on validation images, and take more channels where they cost little. Remove
// them in steps of about 10 % with an epoch or two of training after each, then factorize the dense layer, train again,
// then quantize: calibrate on training images, since pruning changes the ranges, and pruning needs float weights to
// train. If int8 costs too much, train with fake quantization for the last epochs.
//
// Measure on the phone, in the release build, after warming up, 200 runs, median and 95th percentile, also after
// minutes of use, when it is hot. If time follows the MACs, 0.49 of 160 ms are 78 ms: hardly below 80, and time rarely
// follows so well. int8 should add a reserve, which the phone has to show. Accuracy once, at the end, on the 5,000 test
// images: no decision was made with them (0.4 points is their standard error at 91 %). If the time is missed, remove
// more channels from the slowest layers; if the accuracy is missed, give back channels in the most sensitive ones, or
// distil from the network of today.
// END SOLUTION
// %% [markdown]
// ## What you have now
//
// - **What to remove.** Magnitude is a stand-in for harm: it is right where inputs are equally strong, and comparable
//   between layers only where their scales are (1, 2). A scan measures instead of guessing (4).
// - **How to remove it.** Training afterwards brings most of the accuracy back; small steps pay where nearly all of the
//   weights go (5). What is left learns well from the values that it began with, and worse from new ones (6).
// - **What it is good for.** Zeros need a format to save bytes, and a kernel to save time (7, 8). Channels and ranks that
//   are gone save both in any runtime. Before they are trained again they cost more accuracy (3, 9).
//
// > The lecture's table gives pruning by 50 % a size of one half and a speed of 1.5 to 2. You have seen both fail for
// > single weights: with a mask neither the parameters in the file nor the processor time changed (3), and a sparse
// > format adds the places to the values (7). Half of the *channels*, on the other hand, left 30 % of the MACs (3).
//
// Before you hand in, save the notebook. In a terminal, in the course's folder, `npx --no-install edgelab check 02-pruning`
// runs all of it anew and says how each question stands; `npx --no-install edgelab submit 02-pruning` hands it in.
