import { numbers, question, reject, sameIntegers, typedArray, within } from "edgelab/testing";

const layers = [Float32Array.of(0.8, -0.6, 0.5, 0.3, -0.2), Float32Array.of(0.04, -0.2, 0.01)];
/** A share kept in float32 is good enough: half a unit in its last place, relative. */
const float32 = 2 ** -24;

export default question("q2", ({ student, test }) => {
  async function masksOf(name: "localMasks" | "globalMasks", sparsity: number, given = layers) {
    const masks = await student.call(name, given, sparsity);
    if (!Array.isArray(masks) || masks.length !== given.length)
      return reject(`${name}: expected a list of ${given.length} masks`);
    return given.map(({ length }, l) => typedArray(masks[l], Uint8Array, length, `${name}, layer ${l}`));
  }

  test(
    2,
    "reproduces the worked example",
    async () => {
      const local = await masksOf("localMasks", 0.5);
      sameIntegers(local[0], [1, 1, 1, 0, 0], "local mask of layer 0");
      sameIntegers(local[1], [0, 1, 0], "local mask of layer 1");
      const global = await masksOf("globalMasks", 0.5);
      sameIntegers(global[0], [1, 1, 1, 1, 0], "global mask of layer 0");
      sameIntegers(global[1], [0, 0, 0], "global mask of layer 1");
      const shares = await student.call("layerSparsities", [
        Uint8Array.of(1, 1, 1, 0, 0),
        Uint8Array.of(0, 1, 0),
      ]);
      const expected = [2 / 5, 2 / 3];
      const slack = expected.map((share) => share * float32);
      within(numbers(shares, 2, "layerSparsities"), expected, slack, "sparsities");
    },
    { hint: "Go through the table by hand, one row after the other. Which row differs first?" },
  );

  test(
    1,
    "rounds once for all layers, or once for each",
    async () => {
      const five = [Float32Array.of(5, 4, 3, 2, 1), Float32Array.of(10, 9, 8, 7, 6)];
      const local = await masksOf("localMasks", 0.5, five);
      sameIntegers(local[0], [1, 1, 1, 0, 0], "local mask of layer 0");
      sameIntegers(local[1], [1, 1, 1, 0, 0], "local mask of layer 1");
      const global = await masksOf("globalMasks", 0.5, five);
      sameIntegers(global[0], [0, 0, 0, 0, 0], "global mask of layer 0");
      sameIntegers(global[1], [1, 1, 1, 1, 1], "global mask of layer 1");
    },
    { hint: "Twice five weights, half of them go: how many is that in all, and how many in each layer?" },
  );

  test(
    1,
    "takes equals from the earlier layer first",
    async () => {
      const three = await masksOf("globalMasks", 0.4);
      sameIntegers(three[0], [1, 1, 1, 1, 0], "global mask of layer 0");
      sameIntegers(three[1], [0, 1, 0], "global mask of layer 1");
      const same = [Float32Array.of(-1, 2, 1), Float32Array.of(1, 1)];
      const two = await masksOf("globalMasks", 0.4, same);
      sameIntegers(two[0], [0, 1, 0], "global mask of layer 0");
      sameIntegers(two[1], [1, 1], "global mask of layer 1");
    },
    { hint: "Two weights of 0.2, each in a layer of its own, and only one of them goes. Which one?" },
  );
});
