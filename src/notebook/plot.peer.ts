import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect } from "chai";
import { type Browser, chromium, type Page } from "playwright-core";
import type { PlotOptions } from "./plot.js";
import { plotFigure } from "./plot-figure.js";
import { plotHtml } from "./plot-html.js";
import { plotlyDrawing } from "./plotly-figure.js";
import { plotlySource } from "./plotly-source.js";

const args = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"];
const hostile = `</script><img src=x onerror="document.title='fooled'">`;
const options = {
  title: "It grows",
  x: { title: "bits" },
  y: { title: hostile },
  series: [
    { label: hostile, kind: "measured", x: [1, 2, 3], y: [1, 4, 9] },
    { label: "model", kind: "simulated", x: [1, 2, 3], y: [1, 5, 9] },
  ],
  alt: "A curve that grows.",
} as const;
const bars: PlotOptions = {
  title: "Quarter of the bytes",
  x: { title: "format" },
  y: { title: "size (KB)" },
  series: [
    { label: "file", kind: "measured", mark: "bar", x: ["float32", "int8"], y: [400, 104] },
    { label: "model", kind: "simulated", mark: "bar", x: ["float32", "int8"], y: [396, 99] },
  ],
  alt: "The int8 file has a quarter of the bytes.",
};
const uncertain: PlotOptions = {
  title: "Faster, give or take",
  x: { title: "threads" },
  y: { title: "latency (ms)" },
  series: [
    { label: "int8", kind: "measured", x: [1, 2, 4], y: [9, 5, 3], uncertainty: [1, 0.5, 0.5] },
    { label: "int8", kind: "recorded", x: [1, 2, 4], y: [10, 6, 4] },
  ],
  alt: "Latency falls with the threads.",
};

/** More series than are labelled at their ends, with names that need two rows. */
const many: PlotOptions = {
  title: "Each of these has a name of some length",
  x: { title: "bits" },
  y: { title: "SQNR (dB)" },
  series: Array.from({ length: 7 }, (_, i) => ({
    label: `a calibration with observer ${i + 1}`,
    kind: "measured",
    x: [1, 2, 3],
    y: [i, i + 1, i + 3],
  })),
  alt: "Seven lines rise.",
};

const heatmap = plotlyDrawing({
  data: [{ type: "heatmap", z: [Float32Array.of(1, 2), [3, 4]] }],
  layout: { title: { text: "A heatmap" } },
});
const library = { source: plotlySource(), carrier: "" };
const none = { source: "", carrier: "It grows" };

describe("a plot in a browser", function () {
  this.timeout(120_000);
  let browser: Browser;
  let folder: string;
  let page: Page;
  const errors: string[] = [];
  before(async () => {
    browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args });
    folder = mkdtempSync(join(tmpdir(), "edgelab-plot-"));
  });
  after(async () => {
    await browser.close();
    rmSync(folder, { recursive: true });
  });
  afterEach(async () => {
    await page.close();
    expect(errors.splice(0)).to.deep.equal([]);
  });

  async function open(body: string, colorScheme: "light" | "dark" = "dark"): Promise<void> {
    const file = join(folder, "page.html");
    writeFileSync(file, `<!doctype html><meta charset="utf-8"><title>page</title><body>${body}`);
    page = await browser.newPage({ colorScheme });
    page.on("pageerror", (error) => errors.push(error.message));
    await page.goto(pathToFileURL(file).href);
  }
  const drawn = (count: number) =>
    page
      .locator(".js-plotly-plot .cartesianlayer")
      .nth(count - 1)
      .waitFor({ state: "attached", timeout: 60_000 });
  const titleColour = () => page.evaluate<string>('getComputedStyle(document.querySelector(".gtitle")).fill');
  /** For whoever changes the looks of plots. */
  async function picture(name: string): Promise<void> {
    const { PLOT_PICTURES: pictures } = process.env;
    if (!pictures) return;
    mkdirSync(pictures, { recursive: true });
    await page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true });
  }

  it("draws the first plot with the library that it brings, and the next one without", async () => {
    const parts = [plotHtml(plotFigure(options), library), plotHtml(plotFigure(options), none)];
    // An AMD loader, as in Jupyter's classic page, must not swallow the library.
    const loader = "<script>window.define = () => {}; window.define.amd = true;</script>";
    await open(`${loader}${parts.join("")}`);
    await drawn(2);
    expect(
      await page.locator('[role="img"][aria-label="A curve that grows."] .main-svg').count(),
    ).to.be.at.least(2);
    expect(await page.locator("img").count()).to.equal(0);
    expect(await page.title()).to.equal("page");
    // The text takes the colour of the theme.
    expect(await titleColour()).to.equal("rgb(231, 234, 238)");
  });

  it("draws plots that are in the page before the one that brings the library", async () => {
    const [first, last] = [plotHtml(plotFigure(bars), none), plotHtml(plotFigure(uncertain), none)];
    await open(`${first}${plotHtml(plotFigure(options), library)}${plotHtml(heatmap, none)}${last}`);
    await drawn(4);
    expect(await page.locator(".barlayer .point").count()).to.equal(4);
    expect(await page.locator(".errorbar").count()).to.equal(3);
    await picture("dark");
    await page.emulateMedia({ colorScheme: "light" });
    await page.waitForFunction(
      'getComputedStyle(document.querySelector(".gtitle")).fill === "rgb(26, 32, 39)"',
    );
    await picture("light");
  });

  it("keeps a legend of several rows clear of the title, the plot and the axis", async () => {
    await open(plotHtml(plotFigure(many), library), "light");
    await drawn(1);
    const box = async (selector: string) => {
      const found = await page.locator(selector).first().boundingBox();
      if (found === null) throw new Error(`${selector} is not drawn`);
      return { top: found.y, bottom: found.y + found.height };
    };
    await page.locator(".legend").waitFor();
    const [legend, whole] = [await box(".legend"), await box(".js-plotly-plot")];
    expect(legend.bottom - legend.top, "two rows or more").to.be.above(30);
    expect(legend.top).to.be.at.least((await box(".xtitle")).bottom);
    expect(legend.bottom).to.be.at.most(whole.bottom);
    expect((await box(".gtitle")).bottom).to.be.below((await box(".xaxislayer-above")).top);
    await picture("legend");
  });

  it("follows a theme that is switched in JupyterLab", async () => {
    await open(plotHtml(plotFigure(options), library), "light");
    await drawn(1);
    expect(await titleColour()).to.equal("rgb(26, 32, 39)");
    await page.evaluate('document.body.setAttribute("data-jp-theme-light", "false")');
    await page.waitForFunction(
      'getComputedStyle(document.querySelector(".gtitle")).fill === "rgb(231, 234, 238)"',
    );
  });

  it("waits with a plot in a hidden tab until it is seen, and draws it as wide as the tab", async () => {
    const hidden = `<div id="tab" style="display:none;width:500px">${plotHtml(plotFigure(options), none)}</div>`;
    await open(`${plotHtml(plotFigure(options), library)}${hidden}`);
    await drawn(1);
    expect(await page.locator("#tab .main-svg").count()).to.equal(0);
    await page.evaluate('document.getElementById("tab").style.display = "block"');
    await drawn(2);
    const width = '.getElementById("tab").querySelector(".main-svg").clientWidth';
    expect(await page.evaluate(`document${width}`)).to.equal(500);
    await page.evaluate('document.getElementById("tab").style.width = "400px"');
    await page.waitForFunction(`document${width} === 400`);
  });

  it("keeps the text, and says which cell to run, where the library is nowhere", async () => {
    await open(plotHtml(plotFigure(bars), none));
    await page.getByText("Run the cell of that plot again.").waitFor();
    expect(await page.locator(".edgelab-plot").innerText()).to.include(
      "The int8 file has a quarter of the bytes.",
    );
  });

  it("draws both views of one output", async () => {
    const html = plotHtml(plotFigure(options), library);
    await open(html + html);
    await drawn(2);
  });
});
