// %% [markdown]
// # Lab 1 · Quantization
//
// A trained network is a long list of numbers, four bytes each. This lab stores them in one byte each, and
// measures what that costs. You write the arithmetic that PyTorch, ONNX Runtime and TensorFlow Lite run when
// they quantize a model.
//
// | question | you write | points | time |
// |---|---|---|---|
// | 1 · One byte a weight | the affine map | 10 | 12 min |
// | 2 · Around zero | symmetric int8, and how to measure its noise | 10 | 12 min |
// | 3 · One loud channel | per-tensor against per-channel scales | 10 | 15 min |
//
// After each answer, run the cell with `check`: it tries your functions and says what it saw. The questions
// do not need each other's answers, so you can leave one and come back.
// %% [markdown]
// Run this cell first. It holds two small helpers for all of the questions. Read `roundHalfToEven`: question 1
// says why you need it.
// %%
import { seeded } from "edgelab/core";
import { check, plot } from "edgelab/notebook";

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
// - `affineParams(min, max, bits)` gives $S$ and $Z$ for data between `min` and `max`. The range must contain
//   0 even if the data doesn't: widen it. For data that is all zero, answer scale 1 and zero point 0.
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
  alt: "A sawtooth around zero: the error falls through zero at each code, and jumps half-way between two codes.",
});
// %% [markdown]
// **Think.** With 8 bits, half a step is 0.0108. Where would an error of that size hurt more: in a weight of 3,
// or in one of 0.02? Question 3 comes back to this.
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
// **Before you code, decide:** each *output* channel gets a scale, and no input channel does. Why may a scale
// depend on the output channel without spoiling the sum of integers of question 2?
//
// **Your turn.** Axis 0 of `shape` is the output channel, whatever axes follow: a linear layer has `[out, in]`.
//
// - `channelScales(weights, shape)` gives one symmetric int8 scale for each output channel; 1 for a channel
//   that is all zero.
// - `quantizePerChannel(weights, shape, scales)` gives the codes, from −127 to 127, ties to even.
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
