import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect } from "chai";
import { type Browser, chromium, type Page } from "playwright-core";
import { exampleQuestion, exampleRecord, exampleTest } from "../gradebook/fixtures/records.js";
import type { SubmissionRecord } from "../pipeline/record.js";
import { worstContrast } from "./fixtures/contrast.js";
import { writeFeedback } from "./page.js";

const lab = { title: "Quantization" };
const args = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"];
const quiet = ["--disable-component-update", "--disable-sync"];

const unjudged = exampleRecord({
  student: "cy",
  status: "needs-review",
  questions: [
    exampleQuestion(),
    exampleQuestion({ id: "q2", tests: [exampleTest({ verdict: "cannot-judge" })] }),
  ],
});
const invalid = exampleRecord({ student: "bob", status: "invalid", questions: [], problem: "not JSON" });

describe("feedback page in a real browser", function () {
  this.timeout(60_000);
  let browser: Browser;
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "feedback-peer-"));
    browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: [...args, ...quiet] });
  });

  after(async () => {
    await browser?.close();
    await rm(folder, { recursive: true });
  });

  /** The record's page, opened from disk, and all that the browser complained about. */
  async function open(
    record: SubmissionRecord,
    settings: Parameters<Browser["newPage"]>[0] = {},
  ): Promise<{ page: Page; complaints: string[] }> {
    const path = await writeFeedback(folder, record, lab);
    const page = await browser.newPage({ viewport: { width: 1000, height: 900 }, ...settings });
    const complaints: string[] = [];
    page.on("console", (message) => complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(String(error)));
    page.on("dialog", async (dialog) => {
      complaints.push(`dialog: ${dialog.message()}`);
      await dialog.dismiss();
    });
    page.on("request", (request) => {
      if (!request.url().startsWith("file:")) complaints.push(`request: ${request.url()}`);
    });
    await page.goto(pathToFileURL(path).href);
    return { page, complaints };
  }

  it("draws a bar for each question without a word from the browser, and keeps the table for readers", async () => {
    for (const record of [exampleRecord(), unjudged]) {
      const { page, complaints } = await open(record);
      await page.locator(".plot .bars .point path").first().waitFor({ state: "attached" });
      const widths = await page.evaluate<number[]>(
        `[...document.querySelectorAll(".plot .trace:first-child .point path")].map((bar) => bar.getBBox().width)`,
      );
      const scores = record.questions.map((question, index) =>
        record.status === "needs-review" && index === 1 ? 0 : question.score,
      );
      const scale = (widths[0] ?? 0) / (scores[0] ?? 1);
      expect(widths).to.have.length(scores.length);
      for (const [index, score] of scores.entries()) expect(widths[index]).to.be.closeTo(score * scale, 1);
      expect(await page.locator(".plot").getAttribute("aria-label")).to.match(/point/);
      expect(await page.locator(".bars-table tbody tr").count()).to.equal(scores.length);
      expect(complaints).to.deep.equal([]);
      await page.close();
    }
  });

  it("loads no plot where there are no bars", async () => {
    const { page, complaints } = await open(invalid);
    expect(await page.locator("script").count()).to.equal(0);
    expect(complaints).to.deep.equal([]);
    await page.close();
  });

  it("shows the table where scripts are off or plotly is missing, and on paper", async () => {
    const { page: scriptless } = await open(exampleRecord(), { javaScriptEnabled: false });
    expect(await scriptless.locator(".plot").isVisible()).to.equal(false);
    expect((await scriptless.locator(".bars-table").boundingBox())?.height).to.be.greaterThan(60);
    await scriptless.close();

    const context = await browser.newContext();
    const missing = await context.newPage();
    await missing.route("**/plotly.js", (route) => route.abort());
    await missing.goto(pathToFileURL(join(folder, "ada.html")).href);
    expect((await missing.locator(".bars-table").boundingBox())?.height).to.be.greaterThan(60);
    await context.close();

    const { page } = await open(exampleRecord());
    await page.locator(".plotted .plot .point path").first().waitFor({ state: "attached" });
    expect((await page.locator(".bars-table").boundingBox())?.height).to.equal(1);
    await page.emulateMedia({ media: "print" });
    expect((await page.locator(".bars-table").boundingBox())?.height).to.be.greaterThan(60);
    expect(await page.locator(".plot").isVisible()).to.equal(false);
    await page.close();
  });

  it("runs nothing that a stranger wrote, in whatever field it stands", async () => {
    const { page, complaints } = await open(hostileRecord());
    await page.locator(".plot .point path").first().waitFor({ state: "attached" });
    const planted = `document.querySelectorAll("img, iframe, object, embed, [onerror], [onload], .plot a").length`;
    expect(await page.evaluate(planted)).to.equal(0);
    expect(await page.evaluate("globalThis.stolen")).to.equal(undefined);
    expect(await page.locator("pre.code").allTextContents()).to.deep.equal(payloads);
    expect(await page.locator(".plot .yaxislayer-above text").allTextContents()).to.have.length(
      payloads.length,
    );
    expect(complaints).to.deep.equal([]);
    await page.close();
  });

  it("would be told by the browser if a script without the nonce ran", async () => {
    const { page, complaints } = await open(exampleRecord());
    await page.evaluate(
      `document.body.append(Object.assign(document.createElement("script"), { textContent: "stolen = 1" }))`,
    );
    expect(await page.evaluate("globalThis.stolen")).to.equal(undefined);
    expect(complaints.join()).to.include("Content Security Policy");
    await page.close();
  });

  for (const colorScheme of ["light", "dark"] as const) {
    it(`has a contrast of at least 4.5 to 1 for all text, ${colorScheme}`, async () => {
      for (const record of [exampleRecord(), unjudged, invalid]) {
        const { page } = await open(record, { colorScheme });
        if (record !== invalid) {
          await page.locator(".plot .point path").first().waitFor({ state: "attached" });
        }
        const { ratio, text } = await worstContrast(page);
        expect(ratio, text).to.be.at.least(4.5);
        await page.close();
      }
    });
  }

  it("draws the bars anew when the theme changes", async () => {
    const { page } = await open(exampleRecord(), { colorScheme: "light" });
    const fill = () => page.locator(".plot .point path").first().getAttribute("style");
    await page.locator(".plot .point path").first().waitFor({ state: "attached" });
    expect(await fill()).to.include("fill: rgb(0, 114, 178)");
    await page.emulateMedia({ colorScheme: "dark" });
    // Not a function to wait for: the page's policy lets nothing evaluate it a second time.
    await page
      .locator('.plot .point path[style*="rgb(86, 180, 233)"]')
      .first()
      .waitFor({ state: "attached" });
    await page.close();
  });

  it("is worked by keyboard, with a focus that is seen", async () => {
    const { page } = await open(exampleRecord());
    await page.locator(".plot .point path").first().waitFor({ state: "attached" });
    const seen = new Set<string>();
    for (let press = 0; press < 20; press += 1) {
      await page.keyboard.press("Tab");
      const focus = await page.evaluate<{ tag: string; outline: string }>(
        `({ tag: document.activeElement.tagName, outline: getComputedStyle(document.activeElement).outlineStyle })`,
      );
      if (focus.tag === "BODY") break;
      seen.add(focus.tag);
      expect(focus.outline, focus.tag).to.equal("solid");
    }
    expect([...seen]).to.include.members(["PRE", "SUMMARY"]);
    await page.locator("summary").first().focus();
    await page.keyboard.press("Enter");
    expect(await page.locator("details").first().getAttribute("open")).to.equal("");
    await page.close();
  });

  it("needs no scrolling sideways on a phone", async () => {
    const { page } = await open(exampleRecord({ receipt: "f".repeat(64) }), {
      viewport: { width: 360, height: 740 },
    });
    await page.locator(".plot .point path").first().waitFor({ state: "attached" });
    expect(await page.evaluate("document.documentElement.scrollWidth")).to.be.at.most(360);
    await page.close();
  });
});

const payloads = [
  `<img src=x onerror="stolen=1"><svg onload="stolen=1">`,
  `</script><script>stolen=1</script>`,
  `"><iframe srcdoc="<script>parent.stolen=1</script>">`,
  `' onfocus='stolen=1' autofocus='`,
  `</style><style>body{display:none}</style>`,
  `<a href="javascript:stolen=1">x</a>`,
  `{{constructor.constructor "stolen=1"}}`,
];

/** Each payload in each field of a question, and all of them in each field of the page. */
function hostileRecord(): SubmissionRecord {
  const questions = payloads.map((payload) => {
    const test = exampleTest({ verdict: "fail", title: payload, message: payload, hint: payload });
    return exampleQuestion({
      id: payload,
      title: payload,
      score: 1,
      tests: [test, { ...test, visibility: "hidden" }],
      misconceptions: [payload],
      answer: payload,
      cellError: payload,
    });
  });
  const all = payloads.join("");
  const header = { student: all, lab: all, isolation: all, receipt: all, release: all };
  return exampleRecord({ ...header, questions, notices: payloads });
}
