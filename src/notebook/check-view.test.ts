import { expect } from "chai";
import type { TestOutcome } from "../testing/run-question.js";
import { checkHtml, checkText } from "./check-view.js";

const outcome = (rest: Partial<TestOutcome>): TestOutcome => ({
  title: "keeps zero",
  points: 1,
  hint: "",
  verdict: "pass",
  message: "",
  byAssertion: false,
  ...rest,
});

describe("a check's result", () => {
  const result = {
    question: "q1",
    notes: ["A note."],
    testMs: [12, 1234, 3],
    outcomes: [
      outcome({ points: 2 }),
      outcome({ title: "ties", verdict: "fail", message: "got 1, expected 2", hint: "Look at ties." }),
      outcome({ title: "ends", verdict: "cannot-judge", message: "the test did not run" }),
    ],
  };

  it("reads as text, with signs, points, what came back and what to look at", () => {
    expect(checkText(result).split("\n")).to.deep.equal([
      "q1: 2 of 4 points of the public tests · 1.2 s",
      "✓ keeps zero (2 points)",
      "✗ ties (1 point, 1.2 s)",
      "    got 1, expected 2",
      "    Look at ties.",
      "? ends (1 point)",
      "    the test did not run",
      "The grader has further tests for this question.",
      "A note.",
    ]);
  });

  it("gives each sign a word, for whoever can't see it", () => {
    const html = checkHtml(result);
    for (const word of ["passed", "failed", "could not be judged"]) {
      expect(html).to.include(`role="img" aria-label="${word}"`);
    }
  });

  it("keeps the hint of a passed test to itself", () => {
    expect(checkText({ ...result, outcomes: [outcome({ hint: "secret" })] })).not.to.include("secret");
  });

  it("escapes whatever the student's code returned or threw", () => {
    const hostile = `<script>alert("x")</script>'&`;
    const html = checkHtml({
      question: hostile,
      notes: [hostile],
      testMs: [1],
      outcomes: [outcome({ verdict: "fail", title: hostile, message: hostile, hint: hostile })],
    });
    expect(html).not.to.include("<script");
    expect(html.split("&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;&#39;&amp;")).to.have.length(6);
  });
});
