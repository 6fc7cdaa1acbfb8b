import {
  finiteNumber,
  integer,
  question,
  record,
  reject,
  sameIntegers,
  typedArray,
  within,
} from "edgelab/testing";

/** A float32 scale is good enough: one unit in its last place, relative. */
const float32 = 2 ** -23;

export default question("q1", ({ student, rng, test }) => {
  async function params(min: number, max: number): Promise<{ scale: number; zeroPoint: number }> {
    const result = record(
      await student.call("affineParams", min, max, 8),
      ["scale", "zeroPoint"],
      "affineParams",
    );
    return {
      scale: finiteNumber(result.scale, "scale"),
      zeroPoint: integer(result.zeroPoint, "zeroPoint"),
    };
  }

  test(
    2,
    "reproduces the worked example",
    async () => {
      const weights = Float32Array.of(-2.5, -1, 0, 1.5, 3);
      const { scale, zeroPoint } = await params(-2.5, 3);
      within(scale, 5.5 / 255, 5.5 * float32, "scale");
      sameIntegers([zeroPoint], [116], "zeroPoint");
      const codes = typedArray(
        await student.call("quantize", weights, 5.5 / 255, 116, 8),
        Uint8Array,
        5,
        "quantize",
      );
      sameIntegers(codes, [0, 70, 116, 186, 255], "codes");
      const restored = typedArray(
        await student.call("dequantize", codes, 5.5 / 255, 116),
        Float32Array,
        5,
        "dequantize",
      );
      within(restored, weights, 5.5 / 255 / 2 + 3 * float32, "restored weights");
    },
    { hint: "Go through the table by hand, one row after the other. Which row differs first?" },
  );

  test(
    1,
    "gives zero back exactly",
    async () => {
      const ranges = [
        [rng.uniform(-3, -1), rng.uniform(1, 3)],
        [rng.uniform(1, 2), rng.uniform(4, 9)],
      ] as const;
      for (const [min, max] of ranges) {
        const { scale, zeroPoint } = await params(min, max);
        if (zeroPoint < 0 || zeroPoint > 255) reject(`zeroPoint: got ${zeroPoint}, no code from 0 to 255`);
        const codes = await student.call("quantize", Float32Array.of(0), scale, zeroPoint, 8);
        sameIntegers(typedArray(codes, Uint8Array, 1, "quantize"), [zeroPoint], "the code of 0");
        const restored = await student.call(
          "dequantize",
          typedArray(codes, Uint8Array, 1, "quantize"),
          scale,
          zeroPoint,
        );
        within(typedArray(restored, Float32Array, 1, "dequantize"), [0], 0, "0, there and back,");
      }
    },
    { hint: "Follow the number 0 through your map, there and back. Is some code exactly 0?" },
  );

  test(
    1,
    "widens a range that leaves out zero",
    async () => {
      const above = await params(1, 6);
      within(above.scale, 6 / 255, 6 * float32, "scale for data from 1 to 6");
      sameIntegers([above.zeroPoint], [0], "zeroPoint for data from 1 to 6");
      const below = await params(-6, -1);
      within(below.scale, 6 / 255, 6 * float32, "scale for data from -6 to -1");
      sameIntegers([below.zeroPoint], [255], "zeroPoint for data from -6 to -1");
    },
    { hint: "Which range do you spread the codes over when all of the data lies on one side of 0?" },
  );
});
