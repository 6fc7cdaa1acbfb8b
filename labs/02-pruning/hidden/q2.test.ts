import { globalMagnitudeMasks, magnitudeMask } from "edgelab/core/pruning";
import { numbers, question, type Rng, reject, sameIntegers, typedArray, within } from "edgelab/testing";

/** A share kept in float32 is good enough: half a unit in its last place, relative. */
const float32 = 2 ** -24;

/** Layers of different lengths in steps of 1/8: equal magnitudes within a layer and across layers. */
function drawLayers(rng: Rng): Float32Array[] {
  return [rng.integer(11, 15), rng.integer(20, 30), rng.integer(4, 9)].map((length) =>
    Float32Array.from({ length }, () => rng.integer(-12, 12) / 8),
  );
}

const asTensor = (data: Float32Array) => ({ shape: [data.length], data });

export default question("q2", ({ student, rng, test }) => {
  async function masksOf(name: "localMasks" | "globalMasks", layers: Float32Array[], sparsity: number) {
    const masks = await student.call(name, layers, sparsity);
    if (!Array.isArray(masks) || masks.length !== layers.length)
      return reject(`${name}: expected a list of ${layers.length} masks`); // public
    return layers.map(({ length }, l) => typedArray(masks[l], Uint8Array, length, `${name}, layer ${l}`));
  }
  function sameMasks(masks: Uint8Array[], expected: readonly { data: Uint8Array }[], what: string): void {
    for (const [l, { data }] of expected.entries()) sameIntegers(masks[l], data, `${what}, layer ${l}`);
  }

  test(
    1,
    "prunes every layer by itself",
    async () => {
      for (const sparsity of [0.5, rng.uniform(0.2, 0.9)]) {
        const layers = drawLayers(rng);
        const expected = layers.map((layer) => magnitudeMask(asTensor(layer), { sparsity }));
        sameMasks(await masksOf("localMasks", layers, sparsity), expected, "local mask");
      }
    },
    { hint: "Does the mask of a layer depend on anything but its own weights?" },
  );

  test(
    2,
    "prunes all layers together",
    async () => {
      for (const sparsity of [0.5, rng.uniform(0.1, 0.4), rng.uniform(0.6, 0.9)]) {
        const layers = drawLayers(rng);
        const expected = globalMagnitudeMasks(layers.map(asTensor), { sparsity });
        sameMasks(await masksOf("globalMasks", layers, sparsity), expected, "global mask");
      }
    },
    { hint: "Write the weights of all layers into one list, and sort it. Where do equals stand?" },
  );

  test(
    1,
    "removes nothing, or everything, where that is asked for",
    async () => {
      const layers = drawLayers(rng);
      for (const name of ["localMasks", "globalMasks"] as const) {
        for (const keep of [0, 1]) {
          const masks = await masksOf(name, layers, 1 - keep);
          const expected = layers.map((layer) => ({ data: new Uint8Array(layer.length).fill(keep) }));
          sameMasks(masks, expected, `${name}, sparsity ${1 - keep}`);
        }
      }
    },
    { hint: "What do your masks hold with sparsity 0, and what with 1?" },
  );

  test(
    1,
    "empties a quiet layer with one threshold, and not with a threshold for each",
    async () => {
      const [small = new Float32Array(), ...others] = drawLayers(rng);
      const middle = others.map((layer) => layer.map((w) => w + Math.sign(w)));
      // 2^-10 leaves every magnitude of the layer below all others: 12/8 · 2^-10 < 1.
      const layers = [
        small.map((w) => (w || 1) * 2 ** -10),
        ...middle.map((layer) => layer.map((w) => w || 1)),
      ];
      const total = layers.reduce((sum, { length }) => sum + length, 0);
      const sparsity = small.length / total;
      const global = await masksOf("globalMasks", layers, sparsity);
      const kept = layers.map(({ length }, l) => ({ data: new Uint8Array(length).fill(Math.min(l, 1)) }));
      sameMasks(global, kept, "global mask");
      const expected = layers.map((layer) => magnitudeMask(asTensor(layer), { sparsity }));
      sameMasks(await masksOf("localMasks", layers, sparsity), expected, "local mask");
    },
    { hint: "A layer whose weights are all a thousand times smaller than the others': what is left of it?" },
  );

  test(
    1,
    "reports the share of zeros of each layer",
    async () => {
      const lengths = [rng.integer(3, 9), rng.integer(20, 40), 1];
      const masks = lengths.map((length) => Uint8Array.from({ length }, () => rng.integer(0, 1)));
      masks[0]?.fill(0);
      const expected = masks.map((mask) => mask.filter((bit) => bit === 0).length / mask.length);
      const shares = numbers(await student.call("layerSparsities", masks), 3, "layerSparsities");
      const slack = expected.map((share) => share * float32);
      within(shares, expected, slack, "sparsities");
    },
    { hint: "Which bit of a mask means that a weight goes? And whose size do you divide by?" },
  );
});
