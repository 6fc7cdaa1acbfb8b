import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import type { Browser } from "playwright-core";
import { exportLab } from "../../commands/export-source.js";
import { importLab } from "../../commands/import.js";
import { launchChromium, offlineContext } from "../../peers/e2e/browser.js";
import { type LabServer, startLab } from "../../peers/e2e/lab-server.js";
import { NotebookPage } from "../../peers/e2e/notebook-page.js";
import { copyOfRepository, lab, labCells } from "../../peers/e2e/places.js";
import { findLab } from "../../peers/jupyter.js";

describe("a lab's source that is edited in JupyterLab", function () {
  this.timeout(180_000);
  let folder = "";
  let server: LabServer | undefined;
  let browser: Browser | undefined;
  let page: NotebookPage;
  const sourceText = () => readFileSync(join(folder, "labs", lab, "notebook.ts"), "utf8");

  before(async function () {
    const jupyter = findLab();
    if ("missing" in jupyter) {
      console.log(`      no JupyterLab: ${jupyter.missing}`);
      return this.skip();
    }
    folder = copyOfRepository();
    await exportLab(join(folder, "labs", lab), { force: false });
    server = await startLab({ jupyter, folder });
    browser = await launchChromium();
    const { context } = await offlineContext(browser);
    const ids = labCells().map(({ id }) => id);
    const address = server.page(`labs/${lab}/${lab}.source.ipynb`);
    page = await NotebookPage.open(await context.newPage(), address, ids);
  });

  after(async () => {
    await browser?.close();
    await server?.stop();
    if (folder) rmSync(folder, { recursive: true, force: true });
  });

  const file = () => join(folder, "labs", lab, `${lab}.source.ipynb`);
  const imported = () => importLab({ file: file(), force: false, workingDir: folder });

  it("runs there with its solutions, and passes its own checks", async () => {
    await page.runAll();
    await page.shows("check-q1", /q1: (\d+) of \1 points/);
  });

  it("is the same byte for byte after JupyterLab has run and saved all of it", async () => {
    const before = sourceText();
    await page.save();
    const { imported: found } = await imported();
    expect(sourceText()).to.equal(before);
    expect(found.notes.map(({ text }) => text).join("\n")).to.match(/^outputs of \d+ cells were left out/);
  });

  it("has what was edited there, and the rest as it was", async () => {
    const before = sourceText();
    const check = '// %% check q1\nawait check("q1");';
    expect(before).to.include(check);
    await page.answer("check-q1", `${check}\nconsole.log("edited");`);
    await page.save();
    await imported();
    expect(sourceText()).to.equal(before.replace(check, `${check}\nconsole.log("edited");`));
  });
});
