import { expect } from "chai";
import { validation } from "./fixtures/course.js";
import type { Receipt } from "./receipt.js";
import { receiptHtml, receiptText } from "./receipt-view.js";

const receipt: Receipt = {
  lab: "01-sums",
  release: "abc123",
  notebook: "01-sums.ipynb",
  sha256: "0123456789abcdef".repeat(4),
  at: "2026-11-29T20:00:00.000Z",
  to: { kind: "git", remote: "submit (https://example.org/x.git)", branch: "main", commit: "c0ffee" },
  due: "2026-12-01T23:59:00+01:00",
  points: { earned: 2, possible: 4 },
  notices: ["A notice."],
};

describe("a receipt", () => {
  it("says where it went, when, what it is and what did not pass", () => {
    const lines = receiptText({ receipt, validation }).split("\n");
    expect(lines).to.deep.equal([
      "✓ handed in: 01-sums",
      "  pushed to  submit (https://example.org/x.git), branch main",
      "  commit     c0ffee",
      "  time       2026-11-29 20:00:00 UTC by this computer's clock; the course's own clock counts",
      "  due        2026-12-01 23:59 (+01:00), in 2 days 2 hours",
      "  notebook   01-sums.ipynb, made from release abc123",
      `  sha256     ${receipt.sha256}`,
      "  points     2 of 4 of the public tests",
      "  ✗ q1: not passed: of none",
      "  A notice.",
      "  You can hand in again until the due date; the last one counts.",
    ]);
  });

  it("says that it is late, and of a zip file what to do with it", () => {
    const late = { ...receipt, at: "2026-12-02T00:00:00.000Z", to: { kind: "zip", path: "/x.zip" } } as const;
    const text = receiptText({ receipt: late, validation });
    expect(text).to.include("1 hour 1 minute ago: late");
    expect(text).to.include("Upload this file where your course asks for it.");
    expect(text).to.include("The due date is over");
  });

  it("says which cell did not run, and where nothing could be tried", () => {
    const question = {
      id: "q1",
      title: "Sum",
      outcomes: [],
      cellError: "Error: no\u001b[2J\n  at x",
      durationMs: 0,
    };
    const { points: _, due: __, ...rest } = receipt;
    const text = receiptText({
      receipt: rest,
      validation: { notices: [], questions: [question], problem: "time was up" },
    });
    expect(text).to.include("? q1: its cell did not run to its end: Error: no\\u{1b}[2J\n");
    expect(text).to.include("Not everything could be tried here: time was up");
    expect(text).to.include("the public tests did not run");
    expect(text).to.include("You can hand in again; the last one counts.");
  });

  it("escapes whatever the notebook or a remote said", () => {
    const hostile = "<script>alert(1)</script>";
    const html = receiptHtml({
      receipt: { ...receipt, lab: hostile, notebook: hostile, notices: [hostile] },
      validation: { ...validation, problem: hostile },
    });
    expect(html).not.to.include("<script");
  });
});
