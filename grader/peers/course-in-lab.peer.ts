import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { expect } from "chai";
import type { Browser } from "playwright-core";
import { findLabAndBrowser, launchChromium, type OfflineContext, offlineContext } from "./e2e/browser.js";
import { type LabServer, startLab } from "./e2e/lab-server.js";
import { NotebookPage } from "./e2e/notebook-page.js";
import { lab, labCells, notebook, plotCell, rightAnswer } from "./e2e/places.js";
import { PublishedCourse, student } from "./e2e/published-course.js";
import { photograph } from "./e2e/screenshots.js";
import type { Jupyter } from "./jupyter.js";

/** As a student types it, with a Jupyter that is found on PATH. */
function startByEdgelab(jupyter: Jupyter, folder: string): Promise<LabServer> {
  const command = join(folder, "node_modules/edgelab/dist/src/notebook/cli.js");
  return startLab({
    jupyter,
    folder,
    start: (args, env) => {
      const path = [dirname(jupyter.python), env.PATH].join(delimiter);
      const all = [command, "jupyter", lab, "--no-browser", "--", ...args];
      return spawn(process.execPath, all, { cwd: folder, env: { ...env, PATH: path } });
    },
  });
}

interface Graded {
  readonly status: string;
  readonly questions: readonly { readonly id: string; readonly score: number; readonly maxScore: number }[];
}

describe("a published course, from the student's JupyterLab to the feedback page", function () {
  this.timeout(300_000);
  let course: PublishedCourse;
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
    course = await PublishedCourse.create();
    server = await startByEdgelab(jupyter, course.clone);
    browser = await launchChromium();
    window = await offlineContext(browser);
    const ids = labCells().map(({ id }) => id);
    page = await NotebookPage.open(await window.context.newPage(), server.page(notebook), ids);
  });

  after(async () => {
    await browser?.close();
    await server?.stop();
    await course?.remove();
  });

  it("opens with edgelab jupyter, runs, and tells that nothing is written yet", async () => {
    expect(await page.page.locator(".jp-Dialog").count()).to.equal(0);
    await page.runAll();
    await page.shows("check-q1", /q1: 0 of \d+ points/);
  });

  it("says that a right answer is right, and draws it", async () => {
    await page.answer("q1", rightAnswer("q1"));
    await page.run("check-q1");
    await page.shows("check-q1", /q1: (\d+) of \1 points/);
    await page.run(plotCell("q1"));
    await page.draws(plotCell("q1"));
    await photograph(page, "course-check", "check-q1");
  });

  it("still shows both after a reload, when the kernel that made them is gone", async () => {
    await page.save();
    await server.endKernels();
    await page.reload();
    await page.draws(plotCell("q1"));
    await page.shows("check-q1", /q1: (\d+) of \1 points/);
    await photograph(page, "course-reloaded", plotCell("q1"));
  });

  it("hands in by a line in a cell, and shows a receipt", async () => {
    const setup = labCells().find(({ role }) => role === "code")?.id ?? "";
    await page.run(setup);
    const added = await page.addCell(setup, 'import { submit } from "edgelab/notebook";\nawait submit();');
    await page.save();
    await page.run(added);
    await page.shows(added, /handed in: 01-quantization/);
    await photograph(page, "course-receipt", added);
  });

  it("asked nothing of the network, and nothing in the page broke", () => {
    expect(window.outgoing).to.deep.equal([]);
    expect(window.errors).to.deep.equal([]);
  });

  it("is collected and graded: this very notebook has all points of question 1", () => {
    course.grader("collect", lab);
    const collected = readFileSync(
      join(course.instructor, "submissions", student, lab, `${lab}.ipynb`),
      "utf8",
    );
    expect(collected).to.equal(readFileSync(join(course.clone, notebook), "utf8"));
    const graded = JSON.parse(course.grader("run", lab, "--json")) as Graded;
    const [q1, ...others] = graded.questions;
    expect(graded.status).to.equal("graded");
    expect(q1?.score).to.equal(q1?.maxScore).and.to.be.greaterThan(0);
    expect(others.map(({ score }) => score)).to.deep.equal(others.map(() => 0));
  });

  it("has a feedback page that says so", async () => {
    const file = join(course.instructor, "feedback", lab, `${student}.html`);
    const feedback = await window.context.newPage();
    await feedback.goto(`file://${file}`);
    const rows = feedback.locator(".bars-table tbody tr");
    await rows.first().waitFor({ state: "attached" });
    expect((await rows.first().innerText()).split(/\s+/).join(" ")).to.match(/^q1\b.*\b10 .*\b10$/);
    expect(await feedback.title()).to.include(student);
  });
});
