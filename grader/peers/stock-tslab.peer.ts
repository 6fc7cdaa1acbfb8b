import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect } from "chai";
import { findLabAndBrowser, launchChromium, offlineContext } from "./e2e/browser.js";
import { startLab } from "./e2e/lab-server.js";
import { NotebookPage } from "./e2e/notebook-page.js";
import { answerAll, copyOfRepository, labCells, notebook, plotCell } from "./e2e/places.js";
import { findJupyter, type Jupyter, withStockKernel } from "./jupyter.js";

/** Runs a notebook as `nbconvert --execute` does, and tells what each cell answered. */
const program = `
import json, nbclient, nbformat, os, sys
notebook = nbformat.read(sys.argv[1], 4)
nbclient.NotebookClient(notebook, timeout=120).execute(cwd=os.path.dirname(sys.argv[1]))
print(json.dumps({cell.id: [dict(output) for output in cell.get("outputs", [])] for cell in notebook.cells}))
`;

interface Output {
  readonly output_type: string;
  readonly name?: string;
  readonly text?: string;
  readonly data?: Readonly<Record<string, string>>;
}

function run({ python, env }: Jupyter, file: string): Readonly<Record<string, readonly Output[]>> {
  const options = { env, cwd: dirname(file), encoding: "utf8", maxBuffer: 2 ** 28 } as const;
  const { status, stdout, stderr } = spawnSync(python, ["-c", program, file], options);
  expect(status, stderr).to.equal(0);
  return JSON.parse(stdout.trim().split("\n").at(-1) ?? "");
}

describe("a notebook in the kernel that tslab itself brings", function () {
  this.timeout(180_000);
  let folder: string;
  let kernels: string;

  before(async () => {
    folder = copyOfRepository();
    kernels = mkdtempSync(join(tmpdir(), "edgelab-stock-"));
    await answerAll(folder);
  });
  after(() => {
    for (const name of [folder, kernels]) rmSync(name, { recursive: true, force: true });
  });

  it("runs to its end with nbclient; the checks pass and the plots are there", function () {
    const jupyter = findJupyter();
    if ("missing" in jupyter) return this.skip();
    const outputs = run(withStockKernel(jupyter, kernels), join(folder, notebook));
    const errors = Object.values(outputs)
      .flat()
      .filter(({ name }) => name === "stderr");
    expect(errors).to.deep.equal([]);
    const html = (id: string): string => outputs[id]?.map(({ data }) => data?.["text/html"]).join("") ?? "";
    const questions = labCells()
      .filter(({ role }) => role === "check")
      .map(({ question }) => question ?? "");
    expect(questions).to.include("q1");
    for (const question of questions) {
      expect(html(`check-${question}`)).to.match(/(\d+) of \1 points of the public tests/);
      expect(html(plotCell(question))).to.include("edgelab-plot");
    }
  });

  it("opens in JupyterLab, runs, and shows check and plot", async function () {
    const jupyter = findLabAndBrowser();
    if ("missing" in jupyter) return this.skip();
    const server = await startLab({ jupyter: withStockKernel(jupyter, kernels), folder });
    const browser = await launchChromium();
    try {
      const { context, outgoing, errors } = await offlineContext(browser);
      const ids = labCells().map(({ id }) => id);
      const page = await NotebookPage.open(await context.newPage(), server.page(notebook), ids);
      await page.runAll();
      await page.shows("check-q1", /q1: (\d+) of \1 points/);
      await page.draws(plotCell("q1"));
      expect([...outgoing, ...errors]).to.deep.equal([]);
    } finally {
      await browser.close();
      await server.stop();
    }
  });
});
