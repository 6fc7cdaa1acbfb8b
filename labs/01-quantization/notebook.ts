// %% [markdown]
// # Lab 1 · Quantization
//
// A trained network is a long list of numbers, four bytes each. A doorbell's microcontroller has 256 KB of memory, and an
// Edge TPU knows no floats at all. In this lab you store those numbers in one byte each and less, compute with them as
// integers, and measure what it costs. You write the arithmetic that PyTorch, ONNX Runtime and TensorFlow Lite run when
// they quantize a model: first for one list of weights, then for a layer, then for a network that reads digits.
//
// | question | you write | points | time |
// |---|---|--:|--:|
// | 1 · One byte a weight | the affine map | 10 | 12 min |
// | 2 · Around zero | symmetric int8, and how to measure its noise | 10 | 12 min |
// | 3 · One loud channel | a scale for each channel | 10 | 15 min |
// | 4 · Which range? | observers that choose a range for activations | 12 | 18 min |
// | 5 · Integers only | a layer without a single float | 14 | 20 min |
// | 6 · A whole network | calibration and codes for a network that reads digits | 14 | 22 min |
// | 7 · Scales that come with the data | dynamic quantization | 10 | 15 min |
// | 8 · Train with the rounding in the loop | quantization-aware training | 12 | 20 min |
// | 9 · Three devices, three schemes | an answer in words | 5 | 12 min |
// | 10 · Which comes first? | an answer in words | 3 | 6 min |
//
// That is 100 points and about two and a half hours. After each answer, run the cell with `check`: it tries your
// functions and says what it saw. The questions do not need each other's answers, so you can leave one and come back.
//
// The cells below **Look at it** are yours to change; they are not graded. Such a cell needs your answer, so *Run All*
// stops at the first one whose question you have not answered: it says which.
// %% [markdown]
// Run this cell first. It holds two small helpers for all of the questions. Read `roundHalfToEven`: question 1
// says why you need it.
// %%
import { seeded } from "edgelab/core";
import { check, plot, table } from "edgelab/notebook";

/** The nearest integer. A tie, such as 2.5, goes to the even neighbour. */
function roundHalfToEven(x: number): number {
  const below = Math.floor(x);
  const fraction = x - below;
  if (fraction < 0.5) return below;
  if (fraction > 0.5) return below + 1;
  return below % 2 === 0 ? below : below + 1;
}

/** a - b, one by one. */
function difference(a: Float32Array, b: Float32Array): Float32Array {
  return a.map((value, i) => value - (b[i] ?? 0));
}
// %% [markdown]
// ## 1 · One byte a weight
//
// *10 points, about 12 minutes*
//
// A float32 weight costs four bytes. Suppose that one byte is all you may spend. A byte names 256 values:
// which 256 real numbers should they be?
//
// The *affine map* spaces them evenly. Two numbers describe it: the **scale** $S$, the distance between
// neighbours, and the **zero point** $Z$, the integer that stands for 0. With $b$ bits,
//
// $$q = \mathrm{clamp}\big(\mathrm{round}(x/S + Z),\ 0,\ 2^b - 1\big) \qquad\qquad \hat x = S\,(q - Z)$$
//
// **By hand first.** Take the weights $[-2.5,\ -1,\ 0,\ 1.5,\ 3]$ and 8 bits. Their range is 5.5 wide, and 256
// values have 255 gaps: $S = 5.5/255 = 0.0215686$. Zero lies $2.5/S = 115.909$ steps above the bottom, and an
// integer has to stand for it: $Z = 116$.
//
// | $x$ | −2.5 | −1 | 0 | 1.5 | 3 |
// |---|---|---|---|---|---|
// | $x/S + Z$ | 0.091 | 69.636 | 116 | 185.545 | 255.091 |
// | $q$ | 0 | 70 | 116 | 186 | 255 |
// | $\hat x - x$ | −0.002 | +0.008 | **0** | +0.010 | −0.002 |
//
// > The lecture's slide prints 185 for 1.5, and its `int()` cuts 115.909 to 115. Follow the numbers, not the
// > slide. $Z$ is used in both directions, so with 115 most weights still come back right. The smallest does
// > not: it falls on −1, which a byte can't hold, is clipped to 0, and comes back as −2.480, wrong by nine
// > tenths of a step.
// >
// > Two more. The slide's formula has no clamp: for 4, a value that the range did not foresee, it answers
// > $4/S + 116 = 301.45$, rounded 301. A byte keeps $301 - 256 = 45$ of that, which stands for −1.53. And it says int8,
// > which ends at 127: codes from 0 to 255 are uint8.
//
// **Ties.** What is the nearest integer to 2.5? ONNX and PyTorch take the even one, 2: then ties go up as
// often as down. JavaScript's `Math.round` always goes up: 2.5 becomes 3, and −2.5 becomes −2. Use
// `roundHalfToEven`.
//
// **Before you code, decide:** 0 is represented *exactly*, and no other number has to be. Why 0? (What does
// padding put around an image? What does a ReLU put out for half of its inputs?)
//
// **Your turn.**
//
// - `affineParams(min, max, bits)` gives $S$ and $Z$ for data between `min` and `max`, with 2 to 8 bits. Ties of $Z$
//   go to the even integer too. The range must contain 0 even if the data doesn't: widen it. For data that is all
//   zero, answer scale 1 and zero point 0.
// - `quantize(x, scale, zeroPoint, bits)` gives the codes, `dequantize(q, scale, zeroPoint)` the way back.
// %% question q1 points=10 title="One byte a weight"
/** Scale and zero point of the affine map for data between min and max. */
function affineParams(min: number, max: number, bits = 8): { scale: number; zeroPoint: number } {
  // BEGIN SOLUTION
  const low = Math.min(min, 0);
  const high = Math.max(max, 0);
  if (low === high) return { scale: 1, zeroPoint: 0 };
  const scale = (high - low) / (2 ** bits - 1);
  return { scale, zeroPoint: roundHalfToEven(-low / scale) };
  // END SOLUTION
}

/** One code from 0 to 2^bits - 1 for each number. */
function quantize(x: Float32Array, scale: number, zeroPoint: number, bits = 8): Uint8Array {
  // BEGIN SOLUTION
  const top = 2 ** bits - 1;
  return Uint8Array.from(x, (value) => {
    const code = roundHalfToEven(value / scale + zeroPoint);
    return Math.min(Math.max(code, 0), top);
  });
  // END SOLUTION
}

/** The number that each code stands for. */
function dequantize(q: Uint8Array, scale: number, zeroPoint: number): Float32Array {
  // BEGIN SOLUTION
  return Float32Array.from(q, (code) => scale * (code - zeroPoint));
  // END SOLUTION
}
// %% check q1
await check("q1");
// %% [markdown]
// **Look at it.** The plot shows $\hat x - x$ for 601 numbers between −2.5 and 3. Before you run it, say what
// the curve will look like, how high it can get, and where it crosses zero. Then change `bits` to 3 and to 6.
// %% explore
const bits = 4;
const line = Float32Array.from({ length: 601 }, (_, i) => -2.5 + (5.5 * i) / 600);
const map = affineParams(-2.5, 3, bits);
const lineBack = dequantize(quantize(line, map.scale, map.zeroPoint, bits), map.scale, map.zeroPoint);
plot({
  title: `With ${bits} bits no error is larger than half a step, ${(map.scale / 2).toPrecision(3)}`,
  x: { title: "weight" },
  y: { title: "restored minus original weight" },
  series: [{ label: "error", kind: "measured", x: line, y: difference(lineBack, line) }],
  alt: `A sawtooth between plus and minus ${(map.scale / 2).toPrecision(3)} with ${2 ** bits} falling teeth, one for each code: the error is zero at the code, and jumps half-way to the next.`,
});
// %% [markdown]
// **Think.** With 8 bits, half a step is 0.0108. Where would an error of that size hurt more: in a weight of 3,
// or in one of 0.02? How large is it beside each of them, in percent? Question 3 comes back to this.
// %% [markdown]
// ## 2 · Around zero
//
// *10 points, about 12 minutes*
//
// Weights lie on both sides of 0, about evenly. Then the zero point can be 0 itself, and one number is enough.
// That saves more than a number. A layer adds up products; with $\hat w = S_w q_w$ and $\hat x = S_x q_x$,
//
// $$\sum \hat w\,\hat x = S_w S_x \sum q_w\, q_x$$
//
// is a sum of integers, scaled once at the end. A zero point in $\hat w$ would add a second sum.
//
// *Symmetric int8* spreads the codes −127 … 127 over $[-\max|x|,\ \max|x|]$:
//
// $$S = \frac{\max|x|}{127} \qquad q = \mathrm{clamp}\big(\mathrm{round}(x/S),\ -127,\ 127\big) \qquad \hat x = S\,q$$
//
// **By hand first.** Take the weights $[-0.42,\ -0.13,\ 0,\ 0.05,\ 0.31]$: $S = 0.42/127 = 0.00330709$.
//
// | $x$ | −0.42 | −0.13 | 0 | 0.05 | 0.31 |
// |---|---|---|---|---|---|
// | $x/S$ | −127 | −39.310 | 0 | 15.119 | 93.738 |
// | $q$ | −127 | −39 | 0 | 15 | 94 |
// | $\hat x - x$ | 0 | +0.00102 | 0 | −0.00039 | +0.00087 |
//
// **How much is lost?** Compare the power of the signal with the power of the error. The
// *signal-to-quantization-noise ratio* does it in decibels, where a factor of 10 in power is 10 dB:
//
// $$\mathrm{SQNR} = 10 \log_{10} \frac{\sum x^2}{\sum (x - \hat x)^2}$$
//
// Above, $\sum x^2 = 0.2919$ and $\sum (x - \hat x)^2 = 0.000001953$: the signal has 149,500 times the power of
// the noise, which is 51.7 dB.
//
// **Clip before you store.** An `Int8Array` does not saturate, it wraps around: `Int8Array.of(130)[0]` is
// −126. A weight a little beyond the range would come back with the wrong sign.
//
// **Before you code, decide:** an int8 can hold −128 too. Why leave that code unused? (Which code stands for
// the opposite of a number?)
//
// **Your turn.**
//
// - `symmetricScale(x)` gives $S$; for data that is all zero, answer 1.
// - `quantizeSymmetric(x, scale)` gives the codes. The scale may be smaller than the data needs, so values
//   beyond the range must saturate. Ties go to the even integer.
// - `sqnr(x, restored)` gives decibels; if nothing at all was lost, answer `Infinity`.
// %% question q2 points=10 title="Around zero"
/** The scale of symmetric int8 codes for this data. */
function symmetricScale(x: Float32Array): number {
  // BEGIN SOLUTION
  let largest = 0;
  for (const value of x) largest = Math.max(largest, Math.abs(value));
  return largest === 0 ? 1 : largest / 127;
  // END SOLUTION
}

/** One code from -127 to 127 for each number. */
function quantizeSymmetric(x: Float32Array, scale: number): Int8Array {
  // BEGIN SOLUTION
  return Int8Array.from(x, (value) => {
    const code = roundHalfToEven(value / scale);
    return Math.min(Math.max(code, -127), 127);
  });
  // END SOLUTION
}

/** Signal-to-quantization-noise ratio in decibels. */
function sqnr(x: Float32Array, restored: Float32Array): number {
  // BEGIN SOLUTION
  let signal = 0;
  for (const value of x) signal += value ** 2;
  let noise = 0;
  for (const error of difference(x, restored)) noise += error ** 2;
  if (noise === 0) return Infinity;
  return 10 * Math.log10(signal / noise);
  // END SOLUTION
}
// %% check q2
await check("q2");
// %% [markdown]
// **Look at it.** How many decibels is one bit worth? The cell draws 4,096 weights from a bell curve and
// quantizes them with 2 to 8 bits: with $b$ bits the largest code is $2^{b-1} - 1$. Beside it, a line that
// rises by 6.02 dB a bit (half the step means a quarter of the noise power, and $10 \log_{10} 4 = 6.02$).
// %% explore
const normal = seeded("bell curve");
const bell = Float32Array.from({ length: 4096 }, () => normal.normal(0, 0.05));
const widths = [2, 3, 4, 5, 6, 7, 8];
const decibels = widths.map((width) => {
  const scale = (symmetricScale(bell) * 127) / (2 ** (width - 1) - 1);
  return sqnr(
    bell,
    Float32Array.from(quantizeSymmetric(bell, scale), (code) => scale * code),
  );
});
plot({
  title: "A bit is worth about 6 dB; the first ones more",
  x: { title: "bits" },
  y: { title: "SQNR (dB)" },
  series: [
    { label: "measured", kind: "measured", x: widths, y: decibels },
    {
      label: "6.02 dB a bit",
      kind: "simulated",
      x: widths,
      y: widths.map((width) => (decibels.at(-1) ?? 0) - 6.02 * (8 - width)),
    },
  ],
  alt: "Measured SQNR rises from 1 dB at 2 bits to 42 dB at 8 bits, near the end along a line of 6.02 dB a bit.",
});
// %% [markdown]
// **Think.** One weight ten times as large as all the others joins the layer. What happens to $S$, to the
// errors of the other weights, and to the SQNR? Try it: put `bell[0] = 2;` above `const widths`.
// %% [markdown]
// ## 3 · One loud channel
//
// *10 points, about 15 minutes*
//
// A convolution's weights have the shape `[out, in, height, width]`. All weights that make one output channel
// lie together, one channel after the other. After training, channels often differ a lot in size: one is loud,
// the others are quiet. Should they share a scale?
//
// **By hand first.** Two output channels of three weights each, shape `[2, 1, 1, 3]`, symmetric int8:
//
// | | quiet channel | loud channel |
// |---|---|---|
// | $w$ | 0.02, −0.05, 0.03 | 4, −10.16, 2.5 |
// | *per tensor*: $S = 10.16/127 = 0.08$ | | |
// | $q$ | 0, −1, 0 | 50, −127, 31 |
// | $\hat w$ | **0, −0.08, 0** | 4, −10.16, 2.48 |
// | *per channel*: $S_c = \max|w_c|/127$ | $S_0 = 0.000393701$ | $S_1 = 0.08$ |
// | $q$ | 51, −127, 76 | 50, −127, 31 |
// | $\hat w$ | 0.02008, −0.05, 0.02992 | 4, −10.16, 2.48 |
//
// With one scale for all, the quiet channel has next to no codes left: its step is 203 times as wide as it had
// to be. With a scale of its own it comes back almost unharmed, and the loud channel loses nothing.
//
// The price is one more number for each channel. For a layer of 64 channels with 576 weights each, that is
// 64 · 4 = 256 bytes of scales beside 36,864 bytes of codes: 0.7 %.
//
// > "4×" smaller, says the lecture. It counts the codes alone: the 147,456 bytes of this layer become
// > $36{,}864 + 256 = 37{,}120$, which is 3.97 times less. Its PyTorch example of per-channel quantization leaves the
// > model as it was: `prepare_qat(model)` and `convert(model)` give back a changed model, and the slide drops both.
//
// **Before you code, decide:** each *output* channel gets a scale, and no input channel does. Why may a scale
// depend on the output channel without spoiling the sum of integers of question 2?
//
// **Your turn.** Axis 0 of `shape` is the output channel, whatever axes follow: a linear layer has `[out, in]`.
//
// - `channelScales(weights, shape)` gives one symmetric int8 scale for each output channel; 1 for a channel
//   that is all zero.
// - `quantizePerChannel(weights, shape, scales)` gives the codes, from −127 to 127, ties to even. A scale may be
//   smaller than its channel needs: what lies beyond its range must saturate.
// - `dequantizePerChannel(codes, shape, scales)` gives the weights that they stand for.
// %% question q3 points=10 title="One loud channel"
/** The symmetric int8 scale of each output channel. */
function channelScales(weights: Float32Array, shape: number[]): number[] {
  // BEGIN SOLUTION
  const [channels = 1] = shape;
  const size = weights.length / channels;
  return Array.from({ length: channels }, (_, c) => {
    const channel = weights.subarray(c * size, (c + 1) * size);
    let largest = 0;
    for (const weight of channel) largest = Math.max(largest, Math.abs(weight));
    return largest === 0 ? 1 : largest / 127;
  });
  // END SOLUTION
}

/** One code from -127 to 127 for each weight. */
function quantizePerChannel(weights: Float32Array, shape: number[], scales: number[]): Int8Array {
  // BEGIN SOLUTION
  const [channels = 1] = shape;
  const perChannel = weights.length / channels;
  return Int8Array.from(weights, (weight, i) => {
    const scale = scales[Math.floor(i / perChannel)] ?? 1;
    return Math.min(Math.max(roundHalfToEven(weight / scale), -127), 127);
  });
  // END SOLUTION
}

/** The weight that each code stands for. */
function dequantizePerChannel(codes: Int8Array, shape: number[], scales: number[]): Float32Array {
  // BEGIN SOLUTION
  const [channels = 1] = shape;
  const length = codes.length / channels;
  return Float32Array.from(codes, (code, i) => code * (scales[Math.floor(i / length)] ?? 1));
  // END SOLUTION
}
// %% check q3
await check("q3");
// %% [markdown]
// **Look at it.** Eight channels of 3 × 3 × 3 weights; channel 5 is forty times as loud as the others. The plot
// has the SQNR of each channel by itself. The lines below it have the SQNR of the whole tensor.
// %% explore
const kernel = [8, 3, 3, 3];
const draw = seeded("one loud channel");
const weights = Float32Array.from({ length: 8 * 27 }, (_, i) =>
  draw.normal(0, Math.floor(i / 27) === 5 ? 2 : 0.05),
);
const ownScales = channelScales(weights, kernel);
const oneScale = ownScales.map(() => Math.max(...ownScales));

function restore(scales: number[]): Float32Array {
  return dequantizePerChannel(quantizePerChannel(weights, kernel, scales), kernel, scales);
}

/** Decibels, written out again so that this cell does not need question 2. */
function quality(restored: Float32Array, from: number, to: number): number {
  const power = (values: Float32Array) => values.slice(from, to).reduce((sum, value) => sum + value ** 2, 0);
  return 10 * Math.log10(power(weights) / power(difference(weights, restored)));
}

const channelNumbers = [0, 1, 2, 3, 4, 5, 6, 7];
const byChannel = (scales: number[]) =>
  channelNumbers.map((c) => quality(restore(scales), 27 * c, 27 * (c + 1)));
plot({
  title: "One shared scale ruins every channel but the loud one",
  x: { title: "output channel" },
  y: { title: "SQNR of the channel (dB)" },
  series: [
    { label: "per channel", kind: "measured", mark: "points", x: channelNumbers, y: byChannel(ownScales) },
    { label: "per tensor", kind: "measured", mark: "points", x: channelNumbers, y: byChannel(oneScale) },
  ],
  alt: "With scales of their own all channels have 43 to 49 dB. With one scale only channel 5 keeps 45 dB; the others have 10 to 15 dB.",
});
console.log(`whole tensor, per channel: ${quality(restore(ownScales), 0, 216).toFixed(1)} dB`);
console.log(`whole tensor, per tensor:  ${quality(restore(oneScale), 0, 216).toFixed(1)} dB`);
// %% [markdown]
// **Think.** With one scale the whole tensor still reports 36 dB, about what 7 bits gave in question 2. Yet seven
// of its eight channels are left with 10 to 15 dB: what 3 bits gave. Why does the one number hide them? What
// would you look at instead before you ship a quantized layer?
// %% [markdown]
// ## 4 · Which range?
//
// *12 points, about 18 minutes*
//
// A layer's weights lie in a file: their range can be read off. Its *activations*, what it puts out, do not
// exist before an image comes in. So a few dozen typical inputs are sent through the network beforehand, and an
// **observer** watches the outputs and decides on a range. That is called *calibration*, and the range stays
// fixed from then on.
//
// Which range? Say that a layer puts out 0 ten times, 1 twenty times, 2 ten times, and 6 once: 41 values. You
// have 2 bits, that is four codes. A range that holds everything, 0 to 6, has codes for 0, 2, 4 and 6: all twenty
// ones are wrong by 1, for the sake of a single 6. A range from 0 to 3 gets the ones and twos exactly right, and
// *clips* the 6 to 3. A narrow range rounds finely and clips much, a wide one the other way round.
//
// Measure it by the mean squared error of what comes back, for a range $[\mathit{min}, \mathit{max}]$ with $b$ bits:
//
// $$S = \frac{\mathit{max} - \mathit{min}}{2^b - 1} \qquad Z = \mathrm{round}(-\mathit{min}/S) \qquad
// \hat x = S\,\big(\mathrm{clamp}(\mathrm{round}(x/S + Z),\ 0,\ 2^b - 1) - Z\big)$$
//
// $$\mathrm{MSE} = \frac{1}{n} \sum (x - \hat x)^2$$
//
// **By hand first.** The 41 values and 2 bits; $Z$ is 0.
//
// | range | $S$ | ones come back as | twos as | the six as | sum of squared errors | MSE |
// |---|---|---|---|---|---|---|
// | 0 to 6 | 2 | 0 (a tie) | 2 | 6 | 20 · 1² = 20 | 0.488 |
// | 0 to 4.5 | 1.5 | 1.5 | 1.5 | 4.5 | 20 · 0.25 + 10 · 0.25 + 2.25 = 9.75 | 0.238 |
// | 0 to 3 | 1 | 1 | 2 | 3 | 9 | 0.220 |
// | 0 to 2 | 0.667 | 1.333 (a tie) | 2 | 2 | 20 · 0.111 + 16 = 18.2 | 0.444 |
//
// Four observers that tools offer:
//
// - **Min/max** takes the smallest and the largest value of all batches: 0 to 6. Nothing is clipped. One freak
//   value stretches the scale for good.
// - **Percentile** leaves out a fixed share at the ends. To keep 95 % of 41 values, $41 \cdot 5/200 = 1.025$ of
//   them go at each end, rounded 1: one 0 and the 6. The range is 0 to 2.
// - **MSE** tries many ranges and keeps the one with the least error. The whole range times 1.00, 0.99, … down to
//   0.10: here 0.57 wins, 0 to 3.42, with a sum of 7.83 and an MSE of 0.191.
// - **Entropy** (TensorRT's calibrator) compares distributions, not values. For each candidate threshold $T$, $p$ is
//   the histogram up to $T$, with all counts beyond it added to its last bin. $q$ is the histogram up to $T$ without
//   them, merged into 128 levels, each spread evenly over those of its bins that are not empty. The $T$ with the least
//   $\mathrm{KL}(p\,\|\,q) = \sum p \ln(p/q)$ wins. A clipped value costs the same here, however far out it lies: only
//   how *many* are clipped counts. (ONNX Runtime's own defaults, 128 bins and 128 levels, leave a single
//   candidate, so its "entropy" gives the same range as min/max. It takes more bins, such as 2,048.)
//
// **Before you code, decide:** by the MSE, how much does it cost to clip one value of 6 to 3? And one of 60? Which
// of the four observers would still clip a 60 as readily as a 6?
//
// **Your turn.** Each range contains 0, also where the values don't. Rounding is `roundHalfToEven` throughout.
//
// - `minMaxRange(batches)`: the smallest and the largest value of all batches together, and 0. A batch may be
//   empty; of no batches at all, 0 to 0.
// - `percentileRange(values, percent)`: sort the $n$ values, leave out
//   $k = \mathrm{round}\big(n\,(100 - \mathit{percent})/200\big)$ at *each* end, and take the smallest and the largest
//   of the others, and 0. `percent` lies between 50 and 100, and there is at least one value.
// - `meanSquaredError(values, range, bits)`: the MSE above, for a range with $\mathit{min} < \mathit{max}$.
// - `mseRange(values, bits)`: of the 91 ranges $[t\,\mathit{min},\ t\,\mathit{max}]$, $t = 1.00, 0.99, …, 0.10$, the one
//   with the least error; $\mathit{min}$ and $\mathit{max}$ are those of `minMaxRange`. If two have exactly the same
//   error, take the wider one. (Count in whole percents: adding up 0.01 drifts.) For values that are all 0 answer 0 to 0.
// %% question q4 points=12 title="Which range?"
interface ActivationRange {
  min: number;
  max: number;
}

/** From the smallest to the largest value of all batches, widened to contain 0. */
function minMaxRange(batches: Float32Array[]): ActivationRange {
  // BEGIN SOLUTION
  let min = 0;
  let max = 0;
  for (const batch of batches) {
    for (const value of batch) {
      min = Math.min(min, value);
      max = Math.max(max, value);
    }
  }
  return { min, max };
  // END SOLUTION
}

/** What is left when as many values as `percent` says are left out at both ends, widened to contain 0. */
function percentileRange(values: Float32Array, percent: number): ActivationRange {
  // BEGIN SOLUTION
  const sorted = Float32Array.from(values).sort();
  const cut = roundHalfToEven((sorted.length * (100 - percent)) / 200);
  return minMaxRange([sorted.subarray(cut, sorted.length - cut)]);
  // END SOLUTION
}

/** The mean of (x - what its code stands for)², with the affine codes of this range. */
function meanSquaredError(values: Float32Array, range: ActivationRange, bits: number): number {
  // BEGIN SOLUTION
  const top = 2 ** bits - 1;
  const scale = (range.max - range.min) / top;
  const zeroPoint = roundHalfToEven(-range.min / scale);
  let sum = 0;
  for (const value of values) {
    const code = Math.min(Math.max(roundHalfToEven(value / scale + zeroPoint), 0), top);
    sum += (value - scale * (code - zeroPoint)) ** 2;
  }
  return sum / values.length;
  // END SOLUTION
}

/** Of the whole range times 1.00, 0.99, … 0.10, the one with the least error. */
function mseRange(values: Float32Array, bits: number): ActivationRange {
  // BEGIN SOLUTION
  const whole = minMaxRange([values]);
  let best = whole;
  let least = Infinity;
  for (let percent = 100; percent >= 10; percent--) {
    const tried = { min: (whole.min * percent) / 100, max: (whole.max * percent) / 100 };
    const error = meanSquaredError(values, tried, bits);
    if (error < least) {
      least = error;
      best = tried;
    }
  }
  return best;
  // END SOLUTION
}
// %% check q4
await check("q4");

// %% [markdown]
// **Look at it.** 64 digits go through a trained network, in four batches, and we watch what its second
// convolution puts out behind its ReLU: 401,408 values. Your functions choose three of the ranges; the library's
// observer adds entropy, with 2,048 bins. "MSE 8" is your range of least error for 8 bits. Before you run it: where will the MSE put the end for 8 bits, and where for 4?
// %% explore
import { glyphs as calibrationGlyphs } from "edgelab/core/data";
import { toLayerGraph as layersOf, fromLayerGraph as partOfNetwork } from "edgelab/core/model";
import { observe, observer, rangesOf } from "edgelab/core/quantization";
import { chooseBackend as calibrationBackend, predict as outputsOf } from "edgelab/core/training";
import { loadTrained as loadWatched } from "edgelab/core/zoo";
import { table as rangeTable } from "edgelab/notebook";

await calibrationBackend({ backend: "wasm" });
const watched = await loadWatched("teaching-cnn-hard");
const calibrationDigits = calibrationGlyphs({
  count: 64,
  level: "hard",
  rng: seeded("calibration"),
});
const untilConv2 = partOfNetwork({ ...layersOf(watched.model), outputs: ["conv2"] });
const conv2Outputs = await outputsOf(untilConv2, calibrationDigits.inputs);
const conv2Values = Float32Array.from(conv2Outputs.data);
const conv2Quarter = conv2Values.length / 4;
const conv2Batches = [0, 1, 2, 3].map((i) => conv2Values.subarray(i * conv2Quarter, (i + 1) * conv2Quarter));
const [entropyOfConv2] = rangesOf(observe(observer({ kind: "entropy" }), conv2Outputs));

const chosenRanges = [
  { observer: "min/max", range: minMaxRange(conv2Batches) },
  { observer: "99.9 %", range: percentileRange(conv2Values, 99.9) },
  { observer: "entropy", range: { min: 0, max: entropyOfConv2?.max ?? 0 } },
  { observer: "MSE 8", range: mseRange(conv2Values, 8) },
  { observer: "MSE 4", range: mseRange(conv2Values, 4) },
];
const binWidth = 0.1;
const binCounts = new Float64Array(Math.ceil((chosenRanges[0]?.range.max ?? 1) / binWidth) + 1);
for (const value of conv2Values) if (value > 0) binCounts[Math.floor(value / binWidth)]! += 1;
const filledBins = Array.from(binCounts.keys()).filter((i) => (binCounts[i] ?? 0) > 0);
const tallestBin = Math.log10(Math.max(...binCounts));
plot({
  title: "Few values lie far out: each observer draws its line elsewhere",
  x: { title: "output of the second convolution, where it is above 0" },
  y: { title: "values in a bin of 0.1 (log₁₀)" },
  series: [
    {
      label: "values",
      kind: "measured",
      x: filledBins.map((i) => (i + 0.5) * binWidth),
      y: filledBins.map((i) => Math.log10(binCounts[i] ?? 1)),
    },
    ...chosenRanges.map(({ observer: label, range }) => ({
      label,
      kind: "measured" as const,
      x: [range.max, range.max],
      y: [0, tallestBin],
    })),
  ],
  alt: "The counts fall from about 30,000 in the bin next to 0 to single values near 7.6. Min/max ends there, the MSE for 8 bits at 7.33, the percentile at 5.99, the MSE for 4 bits at 5.34, entropy at 3.82.",
});

/** Decibels, and the share of values beyond the range. */
function conv2Row(name: string, range: { min: number; max: number }, codeBits: number) {
  const power = conv2Values.reduce((sum, value) => sum + value ** 2, 0) / conv2Values.length;
  const beyond = conv2Values.filter((value) => value > range.max).length;
  return {
    bits: codeBits,
    observer: name,
    end: range.max,
    clipped: (100 * beyond) / conv2Values.length,
    sqnr: 10 * Math.log10(power / meanSquaredError(conv2Values, range, codeBits)),
  };
}

const calibrationRows = [8, 4].flatMap((codeBits) =>
  chosenRanges
    .filter(({ observer: name }) => !name.startsWith("MSE") || name === `MSE ${codeBits}`)
    .map(({ observer: name, range }) => conv2Row(name, range, codeBits)),
);
rangeTable(calibrationRows, {
  columns: [
    "bits",
    "observer",
    { key: "end", title: "range ends at" },
    { key: "clipped", title: "clipped", unit: "%" },
    { key: "sqnr", title: "SQNR", unit: "dB" },
  ],
  mark: ({ observer: name }) => name.startsWith("MSE"),
  caption: "With 8 bits min/max is nearly the best; with 4 bits clipping gains 2 dB, if it is not too much",
});

// %% [markdown]
// SQNR of one layer is not what the network is for. This cell quantizes all activations of the network with the
// library's observers (the weights have 8 bits throughout) and counts right answers on 1,000 digits that it has not
// seen. It takes some seconds. Two columns count the digits on which a range differs from min/max with 4 bits: those
// that it gained, and those that it lost. If the range did not matter, the two would be about equal. (The library's
// percentile counts magnitudes, as ONNX Runtime does: 99.9 leaves out 0.1 % at the far end, yours 0.05 % at each end.)
// %% explore
import { glyphs as accuracyGlyphs } from "edgelab/core/data";
import {
  quantizeModel as quantizeWith,
  simulate as simulateQuantized,
} from "edgelab/core/quantization/models";
import { chooseBackend as accuracyBackend, predict as logitsOf } from "edgelab/core/training";
import { loadTrained as loadMeasured } from "edgelab/core/zoo";
import { table as accuracyTable } from "edgelab/notebook";

await accuracyBackend({ backend: "wasm" });
const measuredNetwork = await loadMeasured("teaching-cnn-hard");
const seenDigits = accuracyGlyphs({ count: 64, level: "hard", rng: seeded("calibration") });
const freshDigits = accuracyGlyphs({ count: 1000, level: "hard", rng: seeded("fresh") });
const observersTried = [
  { name: "min/max", kind: "min-max" },
  { name: "percentile 99.9", kind: "percentile", percentile: 99.9 },
  { name: "entropy", kind: "entropy" },
  { name: "MSE", kind: "mse" },
] as const;

/** Which of the fresh digits have their largest logit in the right place. */
function rightOnes(logits: ArrayLike<number>): boolean[] {
  return Array.from(freshDigits.labels, (label, i) => {
    const ten = Array.from({ length: 10 }, (_, digit) => logits[10 * i + digit] ?? 0);
    return ten.indexOf(Math.max(...ten)) === label;
  });
}
const percentOf = (right: boolean[]) => (100 * right.filter(Boolean).length) / right.length;

const rightInFloat = rightOnes((await logitsOf(measuredNetwork.model, freshDigits.inputs)).data);
const observerAnswers: { observer: string; eight: boolean[]; four: boolean[] }[] = [];
for (const { name, ...how } of observersTried) {
  const right: boolean[][] = [];
  for (const type of ["uint8", "uint4"] as const) {
    const activations = { type, observer: how };
    const quantized = await quantizeWith(measuredNetwork.model, { calibration: seenDigits, activations });
    const simulated = simulateQuantized(quantized);
    right.push(rightOnes((await logitsOf(simulated, freshDigits.inputs)).data));
    simulated.dispose();
  }
  observerAnswers.push({ observer: name, eight: right[0] ?? [], four: right[1] ?? [] });
}
const byMinMax = observerAnswers[0]?.four ?? [];
accuracyTable(
  observerAnswers.map(({ observer: name, eight, four }) => ({
    observer: name,
    eight: percentOf(eight),
    four: percentOf(four),
    gained: four.filter((isRight, i) => isRight && !byMinMax[i]).length,
    lost: four.filter((isRight, i) => !isRight && byMinMax[i]).length,
  })),
  {
    columns: [
      "observer",
      { key: "eight", title: "right with 8-bit activations", unit: "%" },
      { key: "four", title: "right with 4-bit activations", unit: "%" },
      "gained",
      "lost",
    ],
    mark: ({ four }) => four > percentOf(byMinMax) + 1,
    caption: `With 8 bits every range does; with 4 bits clipping pays a little. In float: ${percentOf(rightInFloat).toFixed(1)} %`,
  },
);
// %% [markdown]
// **Think.** In the second convolution entropy has the worst SQNR of the four, with 4 bits too; yet the network that
// it calibrated is right as often as the one of the MSE. Which outputs does SQNR weigh most, and how much may
// their exact size matter to a network that only has to find the largest of ten logits?
// %% [markdown]
// ## 5 · Integers only
//
// *14 points, about 20 minutes*
//
// Stored in one byte and multiplied in float32, a weight saves memory, not arithmetic. A Cortex-M0 has no
// floating-point unit at all, an Edge TPU multiplies bytes only. Can a whole layer be computed without one float?
//
// Follow a number. Three inputs, two outputs, weights symmetric in int8, activations in int8 with a zero point:
//
// | | real numbers | scale, zero point | codes |
// |---|---|---|---|
// | input $x$ | 0.503, −0.248, 1.204 | $S_x = 0.01$, $Z_x = -28$ | 22, −53, 92 |
// | weights of output 0 | 0.797, −1.27, 0.304 | $S_w = 0.01$ | 80, −127, 30 |
// | weights of output 1 | −0.902, 0.196, −0.458 | $S_w = 0.01$ | −90, 20, −46 |
// | output $y$ | −1 … 4.1 | $S_y = 0.02$, $Z_y = -78$ | |
//
// Put $\hat x = S_x(q_x - Z_x)$ and $\hat w = S_w q_w$ into the layer's sum, and take both scales out of it:
//
// $$\hat y = \sum \hat w\, \hat x + b = S_x S_w \Big( \underbrace{\sum q_w (q_x - Z_x) + q_b}_{\text{accumulator } a} \Big)
// \qquad q_b = \mathrm{round}\Big(\frac{b}{S_x S_w}\Big)$$
//
// Inside the parentheses there are integers only. The bias is stored in the accumulator's own units, $S_x S_w$, as an
// int32. What is left is one factor, which brings the accumulator to steps of the output:
//
// $$q_y = \mathrm{clamp}\big(\mathrm{round}(M a) + Z_y,\ -128,\ 127\big) \qquad M = \frac{S_x S_w}{S_y}$$
//
// **By hand first.** With the biases $b = 0.2$ and $0.3$, $S_x S_w = 0.0001$ and $M = 0.005$:
//
// | | output 0 | output 1 |
// |---|---|---|
// | $q_x - Z_x$ | 50, −25, 120 | 50, −25, 120 |
// | products with $q_w$ | 4000 + 3175 + 3600 = 10,775 | −4500 − 500 − 5520 = −10,520 |
// | bias $q_b$ | 0.2 / 0.0001 = 2000 | 3000 |
// | accumulator $a$ | 12,775 | −7520 |
// | $M a$, rounded | 63.875 → 64 | −37.6 → −38 |
// | $q_y$ | 64 − 78 = **−14** | −38 − 78 = **−116** |
// | stands for | 0.02 · 64 = 1.28 | −0.76 |
// | in float | 1.2819 | −0.7537 |
// | with a ReLU | −14 | **−78**, the code of 0 |
//
// A ReLU costs nothing: the clamp begins at $Z_y$ instead of −128.
//
// **The last float.** $M = 0.005$ is still a real number. Write it as a 31-bit integer $m$ and a shift $s$:
//
// $$M \approx m \cdot 2^{\,s-31} \qquad 2^{30} \le m < 2^{31}$$
//
// Double $M$, or halve it, until it is at least 0.5 and below 1: a float does both exactly. 0.005 needs seven doublings:
// $0.005 = 0.64 \cdot 2^{-7}$, so $s = -7$ and $m = \mathrm{round}(0.64 \cdot 2^{31}) = 1{,}374{,}389{,}535$. An $m$ of $2^{30}$
// or more uses all of its 31 bits, so that $M$ is off by one part in $2^{31}$ at most. A fraction may round up to
// $2^{31}$ itself, which no int32 holds: then $m$ is $2^{30}$, and $s$ one more.
//
// To multiply, form the product $a\,m$ exactly, in 64 bits, add one half, and shift to the right:
//
// $$\mathrm{round}(M a) = \Big\lfloor \frac{a\,m + 2^{30-s}}{2^{31-s}} \Big\rfloor$$
//
// So a tie goes up: 2.5 becomes 3, and −2.5 becomes −2. For $a = 12{,}775$: $a\,m = 17{,}557{,}826{,}309{,}625$, divided by
// $2^{38}$ 63.875, rounded 64.
//
// > **Two traps of JavaScript.** `>>` works on 32 bits and cuts the rest off first. And a number holds integers exactly
// > up to $2^{53}$, while $a\,m$ can take 62 bits. `BigInt(a) * BigInt(m)` is exact, and `>>` of two BigInts shifts it,
// > rounding down: `-5n >> 1n` is `-3n`.
//
// **Why 32 bits?** A product of two symmetric codes is at most $127 \cdot 127 = 16{,}129$. An int16 ends at 32,767:
// two such products fit, the third can overflow. An int32 holds 133,144 of them. With a zero point $q_x - Z_x$ can
// reach 255, and 66,311 products fit: still far more than the 25,088 that one output of VGG-16's first dense
// layer adds up.
//
// **Before you code, decide:** $\sum q_w (q_x - Z_x) = \sum q_w q_x - Z_x \sum q_w$. Which part of the right-hand side
// is known before any image comes in? Where could a compiler put it, so that a zero point costs nothing at run time?
//
// **Your turn.** `weights` holds the weights of output 0 first, then those of output 1: `[out, in]`, as in question 3.
//
// - `quantizeMultiplier(real)` gives $m$ and $s$ of a number above 0; a fraction's tie goes up.
// - `accumulate(x, zeroPoint, weights, bias)` gives one accumulator for each bias, the bias included.
// - `scaleAccumulator(accumulator, multiplier, shift)` gives $\mathrm{round}(M a)$ as above, exactly: for every int32 $a$,
//   and shifts from −31 to 7. It is not clamped yet.
// - `requantize(accumulators, multiplier, shift, zeroPoint, relu)` gives the codes of the output, from −128 (with
//   a ReLU: from the zero point) to 127.
// %% question q5 points=14 title="Integers only"
/** A real number as an integer from 2^30 to 2^31 - 1 and a shift: real = multiplier * 2^(shift - 31). */
function quantizeMultiplier(real: number): { multiplier: number; shift: number } {
  // BEGIN SOLUTION
  const shift = Math.floor(Math.log2(real)) + 1;
  const multiplier = Math.floor(real * 2 ** (31 - shift) + 0.5);
  if (multiplier === 2 ** 31) return { multiplier: 2 ** 30, shift: shift + 1 };
  return { multiplier, shift };
  // END SOLUTION
}

/** For each output its bias plus the sum of (x - zeroPoint) * weight. */
function accumulate(x: Int8Array, zeroPoint: number, weights: Int8Array, bias: Int32Array): Int32Array {
  // BEGIN SOLUTION
  return bias.map((start, output) => {
    let sum = start;
    for (const [i, code] of x.entries()) {
      sum += (code - zeroPoint) * (weights[output * x.length + i] ?? 0);
    }
    return sum;
  });
  // END SOLUTION
}

/** accumulator * multiplier * 2^(shift - 31), rounded to the nearest integer, a tie up. */
function scaleAccumulator(accumulator: number, multiplier: number, shift: number): number {
  // BEGIN SOLUTION
  const bits = BigInt(31 - shift);
  const half = 1n << (bits - 1n);
  return Number((BigInt(accumulator) * BigInt(multiplier) + half) >> bits);
  // END SOLUTION
}

/** The codes of the layer's output. */
function requantize(
  accumulators: Int32Array,
  multiplier: number,
  shift: number,
  zeroPoint: number,
  relu: boolean,
): Int8Array {
  // BEGIN SOLUTION
  const lowest = relu ? zeroPoint : -128;
  return Int8Array.from(accumulators, (accumulator) => {
    const code = scaleAccumulator(accumulator, multiplier, shift) + zeroPoint;
    return Math.min(Math.max(code, lowest), 127);
  });
  // END SOLUTION
}
// %% check q5
await check("q5");

// %% [markdown]
// **Look at it.** A trained network, quantized by the library, one scale for each layer's weights. Your functions
// compute its last layer, from the codes that the layer before put out for one digit, and the table sets them
// beside the float network. Below it the library follows the winner: compare each line with your own steps.
// %% explore
import { glyphs as followGlyphs } from "edgelab/core/data";
import { toLayerGraph as layersToFollow, fromLayerGraph as partUntil } from "edgelab/core/model";
import { formatTrace, runIntegerLayers, traceInteger } from "edgelab/core/quantization";
import {
  inputCodes,
  quantizeModel as quantizeToFollow,
  toIntegerNetwork,
} from "edgelab/core/quantization/models";
import { predict as floatOutputs, chooseBackend as followBackend } from "edgelab/core/training";
import { loadTrained as loadToFollow } from "edgelab/core/zoo";
import { table as logitTable } from "edgelab/notebook";

await followBackend({ backend: "wasm" });
const followed = await loadToFollow("teaching-cnn-hard");
const followCalibration = followGlyphs({ count: 64, level: "hard", rng: seeded("calibration") });
const followQuantized = await quantizeToFollow(followed.model, {
  calibration: followCalibration,
  weights: { per: "tensor" },
});
const followDigits = followGlyphs({ count: 100, level: "hard", rng: seeded("followed") }).inputs;
const integerNetwork = toIntegerNetwork(followQuantized);
const followCodes = inputCodes(followQuantized, followDigits);
const layerCodes = runIntegerLayers(integerNetwork, followCodes, { rounding: "single" });

/** What your functions need of one dense layer: its input's codes, weights as [out, in], and the scales. */
function denseLayer(name: string) {
  const layer = integerNetwork.layers.find((each) => each.name === name);
  if (layer?.kind !== "dense") throw new Error(`there is no dense layer ${name}`);
  const input = layerCodes.get(layer.input);
  if (input === undefined) throw new Error(`nothing was recorded of ${layer.input}`);
  const [inputs = 0, outputs = 0] = layer.weights.shape;
  const rows = Int8Array.from({ length: inputs * outputs }, (_, at) => {
    return layer.weights.data[(at % inputs) * outputs + Math.floor(at / inputs)] ?? 0;
  });
  const inputScale = input.params.scale;
  const weightScale = layer.weightScales[0] ?? 1;
  return {
    x: (image: number) => Int8Array.from(input.codes.data.slice(image * inputs, (image + 1) * inputs)),
    inputZero: input.params.zeroPoint,
    weights: rows,
    bias: layer.bias,
    output: layer.output,
    accumulatorScale: inputScale * weightScale,
  };
}

const lastLayer = denseLayer("logits");
const lastMultiplier = quantizeMultiplier(lastLayer.accumulatorScale / lastLayer.output.scale);
const logitSums = accumulate(lastLayer.x(0), lastLayer.inputZero, lastLayer.weights, lastLayer.bias);
const logitCodes = requantize(
  logitSums,
  lastMultiplier.multiplier,
  lastMultiplier.shift,
  lastLayer.output.zeroPoint,
  false,
);
const floatLogits = (await floatOutputs(followed.model, followDigits)).data;
const winningDigit = logitCodes.indexOf(Math.max(...logitCodes));
logitTable(
  Array.from(logitCodes, (code, digit) => ({
    digit,
    bias: lastLayer.bias[digit],
    accumulator: logitSums[digit],
    code,
    standsFor: lastLayer.output.scale * (code - lastLayer.output.zeroPoint),
    float: floatLogits[digit],
    steps: (floatLogits[digit] ?? 0) / lastLayer.output.scale - (code - lastLayer.output.zeroPoint),
  })),
  {
    columns: [
      "digit",
      "bias",
      "accumulator",
      "code",
      { key: "standsFor", title: "stands for" },
      { key: "float", title: "float network" },
      { key: "steps", title: "off by", unit: "steps" },
    ],
    mark: winningDigit,
    caption: "Computed in integers, each logit lies about a step or less from the float network's",
  },
);
const winnerTrace = traceInteger(integerNetwork, followCodes, {
  layer: "logits",
  index: [0, winningDigit],
  rounding: "single",
});
console.log(formatTrace(winnerTrace, { limit: 4 }));
// %% [markdown]
// A single number may be luck. The next cell takes the first dense layer, 1,568 inputs and 64 outputs with a ReLU, for
// 100 digits: 6,400 codes of yours. It compares them with two things: the *same layer* in float, on the same
// rounded weights and inputs, and the *whole float network*, which never rounded anything.
// %% explore
const dense1 = denseLayer("dense1");
const dense1Multiplier = quantizeMultiplier(dense1.accumulatorScale / dense1.output.scale);
const untilDense1 = partUntil({ ...layersToFollow(followed.model), outputs: ["dense1"] });
const floatDense1 = (await floatOutputs(untilDense1, followDigits)).data;
const dense1Bias = layersToFollow(followed.model).nodes.find(({ name }) => name === "dense1")?.weights[1]
  ?.data;
const zeroOfDense1 = dense1.output.zeroPoint;

/** The sum of products and the bias as real numbers, rounded to a code once, at the end. */
function dense1Codes(x: Int8Array): number[] {
  return Array.from(dense1.bias, (_, output) => {
    let sum = dense1Bias?.[output] ?? 0;
    for (let i = 0; i < x.length; i++) {
      sum +=
        ((x[i] ?? 0) - dense1.inputZero) *
        (dense1.weights[output * x.length + i] ?? 0) *
        dense1.accumulatorScale;
    }
    return Math.min(Math.max(roundHalfToEven(sum / dense1.output.scale) + zeroOfDense1, zeroOfDense1), 127);
  });
}

const stepNumbers = [-3, -2, -1, 0, 1, 2, 3];
const toSameLayer: number[] = [];
const toWholeNetwork: number[] = [];
for (let image = 0; image < 100; image++) {
  const x = dense1.x(image);
  const accumulators = accumulate(x, dense1.inputZero, dense1.weights, dense1.bias);
  const codes = requantize(
    accumulators,
    dense1Multiplier.multiplier,
    dense1Multiplier.shift,
    zeroOfDense1,
    true,
  );
  const floats = dense1Codes(x);
  for (const [output, code] of codes.entries()) {
    const unrounded = floatDense1[image * 64 + output] ?? 0;
    // Where the ReLU puts out 0 in both, there is nothing to compare.
    if (unrounded === 0 && code === zeroOfDense1) continue;
    toSameLayer.push(code - (floats[output] ?? 0));
    toWholeNetwork.push(code - zeroOfDense1 - unrounded / dense1.output.scale);
  }
}
const sharesOf = (steps: number[]) =>
  stepNumbers.map((step) => (100 * steps.filter((each) => Math.round(each) === step).length) / steps.length);
plot({
  title: "Integer arithmetic itself loses nothing: rounding weights and inputs does",
  x: { title: "your code minus the other (steps of the output)" },
  y: { title: `share of ${toSameLayer.length.toLocaleString("en")} outputs above 0 (%)` },
  series: [
    {
      label: "same layer in float",
      kind: "measured",
      mark: "bar",
      x: stepNumbers,
      y: sharesOf(toSameLayer),
    },
    {
      label: "whole float network",
      kind: "measured",
      mark: "bar",
      x: stepNumbers,
      y: sharesOf(toWholeNetwork),
    },
  ],
  alt: "All 2,526 codes equal those of the same layer in float. Against the whole float network 69 % are equal, 31 % are one step off, and 0.1 % two.",
});
// %% [markdown]
// **Think.** TensorFlow Lite's default build rounds twice on the way from accumulator to code: once to the upper 32 bits
// of the product, once in the shift. With the factor 0.1 the accumulator 5 becomes 1 there, and 0 here. (0.1 as $m$ and
// $s$ is a little too small: 0.49999999988.) Which of the two would you call right? And what does such a difference
// mean for somebody who tests a device against a simulator, code by code?
// %% [markdown]
// ## 6 · A whole network
//
// *14 points, about 22 minutes*
//
// A trained network for handwritten digits has 105,866 float32 numbers: 423,464 bytes. The microcontroller that
// is to run it has 256 KB of flash memory, and no time for float arithmetic. Nobody wants to train again. Can the
// network as it is become int8, and still read the digits?
//
// *Post-training quantization* puts the pieces of this lab together. Run a few images through the float network
// and watch every tensor: that is *calibration*. Then give each tensor its codes:
//
// | what | codes | scale | as in |
// |---|---|---|---|
// | activations: one scale and zero point a tensor | uint8 | from the range over all calibration batches | question 1 |
// | weights: one scale an output channel, no zero point | int8, ±127 | $S_c = \max\lvert w_c\rvert/127$ | question 3 |
// | bias: no scale of its own | int32 | $S_{in}\, S_c$ | new |
//
// Why this scale for the bias? A layer adds up products of codes. One step of such a sum is worth
// $S_{in}\, S_c$, and a bias that is counted in the same steps can simply be added:
//
// $$b_{q,c} = \mathrm{round}\Big(\frac{b_c}{S_{in}\, S_c}\Big) \qquad\qquad
// y_c \approx S_{in}\, S_c\, \Big(\sum (q_{in} - Z_{in})\, w_{q,c} + b_{q,c}\Big)$$
//
// $S_{in}$ belongs to the tensor that goes *into* the layer. The layer says which one that is, by name.
//
// **By hand first.** A network with one dense layer, two inputs and two outputs. Two batches for calibration:
//
// | tensor | batches | range, with 0 | scale | zero point |
// |---|---|---|---|---|
// | `image` | [0.2, 0.9] and [0.1, 1.02] | 0 … 1.02 | 1.02/255 = 0.004 | 0 |
// | `hidden` | [−0.51, 1.2] and [0.3, 2.04] | −0.51 … 2.04 | 2.55/255 = 0.01 | 51 |
//
// The layer `hidden` reads `image`. Its shape is `[2, 2]`:
//
// | | weights | $S_c$ | codes | bias | step $S_{in} S_c$ | bias code |
// |---|---|---|---|---|---|---|
// | output 0 | 0.635, −0.2 | 0.005 | 127, −40 | 0.1 | 0.00002 | 5,000 |
// | output 1 | 0.05, 1.27 | 0.01 | 5, 127 | −0.3 | 0.00004 | −7,500 |
//
// Does it work? The image [0.5, 1] has the codes 125 and 250. Output 0 adds up
// $125 \cdot 127 - 250 \cdot 40 + 5000 = 10{,}875$ steps of 0.00002, which is 0.2175. In floats:
// $0.635 \cdot 0.5 - 0.2 \cdot 1 + 0.1 = 0.2175$.
//
// **What does it weigh?** Count a byte for each weight code, four for each scale, four for each bias, and five
// for each calibrated tensor: its scale and its zero point. Here that is $4 + 8 + 8 + 10 = 30$ bytes; the six
// float numbers took 24. So small a network grows.
//
// > "32 → 8 bits: 4× smaller" in the lecture counts the weights alone. With 105,744 weights, 122 channels and 5
// > tensors the digits' network takes $105{,}744 + 488 + 488 + 25 = 106{,}745$ bytes: 3.97 times less.
//
// **Before you code, decide:** the bias could be an int8 like the weights, with a scale of its own. What would
// then have to be done in each output before it can be added to the sum? And what would be saved, of 106,745
// bytes?
//
// **Your turn.** These types say what goes in and out.
// %%
/** A layer with weights, as floats. Axis 0 of `shape` is the output channel, as in question 3. */
interface NetworkLayer {
  name: string;
  /** The name of the tensor that goes into the layer. */
  input: string;
  shape: number[];
  weights: Float32Array;
  /** One for each output channel. */
  bias: Float32Array;
}

/** What the codes of an activation stand for. */
interface TensorParams {
  scale: number;
  zeroPoint: number;
}

/** The same layer in codes. */
interface QuantizedLayer {
  name: string;
  input: string;
  shape: number[];
  codes: Int8Array;
  scales: number[];
  bias: Int32Array;
}
// %% [markdown]
// - `calibrate(batches)` takes, by the name of each tensor, the batches that were seen of it. It gives the uint8
//   parameters of each tensor, by the same names. The range is that of all batches together and contains 0. For a
//   tensor that was always zero, answer scale 1 and zero point 0.
// - `quantizeNetwork(layers, activations)` gives the layers in codes, in the same order, with the same `name`,
//   `input` and `shape`. A channel whose weights are all zero gets scale 1. A bias code that an int32 can't hold
//   is clipped to ±2,147,483,647: an `Int32Array` wraps around, as an `Int8Array` does.
// - `sizeInBytes(layers, activations)` counts what is stored, as above.
//
// Ties go to the even integer. A tensor can be read by two layers or by none, and a layer need not read the
// one before it.
// %% question q6 points=14 title="A whole network"
/** The uint8 parameters of each tensor, from all that was seen of it. */
function calibrate(batches: Record<string, Float32Array[]>): Record<string, TensorParams> {
  // BEGIN SOLUTION
  const params: Record<string, TensorParams> = {};
  for (const [name, seen] of Object.entries(batches)) {
    let low = 0;
    let high = 0;
    for (const batch of seen) {
      for (const value of batch) {
        low = Math.min(low, value);
        high = Math.max(high, value);
      }
    }
    const scale = low === high ? 1 : (high - low) / 255;
    params[name] = { scale, zeroPoint: roundHalfToEven(-low / scale) };
  }
  return params;
  // END SOLUTION
}

/** Layers in codes: int8 weights with one scale a channel, int32 biases in steps of the sums. */
function quantizeNetwork(
  layers: NetworkLayer[],
  activations: Record<string, TensorParams>,
): QuantizedLayer[] {
  // BEGIN SOLUTION
  return layers.map(({ name, input, shape, weights, bias }) => {
    const size = weights.length / bias.length;
    const scales = Array.from(bias, (_, c) => {
      let largest = 0;
      for (const weight of weights.subarray(c * size, (c + 1) * size)) {
        largest = Math.max(largest, Math.abs(weight));
      }
      return largest === 0 ? 1 : largest / 127;
    });
    const codes = Int8Array.from(weights, (weight, i) =>
      roundHalfToEven(weight / (scales[Math.floor(i / size)] ?? 1)),
    );
    const inputScale = activations[input]?.scale ?? 1;
    const most = 2 ** 31 - 1;
    const steps = Int32Array.from(bias, (b, c) => {
      const code = roundHalfToEven(b / (inputScale * (scales[c] ?? 1)));
      return Math.min(Math.max(code, -most), most);
    });
    return { name, input, shape, codes, scales, bias: steps };
  });
  // END SOLUTION
}

/** The bytes that the quantized network takes. */
function sizeInBytes(layers: QuantizedLayer[], activations: Record<string, TensorParams>): number {
  // BEGIN SOLUTION
  let bytes = 5 * Object.keys(activations).length;
  for (const { codes, scales, bias } of layers) {
    bytes += codes.length + 4 * scales.length + 4 * bias.length;
  }
  return bytes;
  // END SOLUTION
}
// %% check q6
await check("q6");

// %% [markdown]
// **Look at it.** Now the real one: two convolutions and two dense layers that get 99 % of the digits right. Five
// tensors carry codes. The pools between them only choose the largest of four, so what leaves a pool has the
// codes of what went in: `conv2` reads `conv1` through a pool, and needs no other scale.
//
// | tensor | shape for an image | is read by |
// |---|---|---|
// | `image` | 28 × 28 × 1 | `conv1` |
// | `conv1`, after its ReLU | 28 × 28 × 16 | `conv2` |
// | `conv2`, after its ReLU | 14 × 14 × 32 | `dense1` |
// | `dense1`, after its ReLU | 64 | `logits` |
// | `logits` | 10 | nobody: the answer |
//
// TensorFlow.js stores the weights of a convolution as `[height, width, in, out]`. The cell turns them into
// `[out, in, height, width]` for your functions, and your codes back. It then runs your network as a device
// would see it: weights and biases are what your codes stand for, and each tensor is rounded to your scale. How
// much accuracy will it lose, of 500 new digits?
// %% explore
import type { Tensor } from "edgelab/core";
import { glyphs as drawDigits } from "edgelab/core/data";
import { fromLayerGraph as buildModel, toLayerGraph as takeApart } from "edgelab/core/model";
import { simulate as asOnDevice } from "edgelab/core/quantization/models";
import {
  predict as answersOf,
  accuracyOf as shareRight,
  chooseBackend as useBackend,
} from "edgelab/core/training";
import { loadTrained as trainedModel } from "edgelab/core/zoo";
import { table as layerTable } from "edgelab/notebook";

/** The tensor that each layer reads, but for pools. */
const readBy: Record<string, string> = { conv1: "image", conv2: "conv1", dense1: "conv2", logits: "dense1" };

/** [height, width, in, out] as [out, in, height, width], and [in, out] as [out, in]. */
function outputsFirst({ shape, data }: Tensor): Float32Array {
  const [inputs = 1, outputs = 1] = shape.slice(-2);
  const window = data.length / (inputs * outputs);
  return data.map((_, i) => {
    const [place, input, output] = [
      i % window,
      Math.floor(i / window) % inputs,
      Math.floor(i / window / inputs),
    ];
    return data[(place * inputs + input) * outputs + output] ?? 0;
  });
}

/** The way back, for codes. */
function outputsLast(codes: Int8Array, [inputs = 1, outputs = 1]: readonly number[]): Int8Array {
  const window = codes.length / (inputs * outputs);
  return codes.map((_, i) => {
    const [output, input, place] = [
      i % outputs,
      Math.floor(i / outputs) % inputs,
      Math.floor(i / outputs / inputs),
    ];
    return codes[(output * inputs + input) * window + place] ?? 0;
  });
}

await useBackend({ backend: "wasm" });
const { model: digitModel } = await trainedModel("teaching-cnn");
const digitGraph = takeApart(digitModel);
const digitLayers = digitGraph.nodes.flatMap(({ name, weights: [kernelTensor, biasTensor] }) => {
  const input = readBy[name];
  if (input === undefined || kernelTensor === undefined || biasTensor === undefined) return [];
  const outputs = biasTensor.data.length;
  const shape = [outputs, ...kernelTensor.shape.slice(-2, -1), ...kernelTensor.shape.slice(0, -2)];
  return [{ name, input, shape, weights: outputsFirst(kernelTensor), bias: biasTensor.data }];
});

/** What the float network computes in each of the five tensors, for these images. */
async function watchTensors(images: Tensor): Promise<Record<string, Float32Array[]>> {
  const seen: Record<string, Float32Array[]> = { image: [images.data] };
  for (const name of Object.keys(readBy)) {
    const part = buildModel({ ...digitGraph, outputs: [name] });
    seen[name] = [(await answersOf(part, images)).data];
    part.dispose();
  }
  return seen;
}

/** Codes and parameters as the library's simulation takes them. */
function onDevice(layers: QuantizedLayer[], activations: Record<string, TensorParams>) {
  const scheme = { convention: "lecture", granularity: { per: "tensor" } } as const;
  const quantizedWeights = layers.map(({ name, input, codes, scales, bias }) => {
    const shape = digitGraph.nodes.find((node) => node.name === name)?.weights[0]?.shape ?? [];
    const granularity = { per: "channel", axis: shape.length - 1 } as const;
    const kernel = {
      shape,
      codes: outputsLast(codes, shape.slice(-2)),
      params: {
        ...({ ...scheme, granularity, type: "int8", symmetric: true, codeMin: -127, codeMax: 127 } as const),
        scales: Float64Array.from(scales),
        zeroPoints: new Int32Array(scales.length),
      },
    };
    const inputScale = activations[input]?.scale ?? 1;
    return [
      name,
      { kernel, bias: { codes: bias, scales: Float64Array.from(scales, (s) => inputScale * s) } },
    ];
  });
  const quantizedActivations = Object.entries(activations).map(([name, { scale, zeroPoint }]) => [
    name,
    {
      ...({ ...scheme, type: "uint8", symmetric: false, codeMin: 0, codeMax: 255 } as const),
      scales: Float64Array.of(scale),
      zeroPoints: Int32Array.of(zeroPoint),
    },
  ]);
  return asOnDevice({
    graph: digitGraph,
    weights: Object.fromEntries(quantizedWeights),
    activations: Object.fromEntries(quantizedActivations),
  });
}

const newDigits = drawDigits({ count: 500, rng: seeded("question 6, new digits") });
const floatAnswers = await answersOf(digitModel, newDigits.inputs);

/** What your three functions make of the network with these calibration images. */
async function tryCalibration(images: Tensor) {
  const digitParams = calibrate(await watchTensors(images));
  const quantizedLayers = quantizeNetwork(digitLayers, digitParams);
  const device = onDevice(quantizedLayers, digitParams);
  const answers = await answersOf(device, newDigits.inputs);
  device.dispose();
  const signalPower = floatAnswers.data.reduce((sum, value) => sum + value ** 2, 0);
  const noisePower = difference(answers.data, floatAnswers.data).reduce((sum, value) => sum + value ** 2, 0);
  return {
    layers: quantizedLayers,
    bytes: sizeInBytes(quantizedLayers, digitParams),
    accuracy: 100 * shareRight(answers, newDigits.labels),
    decibels: 10 * Math.log10(signalPower / noisePower),
  };
}

const someDigits = drawDigits({ count: 64, rng: seeded("question 6, calibration") }).inputs;
const wholeNetwork = await tryCalibration(someDigits);
layerTable(
  digitLayers.map(({ name, weights: floats, bias }, i) => {
    const floatBytes = 4 * (floats.length + bias.length);
    const ours = wholeNetwork.layers.slice(i, i + 1);
    return {
      layer: name,
      float32: floatBytes,
      int8: sizeInBytes(ours, {}),
      smaller: floatBytes / sizeInBytes(ours, {}),
      largest: Math.max(...(ours[0]?.bias.map(Math.abs) ?? [])),
    };
  }),
  {
    columns: [
      "layer",
      { key: "float32", unit: "bytes" },
      { key: "int8", unit: "bytes" },
      { key: "smaller", title: "times smaller" },
      { key: "largest", title: "largest bias", unit: "steps" },
    ],
    caption: "The large layer becomes four times smaller, the first one 2.4 times",
  },
);
console.log(
  `float32: 423,464 bytes, ${(100 * shareRight(floatAnswers, newDigits.labels)).toFixed(1)} % right`,
);
console.log(
  `int8:    ${wholeNetwork.bytes.toLocaleString("en")} bytes, ${wholeNetwork.accuracy.toFixed(1)} % right`,
);
// %% [markdown]
// Here int8 even gets a digit more right than float: 0.2 % of 500, which is chance. "Less than 1 % lost" holds.
//
// **How many images, and which?** The lecture says about 1,000. Run the next cell (it needs the cell above):
// calibration with 1 to 64 images, then with 64 images of the wrong brightness. Before you do: which is worse,
// calibration images that are too dark, or too bright?
// %% explore
const imageCounts = [1, 2, 4, 8, 16, 64];
const brightness = [-3, -2, -1, 0, 1, 2];

/** Calibrates anew for each of the values, and prints what came out. */
async function tryEach(values: number[], unit: string, imagesFor: (value: number) => Tensor) {
  const results: { accuracy: number; decibels: number }[] = [];
  for (const value of values) {
    const result = await tryCalibration(imagesFor(value));
    console.log(`${unit} ${value}: ${result.accuracy.toFixed(1)} % right, ${result.decibels.toFixed(1)} dB`);
    results.push(result);
  }
  return results;
}

const byCount = await tryEach(imageCounts, "images", (count) => ({
  shape: [count, 28, 28, 1],
  data: someDigits.data.slice(0, count * 784),
}));
plot({
  title: "Sixteen images calibrate this network as well as sixty-four",
  x: { title: "calibration images" },
  y: { title: "SQNR of the logits (dB)" },
  series: [
    {
      label: "min/max calibration",
      kind: "measured",
      x: imageCounts.map(String),
      y: byCount.map(({ decibels }) => decibels),
    },
  ],
  alt: "The SQNR of the logits rises from 7.4 dB with one calibration image to 23.7 dB with 4, 30.7 dB with 8 and 33.0 dB with 16 and with 64.",
});
const byBrightness = await tryEach(brightness, "doublings", (doublings) => ({
  shape: someDigits.shape,
  data: someDigits.data.map((ink) => ink * 2 ** doublings),
}));
plot({
  title: "Calibrated on images that are too dark, the network is lost",
  x: { title: "brightness of the calibration images (doublings)" },
  y: { title: "right answers on ordinary images (%)" },
  series: [
    { label: "int8", kind: "measured", x: brightness, y: byBrightness.map(({ accuracy }) => accuracy) },
  ],
  alt: "Calibrated on ordinary or brighter images, the network gets 99.0 to 99.2 % right. At half the brightness it gets 97.6 %, at a quarter 57.0 %, at an eighth 11.8 %.",
});
// %% [markdown]
// **Think.** With a single calibration image the logits have only 7.4 dB, and still 98.4 % of the digits are right.
// Why does the accuracy notice so little? And why is too dark so much worse than too bright: what happens to a
// number beyond the calibrated range, and what to one that uses only a part of it?
// %% [markdown]
// ## 7 · Scales that come with the data
//
// *10 points, about 15 minutes*
//
// A dense layer listens to a microphone: one vector of 128 numbers every 10 ms. One speaker whispers, the next
// one shouts, and the numbers of the second are 30 times as large. Which range would you calibrate? With the
// shouting one, the whisper has 8 of the 255 steps left. With the whispering one, the shout is clipped.
//
// *Dynamic quantization* does not calibrate. The weights become int8 once, with one scale for each output, as
// in question 3. The range of the activations is taken from each vector as it comes:
//
// $$S_x = \frac{\max(x, 0) - \min(x, 0)}{255} \qquad Z = \mathrm{round}\big({-\min(x, 0)/S_x}\big) \qquad
// q_i = \mathrm{clamp}\big(\mathrm{round}(x_i/S_x) + Z,\ 0,\ 255\big)$$
//
// Here $\max(x, 0)$ is the largest of all $x_i$ and 0. Then the layer adds up products of integers. One
// multiplication an output brings the sum back to a real number, and the bias stays float:
//
// $$y_j = S_x\, S_j \sum_i (q_i - Z)\, w_{ji} + b_j$$
//
// ONNX Runtime computes this: `DynamicQuantizeLinear`, then `MatMulInteger`. It adds $Z$ *after* rounding;
// question 1 added it before. The two differ at ties only, when $Z$ is odd.
//
// **By hand first.** Three inputs, $x = [-0.5,\ 1.003,\ 2.05]$. The range is 2.55 wide: $S_x = 0.01$ and
// $Z = 50$.
//
// | | $x_0$ | $x_1$ | $x_2$ | sum | $S_x S_j$ · sum | $b_j$ | $y_j$ |
// |---|---|---|---|---|---|---|---|
// | $x_i/S_x$ | −50 | 100.3 | 205 | | | | |
// | $q_i$ | 0 | 150 | 255 | | | | |
// | $q_i - Z$ | −50 | 100 | 205 | | | | |
// | $w_{0i}$, $S_0 = 0.01$ | 20 | −127 | 64 | −580 | −0.058 | 0.1 | **0.042** |
// | $w_{1i}$, $S_1 = 0.002$ | 127 | 3 | −50 | −16,300 | −0.326 | −0.2 | **−0.526** |
//
// > The lecture says "Weights INT8, activations FP32". That is true between the layers. Inside of the layer the
// > activations are 8-bit codes too, and it shows: with the float input, $y_0$ would be
// > $0.01 \cdot (20 \cdot (-0.5) - 127 \cdot 1.003 + 64 \cdot 2.05) + 0.1 = 0.03819$. The difference of 0.00381
// > is what rounding 100.3 to 100 did.
//
// **Where it pays.** Count how often a weight is used once it has been read from memory.
//
// | layer, for one input | weights | each is used |
// |---|---|---|
// | dense 1024 → 1024 | 1,048,576 | once |
// | recurrent (GRU), 256 → 256, each time step | 393,216 | once |
// | attention, width 256, its projections, 16 words | 262,144 | 16 times |
// | convolution, 16 → 32 channels, 3 × 3, image 14 × 14 | 4,608 | 196 times |
//
// The first two spend their time on reading: 4 bytes a weight, or 1. A convolution reads little and computes
// much. There, dynamic ranges only add work: each run has to look through the whole image, twice. And a layer of
// 16 → 10 does so little that finding the range costs more than it saves.
//
// **Before you code, decide:** which is the last number of $x$ that you need to know before you can quantize the
// first one? Why does a calibrated scale not have this problem?
//
// **Your turn.**
//
// - `dynamicParams(x)` gives $S_x$ and $Z$ for one vector of at least one number. For a vector that is all
//   zero, answer scale 1 and zero point 0.
// - `dynamicDense(x, codes, scales, bias)` gives the float outputs $y$. The weights' `codes` have the shape
//   `[out, in]`: the `x.length` codes of output 0 come first. `scales` and `bias` have one number for each
//   output.
//
// Ties go to the even integer. (Must $Z$ be clamped too? The range contains 0, so $-\min(x, 0)/S_x$ never leaves
// 0 … 255.)
// %% question q7 points=10 title="Scales that come with the data"
/** Scale and zero point of uint8 codes, from the range of these numbers alone. */
function dynamicParams(x: Float32Array): { scale: number; zeroPoint: number } {
  // BEGIN SOLUTION
  let low = 0;
  let high = 0;
  for (const value of x) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (low === high) return { scale: 1, zeroPoint: 0 };
  const scale = (high - low) / 255;
  return { scale, zeroPoint: roundHalfToEven(-low / scale) };
  // END SOLUTION
}

/** A dense layer with int8 weights [out, in] and a float bias, on one vector that is quantized as it comes. */
function dynamicDense(x: Float32Array, codes: Int8Array, scales: number[], bias: Float32Array): Float32Array {
  // BEGIN SOLUTION
  const { scale, zeroPoint } = dynamicParams(x);
  const inputs = Array.from(x, (value) => {
    const code = roundHalfToEven(value / scale) + zeroPoint;
    return Math.min(Math.max(code, 0), 255);
  });
  return bias.map((b, j) => {
    let sum = 0;
    for (const [i, code] of inputs.entries()) sum += (code - zeroPoint) * (codes[j * x.length + i] ?? 0);
    return scale * (scales[j] ?? 1) * sum + b;
  });
  // END SOLUTION
}
// %% check q7
await check("q7");

// %% [markdown]
// **Look at it.** A dense layer 128 → 64 gets the same voice, quieter or louder by doublings. One scale was
// calibrated at loudness 0 and then kept; the other comes with each vector. Both use your `dynamicParams`: once
// on calibration data, once on each vector. Before you run it: what should half the loudness cost the kept
// scale, in decibels (question 2)? And what happens when it is doubled instead?
// %% explore
import { channelScales as scalesOfRows } from "edgelab/core/quantization";

const voice = seeded("whisper and shout");
const [voiceInputs, voiceOutputs] = [128, 64];
const voiceWeights = Float32Array.from({ length: voiceInputs * voiceOutputs }, () => voice.normal(0, 0.1));
const voiceScales = Array.from(scalesOfRows(voiceWeights, [voiceOutputs, voiceInputs]));
const voiceCodes = Int8Array.from(voiceWeights, (weight, i) =>
  roundHalfToEven(weight / (voiceScales[Math.floor(i / voiceInputs)] ?? 1)),
);
const voiceBias = new Float32Array(voiceOutputs);
const restoredVoiceWeights = Float32Array.from(
  voiceCodes,
  (code, i) => code * (voiceScales[Math.floor(i / voiceInputs)] ?? 1),
);
const syllables = Array.from({ length: 16 }, () =>
  Float32Array.from({ length: voiceInputs }, () => voice.normal(0, 1)),
);

/** W x in floats. */
function floatLayer(x: Float32Array, matrix: Float32Array): Float32Array {
  return voiceBias.map((_, j) =>
    x.reduce((sum, value, i) => sum + value * (matrix[j * voiceInputs + i] ?? 0), 0),
  );
}

const keptScale = dynamicParams(Float32Array.from(syllables.flatMap((syllable) => Array.from(syllable))));

/** The layer with the scale that was calibrated at loudness 0. */
function keptDense(x: Float32Array): Float32Array {
  const restoredInput = x.map((value) => {
    const code = roundHalfToEven(value / keptScale.scale) + keptScale.zeroPoint;
    return keptScale.scale * (Math.min(Math.max(code, 0), 255) - keptScale.zeroPoint);
  });
  return floatLayer(restoredInput, restoredVoiceWeights);
}

/** Decibels of a layer over all syllables at this loudness. */
function layerQuality(layer: (x: Float32Array) => Float32Array, doublings: number): number {
  let [signalPower, noisePower] = [0, 0];
  for (const syllable of syllables) {
    const x = syllable.map((value) => value * 2 ** doublings);
    const exact = floatLayer(x, voiceWeights);
    for (const value of exact) signalPower += value ** 2;
    for (const error of difference(layer(x), exact)) noisePower += error ** 2;
  }
  return 10 * Math.log10(signalPower / noisePower);
}

const loudness = Array.from({ length: 13 }, (_, i) => i - 6);
const comesAlong = (x: Float32Array) => dynamicDense(x, voiceCodes, voiceScales, voiceBias);
plot({
  title: "A kept scale fits one loudness; a scale that comes with the data fits all",
  x: { title: "loudness (doublings from the calibration data)" },
  y: { title: "SQNR of the layer's output (dB)" },
  series: [
    {
      label: "dynamic",
      kind: "measured",
      x: loudness,
      y: loudness.map((doublings) => layerQuality(comesAlong, doublings)),
    },
    {
      label: "kept",
      kind: "measured",
      x: loudness,
      y: loudness.map((doublings) => layerQuality(keptDense, doublings)),
    },
  ],
  alt: "The dynamic scale keeps 41.0 dB at every loudness. The kept one has 40.0 dB where it was calibrated. Each halving takes up to 6 dB more, and one doubling clips it to 14.5 dB, three to 2.9 dB.",
});
for (const doublings of [-6, -3, 0, 1, 3]) {
  console.log(
    `${doublings} doublings: dynamic ${layerQuality(comesAlong, doublings).toFixed(1)} dB, kept ${layerQuality(keptDense, doublings).toFixed(1)} dB`,
  );
}

// %% [markdown]
// **What does it buy?** The table measures four layers of the library on this machine: float against int8 with
// dynamic ranges, one input at a time. Times are CPU time, medians of nine runs by turns. Read the last column:
// below 1, int8 is faster.
//
// When this was written, on a server's processor with AVX-512, int8 took 0.5 to 0.6 of the float time for the dense
// layer, 0.6 to 0.9 for attention and for the GRU, whose gates stay float, and 3 to 6 times as long for the tiny layer.
// The library runs on WebAssembly, without the processor's int8 instructions: ONNX Runtime on a phone will answer
// differently. Measure where you deploy.
// %% explore
import { normalTensor } from "edgelab/core";
import {
  sqnr as decibelsOf,
  dynamicAttention,
  dynamicGru,
  floatAttention,
  floatDense,
  floatGru,
  type InferenceLayer,
  dynamicDense as libraryDense,
} from "edgelab/core/quantization";

const layerRng = seeded("where it pays");
/** Weights [in, out] that keep the size of what goes through. */
const randomDense = (inputs: number, outputs: number) => ({
  weights: normalTensor(layerRng, [inputs, outputs], 0, 1 / Math.sqrt(inputs)),
});
const wide = randomDense(1024, 1024);
const recurrent = { input: randomDense(256, 768), state: randomDense(256, 768) };
const projections = {
  query: randomDense(256, 256),
  key: randomDense(256, 256),
  value: randomDense(256, 256),
  output: randomDense(256, 256),
};
const small = randomDense(16, 10);

/** Microseconds of CPU time for one of `runs` runs. */
function microseconds(layer: InferenceLayer, input: ReturnType<typeof normalTensor>, runs: number): number {
  const start = process.cpuUsage();
  for (let run = 0; run < runs; run++) layer.run(input);
  const spent = process.cpuUsage(start);
  return (spent.user + spent.system) / runs;
}

/** Both layers by turns, so that a machine that slows down slows both. */
function compareLayers(
  name: string,
  shape: number[],
  runs: number,
  inFloat: InferenceLayer,
  inInt8: InferenceLayer,
) {
  const input = normalTensor(layerRng, shape);
  const rounds = Array.from({ length: 10 }, () =>
    [inFloat, inInt8].map((it) => microseconds(it, input, runs)),
  );
  const median = (which: number) =>
    rounds
      .slice(1)
      .map((times) => times[which] ?? 0)
      .sort((a, b) => a - b)[4] ?? 0;
  return {
    layer: name,
    float: inFloat.storedBytes / 1000,
    int8: inInt8.storedBytes / 1000,
    sqnr: decibelsOf(inFloat.run(input).data, inInt8.run(input).data),
    floatTime: median(0),
    int8Time: median(1),
    ratio: median(1) / median(0),
  };
}

table(
  [
    compareLayers("dense 1024 → 1024", [1, 1024], 10, floatDense(wide), libraryDense(wide)),
    compareLayers("GRU 256, 20 steps", [1, 20, 256], 2, floatGru(recurrent), dynamicGru(recurrent)),
    compareLayers(
      "attention 256 × 16",
      [1, 16, 256],
      4,
      floatAttention({ heads: 4, ...projections }),
      dynamicAttention({ heads: 4, ...projections }),
    ),
    compareLayers("dense 16 → 10", [1, 16], 1000, floatDense(small), libraryDense(small)),
  ],
  {
    columns: [
      "layer",
      { key: "float", title: "float", unit: "kB" },
      { key: "int8", title: "int8", unit: "kB" },
      { key: "sqnr", title: "SQNR", unit: "dB" },
      { key: "floatTime", title: "float, measured", unit: "µs" },
      { key: "int8Time", title: "int8, measured", unit: "µs" },
      { key: "ratio", title: "int8 / float" },
    ],
    mark: 3,
    caption: "Large layers shrink almost four times; for the tiny one the ranges cost more than int8 saves",
  },
);
// %% [markdown]
// **Think.** In $\sum_i (q_i - Z)\,w_{ji}$ the zero point is subtracted from each input of each output. Write the
// sum as two: one of them does not depend on $x$ but for the factor $Z$, so it can be computed once, when
// the weights are stored. How many subtractions does that save for a layer of 1024 → 1024? And why is there nothing
// like it to save for $S_j$, whose weights are symmetric?
// %% [markdown]
// ## 8 · Train with the rounding in the loop
//
// *12 points, about 20 minutes*
//
// Two bits a weight: a sixteenth of float32. Symmetric codes of two bits are −1, 0 and 1, so that each weight of
// a layer becomes $-S$, 0 or $S$. A small network that reads 78 % of drawn digits right reads 43 % after such
// rounding, with the scale that fits its weights best (you will measure it below). No wonder: while it was trained, nobody
// rounded.
//
// *Quantization-aware training* (QAT) rounds in the forward pass of the training. The loss then sees what the
// device will see, and the weights move to where rounding hurts less.
//
// **Fake quantization** puts a weight on the grid and leaves it a float. With $b$ bits and the limit $L$, which is
// $\max|w|$ where nothing else is said,
//
// $$S = \frac{L}{2^{b-1} - 1} \qquad\qquad \hat w = S \cdot \mathrm{round}\big(\mathrm{clamp}(w, -L, L)/S\big)$$
//
// **By hand first.** Five weights, 3 bits: the codes go from −3 to 3. Once with $L = \max|w| = 0.9$, so that
// $S = 0.3$; once with $L = 0.45$, $S = 0.15$.
//
// | $w$ | −0.9 | −0.4 | 0.1 | 0.2 | 0.5 |
// |---|---|---|---|---|---|
// | $L = 0.9$: $w/S$ | −3 | −1.333 | 0.333 | 0.667 | 1.667 |
// | $\hat w$ | −0.9 | −0.3 | 0 | 0.3 | 0.6 |
// | $L = 0.45$: clamped, over $S$ | −3 | −2.667 | 0.667 | 1.333 | 3 |
// | $\hat w$ | **−0.45** | −0.45 | 0.15 | 0.15 | **0.45** |
//
// A lower limit clips two weights, and gives the others a grid twice as fine.
//
// **A gradient that is no use.** Training asks how the loss changes with $w$: by the chain rule, how it changes with
// $\hat w$, times $\partial\hat w/\partial w$. Take $w = 0.20$ and $S = 0.3$: $\hat w = 0.3$. For $w = 0.21$ it is
// 0.3 too, and the difference quotient is $(0.3 - 0.3)/0.01 = 0$. $\hat w$ is a staircase: its slope is 0 on every
// step, and where it jumps it has none. With the true gradient no weight would ever move.
//
// The *straight-through estimator* tells a useful lie. It takes rounding for the identity, and is honest about the
// clamp alone:
//
// $$\frac{\partial \hat w}{\partial w} \approx \begin{cases} 1 & \text{where } -L \le w \le L \\ 0 & \text{elsewhere} \end{cases}$$
//
// With $L = 0.45$ and the gradients $[0.5,\ -1,\ 2,\ 1,\ -0.3]$ with respect to $\hat w$, the weights above get
// $[\mathbf{0},\ -1,\ 2,\ 1,\ \mathbf{0}]$.
//
// **Two copies.** The gradient is taken at $\hat w$ and applied to $w$, a *shadow weight* in float:
// $w \leftarrow w - \eta\, g$. Why keep $w$ at all? Take $S = 0.3$, $w = 0.20$, the rate $\eta = 0.2$ and a gradient that is
// 0.1 at each step: a step moves the weight by 0.02.
//
// | step | 0 | 1 | 2 | 3 |
// |---|---|---|---|---|
// | shadow weight $w$ | 0.20 | 0.18 | 0.16 | 0.14 |
// | its $\hat w$ | 0.3 | 0.3 | 0.3 | **0** |
// | if only $\hat w$ were kept | 0.3 | 0.28 → 0.3 | 0.28 → 0.3 | 0.28 → 0.3 |
//
// Steps are much smaller than the grid. The shadow weight adds them up.
//
// **One whole step.** The input 1, one hidden unit with the weight 0.7, two classes with 0.8 and −0.6, all with $L = 1$ and 2
// bits: $S = 1$. The right class is the second, the rate 0.1.
//
// | | hidden | class 0 | class 1 |
// |---|---|---|---|
// | $\hat w$ | 1 | 1 | −1 |
// | forward: hidden value, scores | 1 | 1 | −1 |
// | probability, minus 1 for the right class | | 0.881 | 0.119 − 1 = −0.881 |
// | gradient at $\hat w$ | 0.881 · 1 − 0.881 · (−1) = 1.762 | 0.881 | −0.881 |
// | new $w$ | 0.7 − 0.176 = 0.524 | 0.712 | −0.512 |
//
// At $w$ instead of $\hat w$ the error would have been 0.727, and all three gradients others.
//
// **Before you code, decide:** with $L = 0.45$, the weight 0.5 gets the gradient 0. Can a later step move it? What does
// the network lose by that? (What is its $\hat w$ now, and what would it be at 0.46?)
//
// **Your turn.** The network has one hidden layer with ReLU and no biases. Its weights are a list of two layers.
// The next cell has `lossGradient`, which does the forward and the backward pass at the weights that you give
// it. Run it.
//
// - `fakeQuantize(w, bits, limit)` gives $\hat w$ for each weight, in a new array. Ties go to the even integer. If
//   the limit is 0, all answers are 0.
// - `straightThrough(w, gradient, low, high)` gives the gradient where $low \le w \le high$, and 0 elsewhere, in a new
//   array.
// - `trainQuantized(start, inputs, labels, options)` gives the shadow weights after training, one array a layer, and
//   leaves `start` as it is. It goes `epochs` times over the examples, from first to last, `batch` of them a step;
//   the last step of an epoch takes what is left. A step rounds each layer to `bits` bits with its own limit from
//   `limits`, which stay as they are, takes the gradient there, and subtracts `rate` times what passes straight
//   through between −limit and limit. `inputs` holds the examples one after the other,
//   `inputs.length / labels.length` numbers each.
// %%
/** How `trainQuantized` trains. `limits` has one limit for each layer. */
interface QuantizedTraining {
  bits: number;
  limits: number[];
  rate: number;
  batch: number;
  epochs: number;
}

function largestMagnitude(w: Float32Array): number {
  return w.reduce((largest, weight) => Math.max(largest, Math.abs(weight)), 0);
}

function rowTimes(row: Float32Array | Float64Array, vector: Float32Array | Float64Array): number {
  let sum = 0;
  for (let i = 0; i < row.length; i++) sum += row[i]! * vector[i]!;
  return sum;
}

/** The hidden values and the scores of the classes for one example. */
function forwardPass([hidden, out]: Float32Array[], x: Float32Array) {
  const units = hidden!.length / x.length;
  const h = Float64Array.from({ length: units }, (_, k) =>
    Math.max(rowTimes(hidden!.subarray(k * x.length, (k + 1) * x.length), x), 0),
  );
  const scores = Float64Array.from({ length: out!.length / units }, (_, c) =>
    rowTimes(out!.subarray(c * units, (c + 1) * units), h),
  );
  return { h, scores };
}

/** The gradient of the mean cross-entropy of these examples, layer by layer, at these weights. */
function lossGradient(layers: Float32Array[], inputs: Float32Array, labels: Int32Array): Float32Array[] {
  const out = layers[1]!;
  const size = inputs.length / labels.length;
  const sums = layers.map((layer) => new Float64Array(layer.length));
  labels.forEach((label, n) => {
    const x = inputs.subarray(n * size, (n + 1) * size);
    const { h, scores } = forwardPass(layers, x);
    const powers = scores.map((score) => Math.exp(score - Math.max(...scores)));
    const total = powers.reduce((sum, power) => sum + power, 0);
    const errors = powers.map((power, c) => power / total - (c === label ? 1 : 0));
    for (let k = 0; k < h.length; k++) {
      let back = 0;
      for (let c = 0; c < errors.length; c++) {
        back += errors[c]! * out[c * h.length + k]!;
        sums[1]![c * h.length + k]! += errors[c]! * h[k]!;
      }
      if (h[k]! > 0) for (let j = 0; j < size; j++) sums[0]![k * size + j]! += back * x[j]!;
    }
  });
  return sums.map((sum) => Float32Array.from(sum, (value) => value / labels.length));
}
// %% question q8 points=12 title="Train with the rounding in the loop"
/** The weights on the grid of symmetric codes, still as floats. */
function fakeQuantize(w: Float32Array, bits: number, limit = largestMagnitude(w)): Float32Array {
  // BEGIN SOLUTION
  if (limit === 0) return new Float32Array(w.length);
  const scale = limit / (2 ** (bits - 1) - 1);
  return w.map((weight) => scale * roundHalfToEven(Math.min(Math.max(weight, -limit), limit) / scale));
  // END SOLUTION
}

/** The gradient with respect to w, from the one with respect to the weights on the grid. */
function straightThrough(w: Float32Array, gradient: Float32Array, low: number, high: number): Float32Array {
  // BEGIN SOLUTION
  return gradient.map((value, i) => (w[i]! >= low && w[i]! <= high ? value : 0));
  // END SOLUTION
}

/** The shadow weights after training with rounded weights. */
function trainQuantized(
  start: Float32Array[],
  inputs: Float32Array,
  labels: Int32Array,
  options: QuantizedTraining,
): Float32Array[] {
  // BEGIN SOLUTION
  const { bits, limits, rate, batch, epochs } = options;
  const size = inputs.length / labels.length;
  let shadow = start;
  for (let epoch = 0; epoch < epochs; epoch++) {
    for (let from = 0; from < labels.length; from += batch) {
      const rounded = shadow.map((w, layer) => fakeQuantize(w, bits, limits[layer]!));
      const x = inputs.subarray(from * size, (from + batch) * size);
      const gradients = lossGradient(rounded, x, labels.subarray(from, from + batch));
      shadow = shadow.map((w, layer) => {
        const limit = limits[layer]!;
        const passed = straightThrough(w, gradients[layer]!, -limit, limit);
        return w.map((weight, i) => weight - rate * passed[i]!);
      });
    }
  }
  return shadow;
  // END SOLUTION
}
// %% check q8
await check("q8");

// %% [markdown]
// **Look at it.** The cell trains four small networks on drawn digits (49 pixels, 24 hidden units) in float. Then each
// trains on for 8 epochs, once in float and rounded afterwards, once with your `trainQuantized`, for 8 to 2 bits.
// The limits are those with the smallest squared error of the weights; the bars are the standard deviation
// between the networks. Dotted: a convolutional network with a scale for each channel on harder digits, recorded,
// since it takes minutes. Before you run it (10 seconds), say at how many bits the two ways will part.
// %% explore
import { glyphs as smallGlyphs } from "edgelab/core/data";
import { quantizationAwareTraining } from "edgelab/core/zoo/recorded";

/** Drawn digits of 7 × 7 pixels, each the mean of 4 × 4. */
function smallDigits(seed: string, count: number) {
  const { inputs, labels } = smallGlyphs({ count, rng: seeded(seed) });
  const pixels = new Float32Array(count * 49);
  inputs.data.forEach((ink, i) => {
    const [image, row, column] = [Math.floor(i / 784), Math.floor(i / 28) % 28, i % 28];
    pixels[image * 49 + Math.floor(row / 4) * 7 + Math.floor(column / 4)]! += ink / 16;
  });
  return { pixels, labels };
}

type SmallDigits = ReturnType<typeof smallDigits>;

/** Percent of the digits that get their highest score in the right class. */
function percentRight(layers: Float32Array[], { pixels, labels }: SmallDigits): number {
  const right = labels.filter((label, n) => {
    const { scores } = forwardPass(layers, pixels.subarray(n * 49, (n + 1) * 49));
    return scores.indexOf(Math.max(...scores)) === label;
  });
  return (100 * right.length) / labels.length;
}

/** The limit, of 40 tried, with the smallest squared error. */
function closestLimit(w: Float32Array, bits: number): number {
  const tried = Array.from({ length: 40 }, (_, i) => (largestMagnitude(w) * (i + 1)) / 40);
  const errors = tried.map((limit) => {
    const errorsOfLimit = difference(w, fakeQuantize(w, bits, limit));
    return rowTimes(errorsOfLimit, errorsOfLimit);
  });
  return tried[errors.indexOf(Math.min(...errors))]!;
}

function roundedTo(layers: Float32Array[], bits: number, limits: number[]): Float32Array[] {
  return layers.map((w, layer) => fakeQuantize(w, bits, limits[layer]!));
}

/** Plain training in float: the same steps as yours, without the rounding. */
function trainFloat(
  start: Float32Array[],
  digits: SmallDigits,
  rate: number,
  epochs: number,
): Float32Array[] {
  let layers = start;
  for (let step = 0; step < 30 * epochs; step++) {
    const from = (step % 30) * 20;
    const x = digits.pixels.subarray(from * 49, (from + 20) * 49);
    const gradients = lossGradient(layers, x, digits.labels.subarray(from, from + 20));
    layers = layers.map((w, layer) => w.map((weight, i) => weight - rate * gradients[layer]![i]!));
  }
  return layers;
}

const bitCounts = [2, 3, 4, 5, 6, 7, 8];
const testDigits = smallDigits("test digits", 1000);
const networkRuns = [1, 2, 3, 4].map((run) => {
  const digits = smallDigits(`training digits ${run}`, 600);
  const random = seeded(`network ${run}`);
  const drawn = [
    Float32Array.from({ length: 24 * 49 }, () => random.normal(0, Math.sqrt(2 / 49))),
    Float32Array.from({ length: 10 * 24 }, () => random.normal(0, Math.sqrt(1 / 24))),
  ];
  const start = trainFloat(drawn, digits, 0.5, 20);
  // As many epochs more as the other way gets, so that only the rounding differs.
  const float = trainFloat(start, digits, 0.05, 8);
  const byBits = bitCounts.map((bits) => {
    const limits = start.map((w) => closestLimit(w, bits));
    const how = { bits, limits, rate: 0.05, batch: 20, epochs: 8 };
    const trained = trainQuantized(start, digits.pixels, digits.labels, how);
    const limitsOfFloat = float.map((w) => closestLimit(w, bits));
    return {
      after: percentRight(roundedTo(float, bits, limitsOfFloat), testDigits),
      during: percentRight(roundedTo(trained, bits, limits), testDigits),
    };
  });
  return { float: percentRight(float, testDigits), byBits };
});

const averageOf = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
/** The standard deviation between the networks. */
const spreadOf = (values: number[]) => {
  const squares = values.map((value) => (value - averageOf(values)) ** 2);
  return Math.sqrt((averageOf(squares) * values.length) / (values.length - 1));
};
const smallNetwork = (way: "after" | "during") => {
  const percents = bitCounts.map((_, i) => networkRuns.map((run) => run.byBits[i]![way]));
  const uncertainty = percents.map(spreadOf);
  return { kind: "measured" as const, x: bitCounts, y: percents.map(averageOf), uncertainty };
};
const recordedNetwork = (epoch: number) => {
  const rows = [2, 3, 4, 8].map((bits) =>
    quantizationAwareTraining.rows.find(([b, e]) => b === bits && e === epoch),
  );
  return { kind: "recorded" as const, x: [2, 3, 4, 8], y: rows.map((row) => 100 * Number(row?.[2])) };
};
plot({
  title: "At 8 bits rounding is enough; at 2 bits only training saves the network",
  x: { title: "bits a weight" },
  y: { title: "digits read right (%)" },
  series: [
    { label: "trained with rounding", ...smallNetwork("during") },
    { label: "rounded afterwards", ...smallNetwork("after") },
    { label: "CNN, trained with it", ...recordedNetwork(4) },
    { label: "CNN, rounded", ...recordedNetwork(0) },
  ],
  alt: "Four small networks, measured: 78 % from 8 to 5 bits either way. At 3 bits 75 % trained with the rounding and 67 % rounded afterwards, at 2 bits 67 % and 43 %. The convolutional network, recorded: 93 % at 4 bits either way, at 2 bits 90 % and 44 %.",
});
console.log(`float, trained on alike: ${averageOf(networkRuns.map((run) => run.float)).toFixed(1)} %`);
// %% [markdown]
// **Think.** At 8 bits both ways end at 78 %. At 2 bits, training with the rounding gets back 24 of the 35 points
// that rounding afterwards loses. What did you need for that, which rounding afterwards does without? For which of
// your models would you pay it?
// %% [markdown]
// ## 9 · Three devices, three schemes
//
// *5 points, about 12 minutes, in words*
//
// How a model is quantized is decided by the device first, and by the model second. Three orders lie on your desk:
//
// | | A · doorbell | B · sorting belt | C · camera mast |
// |---|---|---|---|
// | device | Arduino Nano 33 BLE: one Cortex-M4F core, 64 MHz | Coral USB Accelerator on a Raspberry Pi 4 | Jetson Nano: GPU with 128 Maxwell cores |
// | memory | 1 MB of flash, 256 KB of RAM; the program itself takes 250 KB and 60 KB of them | 8 MB in the Edge TPU; what does not fit comes over USB each time | 4 GB, shared by CPU and GPU |
// | computes with | 32-bit floats, and integers; two 16-bit products a cycle | 8-bit integers, nothing else; a layer that is not wholly 8-bit runs on the Pi | float32: 236 GFLOP/s; float16: 472 GFLOP/s; no 8-bit arithmetic in its GPU |
// | model | MobileNetV1 ×0.25 on 96 × 96 pixels: person or not. 210,850 weights and biases; its largest layer reads and writes 55,296 activations | MobileNetV2, with depthwise convolutions: 3.5 million weights | SSD with a ResNet-50: 736 ms an image in float32, 435 ms in float16 (published) |
// | asked for | battery for months | 1 % of accuracy may be lost. A first try, rounding after training with 300 calibration images, lost 3 %. You have the training data | 2 images a second or more, and the accuracy as it is |
//
// A KB is 1,024 bytes here. The first try and the orders are made up for this question; the devices, the models and
// the times are not. Sources for the boards: [TinyML benchmark on MCUs](https://github.com/bharathsudharsan/TinyML-Benchmark-NNs-on-MCUs),
// [Coral's FAQ](https://coral.ai/docs/edgetpu/faq),
// [Ultralytics' Jetson guide](https://github.com/ultralytics/ultralytics/blob/main/docs/en/guides/nvidia-jetson.md);
// for a Jetson's number formats: [torch2trt](https://nvidia-ai-iot.github.io/torch2trt/master/usage/reduced_precision.html);
// for the times: [measurements with trtexec](https://github.com/NobuoTsukamoto/benchmarks).
//
// **An example of an answer's size,** for a fourth device: *a laptop's CPU, a language model of 110 million weights,
// texts of any length. int8 weights with a scale for each output channel; activations quantized dynamically, since
// their range changes with every text and there are no calibration texts; no QAT, since its loss of accuracy is small
// enough. 440 MB become 110 MB.*
// %% written w1 points=5 title="Three devices, three schemes" rubric="A: int8 for weights and for activations, with numbers: in float32 843,400 bytes of weights (824 KB) do not fit beside the program into 1 MB of flash, and 216 KB of activations not into the 196 KB of RAM that are left, in int8 it is 206 KB and 54 KB; A: static, calibrated in advance, since with weights-only quantization the activations stay float and do not fit, and dynamic quantization makes floats first and has to look for ranges at run time; B: everything int8, input and output included, static, because a float layer falls back to the Pi, with a scale for each channel for the weights because depthwise channels differ in size; B: QAT, because rounding after training lost 3 % where 1 % is allowed and the training data are there (rounding afterwards with better limits first is fine if QAT follows where it fails); C: float16, with no scales, no calibration and no granularity to choose, 435 ms are 2.3 images a second, and int8 would save memory and no time there"
// For each of the devices A, B and C: which number format for weights and for activations, one scale for a tensor or
// one for each channel, and which way there (rounding after training with calibration, dynamic, QAT, or none)? Say why,
// with numbers from the table where it has them. Two or three sentences a device.
//
// BEGIN SOLUTION
// A: int8 for weights and activations, calibrated in advance. In float32 the weights take 843,400 bytes, 824 KB, where the
// program leaves 774 KB of flash; the largest layer's activations take 221,184 bytes, 216 KB, where it leaves 196 KB of RAM.
// In int8 it is 206 KB and 54 KB. Weights alone or dynamic would leave floats between the layers, which don't fit.
// A scale for each channel for the weights, as its convolutions are depthwise; one for a tensor for the activations.
//
// B: int8 throughout, input and output too, static: whatever is float runs on the Pi. Weights with a scale for each
// channel, because the channels of a depthwise convolution differ much and each has few weights; activations with one
// for a tensor. Rounding afterwards lost 3 %, 1 % is allowed, and the training data are there: QAT. 3.5 MB fit into 8 MB.
//
// C: float16 for both. 435 ms are 2.3 images a second (float32: 1.4), the accuracy hardly changes, and there is nothing to
// calibrate: a float has its own exponent, so no scale is chosen, neither for a tensor nor for a channel. int8 would
// halve the memory once more, which is not short, and save no time on a GPU without 8-bit arithmetic.
// END SOLUTION
// %% [markdown]
// ## 10 · Which comes first?
//
// *3 points, about 6 minutes, in words*
//
// Two slides of the lecture disagree. The table of techniques says when to use pruning: "After quantization". Below it
// stands the pipeline: "Train → Prune → Quantize → Export". Pruning sets the smallest weights to 0 and then trains on, so
// that the others make up for them (lab 2).
// %% written w2 points=3 title="Which comes first?" rubric="prune first, then quantize: the pipeline is right; says why: pruning ranks magnitudes and trains on in float, and scales, calibration or QAT belong to the weights that are left in the end; says what breaks the other way round: training on moves the weights off their codes, so that scale and calibration are out of date and all must be quantized again, or there are no floats left to train, or many magnitudes tie on the same code"
// Which of the two is right, and why? What breaks if a model is quantized first and pruned afterwards? Three or four
// sentences.
//
// BEGIN SOLUTION
// The pipeline: prune, then quantize. Pruning compares magnitudes and then trains on; both want floats. The weights that
// are left then get the scales and the calibration (or the QAT, with the masks kept) that fit them.
// The other way round the training on moves the weights off their codes: the scales and the calibrated ranges of the
// activations belong to a network that is gone, and it has to be quantized once more. If only the codes were kept there
// are no floats to train at all, and with few bits many weights tie for the smallest code. (Without any training on, the
// order matters little: 0 has a code of its own, so a weight set to 0 before or after rounding is the same 0.)
// END SOLUTION
// %% [markdown]
// ## What you measured
//
// One number for each question that you coded, from your own functions and from weights drawn here. A question that has
// no answer yet is left out.
// %% explore
const drawAgain = seeded("what you measured");
const bellWeights = Float32Array.from({ length: 4096 }, () => drawAgain.normal(0, 0.05));
const twoChannels = Float32Array.from({ length: 512 }, (_, i) => drawAgain.normal(0, i < 256 ? 0.05 : 2));
const activationsSeen = Float32Array.from({ length: 4096 }, () => Math.max(drawAgain.normal(), 0));
activationsSeen[0] = 20;

/** Decibels from these numbers to those, as in question 2. */
function decibelsKept(original: Float32Array, restored: Float32Array): number {
  const power = (values: Float32Array) => values.reduce((sum, value) => sum + value ** 2, 0);
  return 10 * Math.log10(power(original) / power(difference(original, restored)));
}

const quietDecibels = (scales: number[]) => {
  const restored = dequantizePerChannel(quantizePerChannel(twoChannels, [2, 256], scales), [2, 256], scales);
  return decibelsKept(twoChannels.subarray(0, 256), restored.subarray(0, 256));
};

const measures: { question: number; what: string; unit: string; value: () => number }[] = [
  {
    question: 1,
    what: "largest error of 4,096 weights with 8 bits",
    unit: "steps",
    value: () => {
      const map = affineParams(Math.min(...bellWeights), Math.max(...bellWeights));
      const codes = quantize(bellWeights, map.scale, map.zeroPoint);
      const errors = difference(dequantize(codes, map.scale, map.zeroPoint), bellWeights);
      return Math.max(...errors.map(Math.abs)) / map.scale;
    },
  },
  {
    question: 2,
    what: "SQNR of the same weights in symmetric int8",
    unit: "dB",
    value: () => {
      const scale = symmetricScale(bellWeights);
      return sqnr(
        bellWeights,
        Float32Array.from(quantizeSymmetric(bellWeights, scale), (code) => scale * code),
      );
    },
  },
  {
    question: 3,
    what: "what a quiet channel gains by a scale of its own",
    unit: "dB",
    value: () => {
      const own = channelScales(twoChannels, [2, 256]);
      return quietDecibels(own) - quietDecibels(own.map(() => Math.max(...own)));
    },
  },
  {
    question: 4,
    what: "4 bits, one freak value: error of the whole range over that of yours",
    unit: "times",
    value: () =>
      meanSquaredError(activationsSeen, { min: 0, max: 20 }, 4) /
      meanSquaredError(activationsSeen, mseRange(activationsSeen, 4), 4),
  },
  {
    question: 5,
    what: "how far 0.005 as an integer and a shift is off",
    unit: "parts in a billion",
    value: () => {
      const { multiplier, shift } = quantizeMultiplier(0.005);
      return 1e9 * Math.abs((multiplier * 2 ** (shift - 31)) / 0.005 - 1);
    },
  },
  {
    question: 6,
    what: "a layer of 64 channels with 576 weights: float32 bytes over yours",
    unit: "times",
    value: () => {
      const layer = {
        name: "conv",
        input: "image",
        shape: [64, 64, 3, 3],
        weights: new Float32Array(64 * 576).fill(0.1),
        bias: new Float32Array(64),
      };
      const seen = { image: { scale: 0.01, zeroPoint: 0 } };
      return (4 * (64 * 576 + 64)) / sizeInBytes(quantizeNetwork([layer], seen), seen);
    },
  },
  {
    question: 7,
    what: "SQNR of 64 sums of 64 products, inputs quantized as they came",
    unit: "dB",
    value: () => {
      const rows = Array.from({ length: 64 }, (_, j) => bellWeights.subarray(64 * j, 64 * (j + 1)));
      const scales = rows.map((row) => Math.max(...row.map(Math.abs)) / 127);
      const codes = Int8Array.from(bellWeights, (w, i) => roundHalfToEven(w / scales[Math.floor(i / 64)]!));
      const x = Float32Array.from({ length: 64 }, () => drawAgain.normal());
      const exact = Float32Array.from(rows, (row) => row.reduce((sum, w, i) => sum + w * x[i]!, 0));
      return decibelsKept(exact, dynamicDense(x, codes, scales, new Float32Array(64)));
    },
  },
  {
    question: 8,
    what: "different values among 4,096 weights on a grid of 2 bits",
    unit: "values",
    value: () => new Set(fakeQuantize(bellWeights, 2)).size,
  },
];

/** What the question's functions give, or nothing where they are not written. */
function measured({ value, ...rest }: (typeof measures)[number]) {
  try {
    return [{ ...rest, value: value() }];
  } catch {
    return [];
  }
}

const results = measures.flatMap(measured);
if (results.length === 0) console.log("Nothing to measure yet: no question is answered.");
else
  table(results, {
    columns: ["question", { key: "what", title: "measured" }, "value", "unit"],
    caption: "Eight bits keep 40 dB and cost a quarter of the bytes; the scale decides the rest",
  });
// %% [markdown]
// **What to remember**
//
// - A code is a number in steps of the scale. Inside the range no error is larger than half a step; beyond it, clip.
// - A bit is worth 6 dB. One loud weight, channel or activation takes bits from all that share its scale: so weights get a
//   scale for each channel, and activations a range that was looked for.
// - An integer sum needs one factor at its end, and that factor is an integer and a shift: no float is left.
// - Eight bits after training are usually enough, and cost nothing but a few calibration images. Below four, train with
//   the rounding in the loop.
// - "4× smaller" is 3.97×, scales included. "Faster" depends on the device: look at what it computes with first.
//
// **What comes next.** Half of the weights can often go altogether. Lab 2 takes them away, and looks for where the bytes
// and the time are that it should have saved.
//
// When you are done, hand in: `npx --no-install edgelab submit 01-quantization` in a terminal, in the course's folder.
