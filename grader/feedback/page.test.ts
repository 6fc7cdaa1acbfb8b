import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { expect } from "chai";
import {
  exampleQuestion,
  exampleRecord,
  exampleTest,
  exampleWritten,
} from "../gradebook/fixtures/records.js";
import type { SubmissionRecord } from "../pipeline/record.js";
import { renderFeedback, writeFeedback } from "./page.js";

const lab = { title: "Quantization" };
const render = (changes: Partial<SubmissionRecord> = {}) => renderFeedback(exampleRecord(changes), lab, "N");

/** What a reader sees: the page without its tags, its style and its scripts. */
function textOf(page: string): string {
  const body = page.slice(page.indexOf("<main>"), page.indexOf("</main>"));
  return body
    .replace(/<[^>]*>/g, " ")
    .replace(/\s+/g, " ")
    .trim();
}

describe("feedback page", () => {
  it("has this order: score, bars, then each question with tests, misconceptions and answer, then notices", () => {
    const text = textOf(render());
    const order = [
      "01-quantization Quantization ada 17.5 / 30 points",
      "Release 2026-11-01 Graded in bubblewrap Receipt 5f3c9a1e7b20",
      "12.5 points are still open, 10 of them in q3.",
      "q2 Symmetric int8 7.5 10 q3",
      "q1 Affine parameters 10 / 10 Public tests Points ✓ holds maps the worked vector as by hand 2 / 2",
      "Hidden tests Points ✓ holds stays within half a step at both ends 4 / 4",
      "q2 Symmetric int8 7.5 / 10",
      "✗ does not hold rounds a tie to the even neighbour What came back for x &#x3D; 0.5 and scale 1",
      "Look at Ties. Which way",
      "0 / 2.5",
      "What your answers have in common Your answers are those of Math.round",
      "Your answer, as it was run function quantizeSymmetric",
      "q3 Per-tensor or per-channel 0 / 10 ✗ The answer cell did not run. What came back: Cannot find name",
      "About your notebook The check cell of q2 was missing and was put back.",
    ];
    let from = 0;
    for (const part of order) {
      const found = text.indexOf(part, from);
      expect(found, `"${part}" in: ${text.slice(from)}`).to.be.at.least(0);
      from = found + part.length;
    }
  });

  it("shows a hidden test's title, points, verdict and hint, and never its message", () => {
    const page = render();
    expect(page).to.include("halves the error of the layer with an outlier");
    expect(page).to.include("Which axis of the weights is the output channel?");
    expect(page).to.not.include("SECRET-EXPECTATION");
    const test = exampleTest({ visibility: "hidden", verdict: "cannot-judge", message: "SECRET-TOO" });
    expect(render({ questions: [exampleQuestion({ tests: [test] })] })).to.not.include("SECRET-TOO");
  });

  it("never shows what the answer printed while it was judged", () => {
    expect(render()).to.not.include("PRINTED-FOR-THE-TA");
  });

  it("shows an answer in words as it was handed in, that a person will grade it, and never the rubric", () => {
    const page = render({ score: 17.5, maxScore: 36, written: [exampleWritten()] });
    const text = textOf(page);
    expect(text).to.include(
      "17.5 / 30 points A written answer for 6 points more will be graded by a person.",
    );
    expect(text).to.include("w1 is not judged yet.");
    expect(text).to.match(
      /w1 Which channel is loud not judged yet A person will grade this answer\..*The fifth/,
    );
    expect(page).to.include('href="#question-3">w1<').and.include('id="question-3"');
    expect(page).to.not.include("RUBRIC-FOR-THE-TA");
  });

  it("says of an answer in words that was not given that there is nothing to grade", () => {
    const text = textOf(render({ maxScore: 36, written: [exampleWritten({ answer: "" })] }));
    expect(text).to.include("17.5 / 36 points Release");
    expect(text).to.include("w1 Which channel is loud 0 / 6 Not answered: nothing was written in its cell.");
    expect(text).to.not.include("A person will");
  });

  it("gives no hint for a test that holds", () => {
    const test = exampleTest({ hint: "look here", message: "said that" });
    const page = render({ questions: [exampleQuestion({ tests: [test] })] });
    expect(page).to.not.include("look here").and.not.include("said that");
  });

  it("calls nothing zero that was not judged", () => {
    const unjudged = exampleQuestion({
      id: "q2",
      score: 0,
      tests: [exampleTest({ verdict: "cannot-judge", points: 10 })],
    });
    const text = textOf(
      render({ status: "needs-review", score: 10, questions: [exampleQuestion(), unjudged] }),
    );
    expect(text).to.include("Not judged yet A part of this submission could not be judged automatically.");
    expect(text).to.include("All points of the question. q2 is not judged yet.");
    expect(text).to.include("q1 Affine parameters 10 / 10");
    expect(text).to.include("q2 Affine parameters not judged yet");
    expect(text).to.include("? / 10");
    expect(text).to.not.match(/\b0 \/|\/ 30/);
  });

  it("says that our failure is not about the student's work, and keeps its details to itself", () => {
    const questions = [exampleQuestion({ score: 0, tests: [] })];
    const page = render({ status: "error", score: 0, questions, problem: "worker died in /home/ta" });
    expect(textOf(page)).to.include("Not judged yet").and.include("says nothing about your work");
    expect(page).to.not.include("/home/ta");
    expect(textOf(page)).to.not.match(/\b0 \/|\/ 30/);
  });

  it("says of a file that can't be graded why, and what to do", () => {
    const text = textOf(
      render({ status: "invalid", score: 0, questions: [], problem: "ada.ipynb is not JSON." }),
    );
    expect(text).to.include(
      "This file could not be graded ada.ipynb is not JSON. Then hand the notebook in again.",
    );
    expect(text).to.not.match(/\b0 \/|\/ 30/);
  });

  it("escapes what a stranger wrote, in every field", () => {
    const hostile = `</script></pre><script>alert(1)</script><img src=x onerror=alert(1)>"'\`{{nonce}}{{{x}}}`;
    const test = { title: hostile, message: hostile, hint: hostile };
    const question = exampleQuestion({
      id: hostile,
      title: hostile,
      score: 1,
      tests: [
        exampleTest({ ...test, verdict: "fail" }),
        exampleTest({ ...test, verdict: "fail", visibility: "hidden" }),
        exampleTest({ ...test, verdict: "cannot-judge" }),
      ],
      misconceptions: [hostile],
      answer: hostile,
      cellError: hostile,
    });
    const fields = {
      student: hostile,
      lab: hostile,
      release: hostile,
      isolation: hostile,
      receipt: hostile,
      notices: [hostile],
      problem: hostile,
      questions: [question],
      written: [exampleWritten({ id: hostile, title: hostile, rubric: [hostile], answer: hostile })],
    };
    for (const status of ["graded", "invalid", "needs-review", "error"] as const) {
      const page = renderFeedback(exampleRecord({ ...fields, status }), { title: hostile }, "N");
      const quiet = renderFeedback(exampleRecord({ questions: [question], status }), lab, "N");
      expect(page, status)
        .to.not.include("<img")
        .and.not.include("<script>")
        .and.not.include("onerror=alert");
      expect(page.match(/<script/g), status).to.deep.equal(quiet.match(/<script/g));
      expect(page, status).to.include("&lt;script&gt;").and.include("{{nonce}}");
    }
  });

  it("has a strict policy with a new nonce for each page", () => {
    const page = renderFeedback(exampleRecord(), lab);
    const [, nonce = ""] = /script-src 'nonce-([A-Za-z0-9+/]{24})'/.exec(page) ?? [];
    expect(nonce).to.have.length(24);
    expect(page).to.match(/content="default-src 'none'; script-src 'nonce-[^']+'; style-src 'nonce-[^']+'/);
    expect(page).to.not.include("unsafe-");
    for (const [tag] of page.matchAll(/<(script|style)[^>]*>/g)) expect(tag).to.include("nonce=");
    expect(renderFeedback(exampleRecord(), lab)).to.not.include(nonce);
    // No style attribute and no handler, which the policy would refuse.
    expect(page).to.not.match(/ (style|on[a-z]+)="/);
  });

  it("cuts an answer that would make the page too heavy, and says by how much", () => {
    const page = render({ questions: [exampleQuestion({ answer: "x".repeat(1_000_000) })] });
    expect(page).to.include("… and 960000 characters more");
    expect(page.length).to.be.lessThan(100_000);
  });

  it("names the style sheet that plotly would add, as the installed plotly names it", async () => {
    const plotly = createRequire(import.meta.url).resolve("plotly.js-dist/plotly.js");
    const ids = [...(await readFile(plotly, "utf8")).matchAll(/getElementById\("([0-9a-f]{64})"\)/g)];
    expect(ids.map(([, id]) => id)).to.deep.equal([/id="([0-9a-f]{64})"/.exec(render())?.[1]]);
  });
});

describe("writing feedback", () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "feedback-"));
  });

  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  it("replaces the student's older page, shares one copy of plotly, and leaves nothing else behind", async () => {
    await writeFeedback(folder, exampleRecord({ receipt: "older" }), lab);
    await writeFeedback(folder, exampleRecord({ student: "bob" }), lab);
    const path = await writeFeedback(folder, exampleRecord({ receipt: "newer" }), lab);
    expect(path).to.equal(join(folder, "ada.html"));
    expect(await readFile(path, "utf8"))
      .to.include("newer")
      .and.not.include("older");
    expect((await readdir(folder)).sort()).to.deep.equal(["ada.html", "assets", "bob.html"]);
    expect(await readdir(join(folder, "assets"))).to.deep.equal(["plotly.js"]);
  });

  it("replaces a copy of plotly that was cut short", async () => {
    await writeFeedback(folder, exampleRecord(), lab);
    await writeFile(join(folder, "assets", "plotly.js"), "half");
    await writeFeedback(folder, exampleRecord(), lab);
    expect((await readFile(join(folder, "assets", "plotly.js"))).length).to.be.greaterThan(1_000_000);
  });

  it("stays in its folder, whatever the student is called", async () => {
    for (const student of ["../../etc/passwd", "..", "/root/x", "", "\0", ".htaccess", "a".repeat(5_000)]) {
      const path = await writeFeedback(folder, exampleRecord({ student }), lab);
      expect(await readdir(folder)).to.include(basename(path));
    }
    expect(await readdir(folder)).to.have.length(8);
  });

  it("leaves the old page where the new one can't be written", async () => {
    const path = await writeFeedback(folder, exampleRecord({ receipt: "older" }), lab);
    const broken = { ...exampleRecord(), notices: [undefined as unknown as string] };
    Object.defineProperty(broken, "notices", {
      get: () => {
        throw new Error("the record is broken");
      },
    });
    const failure = await writeFeedback(folder, broken, lab).catch((error: unknown) => error);
    expect(failure).to.be.instanceOf(Error);
    expect(await readFile(path, "utf8")).to.include("older");
    expect((await readdir(folder)).sort()).to.deep.equal(["ada.html", "assets"]);
  });
});
