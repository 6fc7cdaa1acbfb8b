import { rmSync } from "node:fs";
import { expect } from "chai";
import type { Browser } from "playwright-core";
import { findLabAndBrowser, launchChromium, type OfflineContext, offlineContext } from "./e2e/browser.js";
import { type LabServer, startLab } from "./e2e/lab-server.js";
import { NotebookPage } from "./e2e/notebook-page.js";
import { copyOfRepository, labCells, notebook, plotCell, rightAnswer } from "./e2e/places.js";
import { photograph } from "./e2e/screenshots.js";

describe("lab 1 in JupyterLab, in this repository", function () {
  this.timeout(180_000);
  let folder: string;
  let server: LabServer;
  let browser: Browser;
  let window: OfflineContext;
  let page: NotebookPage;

  before(async function () {
    const jupyter = findLabAndBrowser();
    if ("missing" in jupyter) {
      console.log(`      not tried: ${jupyter.missing}`);
      return this.skip();
    }
    folder = copyOfRepository();
    server = await startLab({ jupyter, folder });
    browser = await launchChromium();
    window = await offlineContext(browser);
    const ids = labCells().map(({ id }) => id);
    page = await NotebookPage.open(await window.context.newPage(), server.page(notebook), ids);
  });

  after(async () => {
    await browser?.close();
    await server?.stop();
    if (folder) rmSync(folder, { recursive: true, force: true });
  });

  it("opens with edgelab's kernel, and asks nothing", async () => {
    expect(await page.page.locator(".jp-Dialog").count()).to.equal(0);
  });

  it("runs, and tells that nothing is written yet", async () => {
    await page.runAll();
    await page.shows("check-q1", /q1: 0 of \d+ points/);
    await page.shows("check-q1", /q1: write affineParams/);
  });

  it("says that a right answer is right, and draws it", async () => {
    await page.answer("q1", rightAnswer("q1"));
    await page.run("check-q1");
    await page.shows("check-q1", /q1: (\d+) of \1 points/);
    await page.run(plotCell("q1"));
    await page.draws(plotCell("q1"));
    await photograph(page, "repository", "check-q1");
  });

  it("sets a table's names at the left and its numbers at the right, whatever JupyterLab does with tables", async () => {
    const id = await page.addCell("check-q1", 'table([{ format: "int8", bytes: 9472 }]);');
    await page.run(id);
    await page.shows(id, /9,472/);
    const cells = page.output(id).locator("th, td");
    const looks = await cells.evaluateAll((all) => {
      const { getComputedStyle } = globalThis as unknown as {
        getComputedStyle(cell: unknown): { textAlign: string };
      };
      return all.map((cell) => getComputedStyle(cell).textAlign);
    });
    expect(looks).to.deep.equal(["left", "right", "left", "right"]);
  });

  it("still shows both after a reload, when the kernel that made them is gone", async () => {
    await page.save();
    await server.endKernels();
    await page.reload();
    await page.draws(plotCell("q1"));
    await page.shows("check-q1", /q1: (\d+) of \1 points/);
    await photograph(page, "repository-reloaded", plotCell("q1"));
  });

  it("gives the plot the colours of JupyterLab's theme, also when that changes", async () => {
    const seen = new Set<string>();
    for (const theme of ["Dark", "Light"] as const) {
      await page.setTheme(theme);
      const [title, text] = await page.titleAndTextColour(plotCell("q1"));
      expect(title, theme).to.equal(text);
      seen.add(title);
    }
    expect([...seen]).to.have.length(2);
  });

  it("asked nothing of the network, and nothing in the page broke", () => {
    expect(window.outgoing).to.deep.equal([]);
    expect(window.errors).to.deep.equal([]);
  });
});
