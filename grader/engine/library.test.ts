import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { defaultLimits } from "../../src/lab/manifest.js";
import { packageRoot } from "../package-root.js";
import { Engine } from "./engine.js";

/** tslab brings TypeScript 5.0: what it can't read becomes `any`, and then no wrong call is refused. */
describe("the library in a notebook", function () {
  this.timeout(60_000);
  let engine: Engine;

  before(async () => {
    const packages = ["@tensorflow/tfjs"];
    engine = await Engine.open({ isolation: "auto", packages, withheld: [], limits: defaultLimits });
  });
  after(() => engine.close());

  async function statusOf(source: string): Promise<string> {
    const session = engine.session([{ id: "c", source }], { keepOutputs: true });
    try {
      const [report] = await session.start();
      return `${report?.status}: ${report?.message}`;
    } finally {
      await session.close();
    }
  }

  it("has plain types: no generic typed array of later TypeScript", () => {
    const core = join(packageRoot(), "dist/src/core");
    const later = readdirSync(core, { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".d.ts"))
      .filter((name) => /\b(?:Uint|Int|Float)\d+Array</.test(readFileSync(join(core, name), "utf8")));
    expect(later).to.deep.equal([]);
  });

  for (const [call, complaint] of [
    ['tensor([2], "ab")', "No overload"],
    ["quantize([1, 2], 0.1)", "number"],
    ["dequantize(tensor([1], [1]))", "QuantizedTensor"],
    ['magnitudeMask(tensor([1], [1]), { sparsity: "half" })', "string"],
    ["const n: string = sqnr(new Float32Array(2), new Float32Array(2))", "number"],
  ] as const) {
    it(`lets tslab refuse ${call}`, async () => {
      const imports = `import { tensor } from "edgelab/core";
import { dequantize, quantize, sqnr } from "edgelab/core/quantization";
import { magnitudeMask } from "edgelab/core/pruning";
`;
      const status = await statusOf(imports + call);
      expect(status).to.match(/^type-error: /);
      expect(status).to.include(complaint);
    });
  }

  it("lets tslab run a right call", async () => {
    const source = `import { tensor } from "edgelab/core";
import { sparsityOf } from "edgelab/core/pruning";
const share: number = sparsityOf(tensor([4], [0, 1, 0, 2]));`;
    expect(await statusOf(source)).to.match(/^ran/);
  });

  it("trains in the sandbox, on WebAssembly", async () => {
    const source = `import { seeded } from "edgelab/core";
import { glyphs } from "edgelab/core/data";
import { fit } from "edgelab/core/training";
import { tinyCnn } from "edgelab/core/zoo";
const data = glyphs({ count: 64, level: "easy", rng: seeded("data") });
const { backend, steps } = await fit(tinyCnn(seeded("model")), data, { epochs: 2, rng: seeded("order") });
if (backend !== "wasm" || steps !== 2) throw new Error(backend + " made " + steps + " steps");`;
    expect(await statusOf(source)).to.match(/^ran/);
  });
});
