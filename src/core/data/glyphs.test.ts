import { createHash } from "node:crypto";
import { expect } from "chai";
import { LabError } from "../errors.js";
import { seeded } from "../random.js";
import { checkDataset, type Dataset } from "./dataset.js";
import { type GlyphLevel, glyphs } from "./glyphs.js";

const pixels = 28 * 28;
const levels: GlyphLevel[] = ["easy", "hard"];
const image = ({ inputs }: Dataset, i: number) => inputs.data.subarray(i * pixels, (i + 1) * pixels);

/** SHA-256 of images (float32, low byte first) and labels. */
function hash({ inputs, labels }: Dataset): string {
  const view = new DataView(new ArrayBuffer(4 * (inputs.data.length + labels.length)));
  for (const [i, value] of inputs.data.entries()) view.setFloat32(4 * i, value, true);
  for (const [i, label] of labels.entries()) view.setInt32(4 * (inputs.data.length + i), label, true);
  return createHash("sha256").update(view).digest("hex");
}

describe("glyphs", () => {
  it("gives on every platform the images that it gave before", () => {
    const known = {
      easy: "9349a2bb83d3d3f1ab2e7113b53c204001f4bf664d2c335062a7f0d41a40f48f",
      hard: "8d66e713d3f6022464c7192f548a19a9553dd3102a45d2a33d92180648ab9e78",
    };
    for (const level of levels) {
      expect(hash(glyphs({ count: 100, level, rng: seeded("glyphs") })), level).to.equal(known[level]);
    }
  });

  for (const level of levels) {
    it(`gives a data set of images from 0 to 1, ${level}`, () => {
      const data = glyphs({ count: 30, level, rng: seeded("a") });
      checkDataset(data);
      expect(data.inputs.shape).to.deep.equal([30, 28, 28, 1]);
      expect(data.inputs.data.every((value) => value >= 0 && value <= 1)).to.equal(true);
    });

    it(`draws ink in the middle and none in the corners, in every image, ${level}`, () => {
      const data = glyphs({ count: 200, level, rng: seeded("b") });
      for (let i = 0; i < 200; i++) {
        const drawn = image(data, i);
        const corners = [0, 1, 26, 27].flatMap((y) => [0, 1, 26, 27].map((x) => drawn[y * 28 + x]!));
        const mean = corners.reduce((a, b) => a + b, 0) / corners.length;
        // Noise alone: the positive half of a normal distribution has the mean σ/√(2π) ≤ 0.06, and the mean
        // of 16 such pixels the deviation 0.58 σ/4 ≤ 0.022; six deviations above, chance is 1 in 10^9.
        expect(mean, `corners of ${i}`).to.be.below(0.2);
        expect(drawn.filter((value) => value > 0.5).length, `ink of ${i}`).to.be.above(10);
      }
    });
  }

  it("has as many examples of each class, or one more, in mixed order", () => {
    const { labels } = glyphs({ count: 103, rng: seeded("c") });
    const counts = Array.from({ length: 10 }, (_, digit) => labels.filter((label) => label === digit).length);
    expect(counts).to.deep.equal([11, 11, 11, 10, 10, 10, 10, 10, 10, 10]);
    expect([...labels]).not.to.deep.equal([...labels].toSorted());
  });

  it("draws no image twice", () => {
    const data = glyphs({ count: 500, rng: seeded("d") });
    const different = new Set(Array.from({ length: 500 }, (_, i) => image(data, i).join()));
    expect(different.size).to.equal(500);
  });

  it("draws easy glyphs unless told otherwise, and depends on the generator alone", () => {
    const plain = glyphs({ count: 20, rng: seeded("e") });
    expect(plain).to.deep.equal(glyphs({ count: 20, level: "easy", rng: seeded("e") }));
    expect(plain).not.to.deep.equal(glyphs({ count: 20, level: "hard", rng: seeded("e") }));
    expect(plain).not.to.deep.equal(glyphs({ count: 20, rng: seeded("f") }));
  });

  it("refuses to draw without a generator, or without being told how many", () => {
    expect(() => glyphs(undefined as never)).to.throw(
      LabError,
      "count must be an integer 1 or more, got undefined",
    );
    expect(() => glyphs({ count: 3 } as never)).to.throw(LabError, "the generator rng is undefined");
    expect(() => glyphs({ count: 3, rng: "week 1" as never })).to.throw(LabError, "rng is a string");
  });

  it("refuses no examples, parts of examples, and unknown levels", () => {
    for (const count of [0, -1, 2.5, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => glyphs({ count, rng: seeded("a") })).to.throw(LabError, "count must be an integer");
    }
    for (const level of ["medium", "toString"]) {
      expect(() => glyphs({ count: 1, level: level as GlyphLevel, rng: seeded("a") }))
        .to.throw(LabError, `there is no level "${level}"`)
        .with.property("code", "BAD_LEVEL");
    }
  });
});
