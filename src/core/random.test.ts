import { readFileSync } from "node:fs";
import { expect } from "chai";
import { LabError } from "./errors.js";
import { fnv1a, seeded, splitmixState, xoshiro128 } from "./random.js";

interface Streams {
  readonly seed: string;
  readonly hash: string;
  readonly uniform: number[];
  readonly integers: number[];
  readonly wide: number[];
  readonly permutation: number[];
  readonly normal: number[];
}
const fixtures: Streams[] = JSON.parse(
  readFileSync(new URL("./fixtures/random.json", import.meta.url), "utf8"),
);

describe("seeded", () => {
  it("hashes as the FNV specification's own vectors say", () => {
    expect(fnv1a("")).to.equal(0xcbf29ce484222325n);
    expect(fnv1a("a")).to.equal(0xaf63dc4c8601ec8cn);
    expect(fnv1a("foobar")).to.equal(0x85944171f73967e8n);
  });

  it("fills its state with what the authors' splitmix64.c prints", () => {
    const [a, b, c, d] = splitmixState(1477776061723855037n).map(BigInt) as [bigint, bigint, bigint, bigint];
    expect([(b << 32n) | a, (d << 32n) | c]).to.deep.equal([1985237415132408290n, 2979275885539914483n]);
  });

  it("gives the stream that the authors' xoshiro128starstar.c prints", () => {
    const next = xoshiro128([1, 2, 3, 4]);
    expect(Array.from({ length: 10 }, next)).to.deep.equal([
      11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849, 3729100597, 4258142804,
    ]);
  });

  it("permutes nothing and one thing", () => {
    expect(seeded("a").permutation(0)).to.deep.equal(Int32Array.of());
    expect(seeded("a").permutation(1)).to.deep.equal(Int32Array.of(0));
  });

  it("refuses to permute a number of things that is no count", () => {
    for (const count of [-1, 2.5, Number.NaN]) {
      expect(() => seeded("a").permutation(count)).to.throw(LabError, "cannot permute");
    }
  });

  for (const { seed, hash, uniform, integers, wide, permutation, normal } of fixtures) {
    it(`agrees with a second implementation for the seed ${JSON.stringify(seed)}`, () => {
      expect(String(fnv1a(seed))).to.equal(hash);
      expect([...seeded(seed).permutation(20)]).to.deep.equal(permutation);
      const draw = (pick: (rng: ReturnType<typeof seeded>) => number, count: number) => {
        const rng = seeded(seed);
        return Array.from({ length: count }, () => pick(rng));
      };
      expect(draw((rng) => rng.uniform(0, 1), uniform.length)).to.deep.equal(uniform);
      expect(draw((rng) => rng.integer(-3, 9), integers.length)).to.deep.equal(integers);
      expect(draw((rng) => rng.integer(0, 2 ** 31), wide.length)).to.deep.equal(wide);
      // Two logarithms and their square roots, each good to a few units in the last place.
      draw((rng) => rng.normal(), normal.length).forEach((value, i) => {
        expect(value).to.be.closeTo(normal[i] ?? Number.NaN, 1e-14);
      });
    });
  }

  it("reaches both ends of an integer range and stays inside of it", () => {
    const rng = seeded("dice");
    const seen = new Set(Array.from({ length: 400 }, () => rng.integer(1, 6)));
    expect([...seen].sort()).to.deep.equal([1, 2, 3, 4, 5, 6]);
    expect(rng.integer(7, 7)).to.equal(7);
  });

  it("never gives the excluded end, even where rounding would", () => {
    const rng = seeded("edge");
    const low = 1 - 2 ** -53;
    for (let i = 0; i < 100; i++) expect(rng.uniform(low, 1)).to.equal(low);
  });

  it("draws normal numbers with the asked mean and deviation", () => {
    const rng = seeded("bell");
    const draws = Array.from({ length: 20_000 }, () => rng.normal(3, 2));
    const mean = draws.reduce((a, b) => a + b) / draws.length;
    const variance = draws.reduce((a, b) => a + (b - mean) ** 2, 0) / draws.length;
    // Five standard errors: 2/√20000 for the mean, 4·√(2/20000) for the variance.
    expect(mean).to.be.closeTo(3, 5 * 0.01414);
    expect(variance).to.be.closeTo(4, 5 * 0.04);
  });

  it("refuses a range that holds nothing, and says which", () => {
    const rng = seeded("x");
    expect(() => rng.uniform(1, 1)).to.throw(LabError, "[1, 1)");
    expect(() => rng.uniform(0, Number.POSITIVE_INFINITY)).to.throw(LabError);
    expect(() => rng.integer(2, 1)).to.throw(LabError, "from 2 to 1");
    expect(() => rng.integer(0.5, 3)).to.throw(LabError);
    expect(() => rng.integer(0, 2 ** 32)).to.throw(LabError);
    expect(() => rng.normal(0, -1)).to.throw(LabError, "deviation -1");
  });
});
