import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect } from "chai";
import { findJupyter } from "../peers/jupyter.js";

/** Cells as a student types them, run in a folder of this repository. */
const cells = [
  `import { seeded } from "edgelab/core";
import { glyphs } from "edgelab/core/data";
import { fit } from "edgelab/core/training";
import { tinyCnn } from "edgelab/core/zoo";
import { progress } from "edgelab/notebook";
const data = glyphs({ count: 256, level: "easy", rng: seeded("data") });
const model = tinyCnn(seeded("model"));`,
  `const run = await fit(model, data, { epochs: 2, rng: seeded("order"), onProgress: progress("tiny") });
console.log(run.backend, run.steps);`,
  `import { modelBytes, quantizeModel } from "edgelab/core/quantization/models";
console.log(modelBytes(await quantizeModel(model, { calibration: data })).ratio > 3);`,
  `await fit(model, data, { epochs: "two", rng: seeded("order") });`,
];

const program = `
import json, nbclient, nbformat, sys
cells = [nbformat.v4.new_code_cell(source) for source in json.loads(sys.argv[1])]
notebook = nbformat.v4.new_notebook(cells=cells)
nbclient.NotebookClient(notebook, timeout=120, kernel_name="tslab", allow_errors=True).execute(cwd=sys.argv[2])
print(json.dumps([[dict(output) for output in cell.outputs] for cell in notebook.cells]))
`;

interface Output {
  readonly output_type: string;
  readonly text?: string;
  readonly data?: Readonly<Record<string, string>>;
}

describe("the library in Jupyter", () => {
  const jupyter = findJupyter();

  it("trains, shows the progress in one line, quantizes, and is refused wrong calls", function () {
    if ("missing" in jupyter) return this.skip();
    const folder = join(import.meta.dirname, "../../labs");
    const { stdout, stderr } = spawnSync(jupyter.python, ["-c", program, JSON.stringify(cells), folder], {
      env: jupyter.env,
      encoding: "utf8",
    });
    const line = stdout.trim().split("\n").at(-1);
    expect(line, stderr).to.match(/^\[/);
    const [first, training, quantizing, wrong] = JSON.parse(line ?? "") as Output[][];
    expect(first).to.deep.equal([]);
    expect(training?.map(({ output_type }) => output_type)).to.deep.equal(["display_data", "stream"]);
    expect(training?.[0]?.data?.["text/plain"]).to.match(/^tiny: epoch 2 of 2 · loss /);
    expect(training?.[1]?.text).to.equal("wasm 8\n");
    expect(quantizing?.map(({ text }) => text)).to.deep.equal(["true\n"]);
    expect(wrong?.[0]?.text).to.include("Type 'string' is not assignable to type 'number'");
  });
});
