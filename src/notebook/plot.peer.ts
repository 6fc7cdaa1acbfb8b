import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect } from "chai";
import { type Browser, chromium } from "playwright-core";
import { plotHtml } from "./plot-html.js";
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

describe("a plot in a browser", () => {
  let browser: Browser;
  let folder: string;
  before(async () => {
    browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args });
    folder = mkdtempSync(join(tmpdir(), "edgelab-plot-"));
  });
  after(async () => {
    await browser.close();
    rmSync(folder, { recursive: true });
  });

  it("draws the first plot with the library that it brings, and the next one without", async () => {
    const file = join(folder, "page.html");
    const parts = [plotHtml(options, plotlySource()), plotHtml(options, "")];
    // An AMD loader, as in Jupyter's classic page, must not swallow the library.
    const loader = "<script>window.define = () => {}; window.define.amd = true;</script>";
    writeFileSync(file, `<!doctype html><meta charset="utf-8"><title>page</title>${loader}${parts.join("")}`);
    const page = await browser.newPage({ colorScheme: "dark" });
    const errors: string[] = [];
    page.on("pageerror", (error) => errors.push(error.message));
    await page.goto(pathToFileURL(file).href);
    await page
      .locator(".js-plotly-plot .scatterlayer")
      .nth(1)
      .waitFor({ state: "attached", timeout: 60_000 });
    expect(
      await page.locator('[role="img"][aria-label="A curve that grows."] .main-svg').count(),
    ).to.be.at.least(2);
    expect(await page.locator("img").count()).to.equal(0);
    expect(await page.title()).to.equal("page");
    expect(errors).to.deep.equal([]);
    // The text takes the colour of the theme.
    const colour = await page.evaluate<string>('getComputedStyle(document.querySelector(".gtitle")).fill');
    expect(colour).to.equal("rgb(231, 234, 238)");
  });
});
