import { numbers, question, record, sameIntegers, typedArray, within } from "edgelab/testing";

/** A norm kept in float32 is good enough: one unit in its last place, relative. */
const float32 = 2 ** -23;

const first = {
  weights: { shape: [3, 1, 1, 2], data: Float32Array.of(3, -4, 0.6, 0.8, -5, 12) },
  bias: Float32Array.of(0.5, 0.25, -1),
};

export default question("q3", ({ student, test }) => {
  /** Looks at one of the two layers that removeChannels gave back. */
  function sameLayer(value: unknown, shape: number[], weights: number[], bias: number[], what: string): void {
    const layer = record(value, ["weights", "bias"], what);
    const tensor = record(layer.weights, ["shape", "data"], `${what}.weights`);
    sameIntegers(tensor.shape, shape, `${what}.weights.shape`);
    const data = typedArray(tensor.data, Float32Array, weights.length, `${what}.weights.data`);
    within(data, Float32Array.from(weights), 0, `${what}.weights.data`);
    within(typedArray(layer.bias, Float32Array, bias.length, `${what}.bias`), bias, 0, `${what}.bias`);
  }

  test(
    2,
    "finds the weakest channel of the worked example",
    async () => {
      const norms = numbers(await student.call("channelNorms", first.weights), 3, "channelNorms");
      within(norms, [5, 1, 13], [5 * float32, float32, 13 * float32], "norms");
      sameIntegers(await student.call("channelsToKeep", [5, 1, 13], 0.3), [0, 2], "channelsToKeep");
    },
    { hint: "Which numbers of the weights belong to channel 1? And which channels does your list name?" },
  );

  test(
    1,
    "counts the channels as PyTorch does, and keeps one in any case",
    async () => {
      const five = [3, 1, 2, 1, 1];
      sameIntegers(await student.call("channelsToKeep", five, 0.5), [0, 2, 4], "half of five");
      sameIntegers(await student.call("channelsToKeep", five, 0), [0, 1, 2, 3, 4], "none of five");
      sameIntegers(await student.call("channelsToKeep", five, 0.95), [0], "nearly all of five");
      sameIntegers(await student.call("channelsToKeep", [2, 7, 7], 1), [2], "all of three");
    },
    { hint: "How many go, which one of equals, and what if that leaves none?" },
  );

  test(
    2,
    "removes the channel from the two convolutions of the worked example",
    async () => {
      const second = {
        weights: { shape: [2, 3, 1, 1], data: Float32Array.of(1, 2, 3, 4, 5, 6) },
        bias: Float32Array.of(7, 8),
      };
      const both = await student.call("removeChannels", first, second, [0, 2]);
      const result = record(both, ["first", "second"], "removeChannels");
      sameLayer(result.first, [2, 1, 1, 2], [3, -4, -5, 12], [0.5, -1], "first");
      sameLayer(result.second, [2, 2, 1, 1], [1, 3, 4, 6], [7, 8], "second");
    },
    { hint: "Three things belong to a channel: what makes it, what is added to it, and what reads it." },
  );

  test(
    1,
    "removes the channel's places from a dense layer",
    async () => {
      const second = {
        weights: { shape: [2, 6], data: Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12) },
        bias: Float32Array.of(13, 14),
      };
      const both = await student.call("removeChannels", first, second, [0, 2]);
      const result = record(both, ["first", "second"], "removeChannels");
      sameLayer(result.second, [2, 4], [1, 2, 5, 6, 7, 8, 11, 12], [13, 14], "second");
    },
    { hint: "Six inputs come from three channels. Which of the six are channel 1?" },
  );
});
