import type { TestOutcome } from "../testing/run-question.js";
import { escapeHtml, styles } from "./theme.js";

export interface CheckResult {
  readonly question: string;
  readonly outcomes: readonly TestOutcome[];
  /** How long each of them took. */
  readonly testMs: readonly number[];
  /** What the student should know beside the results, a line each. */
  readonly notes: readonly string[];
}

const signs = { pass: "✓", fail: "✗", "cannot-judge": "?" } as const;
const words = { pass: "passed", fail: "failed", "cannot-judge": "could not be judged" } as const;
const more = "The grader has further tests for this question.";

export function checkText({ question, outcomes, testMs, notes }: CheckResult): string {
  const lines = outcomes.flatMap(({ verdict, title, points, message, hint }, i) => [
    `${signs[verdict]} ${title} (${[pointsText(points), ...slowText(testMs[i])].join(", ")})`,
    ...details(verdict, message, hint).map((line) => `    ${line}`),
  ]);
  return [`${question}: ${summary(outcomes, testMs)}`, ...lines, more, ...notes].join("\n");
}

export function checkHtml({ question, outcomes, testMs, notes }: CheckResult): string {
  const items = outcomes.map(({ verdict, title, points, message, hint }, i) => {
    const facts = [...slowText(testMs[i]), pointsText(points)].join(" · ");
    const lines = details(verdict, message, hint).map(
      (line) => `<div class="more">${escapeHtml(line)}</div>`,
    );
    return `<li><span class="${verdict}" role="img" aria-label="${words[verdict]}">${signs[verdict]}</span>
<span>${escapeHtml(title)}</span><span class="muted">${facts}</span>${lines.join("")}</li>`;
  });
  const footer = [more, ...notes].map((line) => `<p class="muted">${escapeHtml(line)}</p>`);
  return `${styles}<div class="edgelab edgelab-check"><p><strong>${escapeHtml(question)}</strong>: ${summary(outcomes, testMs)}</p>
<ul>${items.join("")}</ul>${footer.join("")}</div>`;
}

function summary(outcomes: readonly TestOutcome[], testMs: readonly number[]): string {
  const sum = (tests: readonly TestOutcome[]) => tests.reduce((points, test) => points + test.points, 0);
  const earned = sum(outcomes.filter(({ verdict }) => verdict === "pass"));
  return `${earned} of ${pointsText(sum(outcomes))} of the public tests · ${timeText(testMs.reduce((total, ms) => total + ms, 0))}`;
}

/** Shorter ones say nothing. */
const slowMs = 100;

function slowText(ms = 0): string[] {
  return ms < slowMs ? [] : [timeText(ms)];
}

function timeText(ms: number): string {
  return ms < 1000 ? `${Math.max(Math.round(ms), 1)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

function pointsText(points: number): string {
  return `${points} ${points === 1 ? "point" : "points"}`;
}

function details(verdict: TestOutcome["verdict"], message: string, hint: string): string[] {
  if (verdict === "pass") return [];
  return [message, hint].filter((line) => line !== "");
}
