import { formatPoints } from "./points.js";

interface Bar {
  readonly id: string;
  readonly judged: boolean;
  readonly score: number;
  readonly maxScore: number;
}

/** What the bars show, in one sentence: their title, and their text for who can't see them. */
export function finding(bars: readonly Bar[]): string {
  if (bars.length === 0) return "";
  const judged = bars.filter((bar) => bar.judged);
  const waiting = bars.filter((bar) => !bar.judged).map((bar) => bar.id);
  if (judged.length === 0) return "No question is judged yet.";
  const wait = waiting.length === 0 ? "" : ` ${list(waiting)} ${verb(waiting)} not judged yet.`;
  return `${openPoints(judged)}${wait}`;
}

function openPoints(judged: readonly Bar[]): string {
  const open = (bar: Bar) => bar.maxScore - bar.score;
  const total = judged.reduce((sum, bar) => sum + open(bar), 0);
  if (total <= 0)
    return judged.length === 1 ? "All points of the question." : "All points of every question.";
  const withOpen = judged.filter((bar) => open(bar) > 0);
  const points = `${formatPoints(total)} ${total === 1 ? "point is" : "points are"} still open`;
  const most = withOpen.reduce((best, bar) => (open(bar) > open(best) ? bar : best));
  if (withOpen.length === 1) return `${points}, all in ${most.id}.`;
  return `${points}, ${formatPoints(open(most))} of them in ${most.id}.`;
}

function list(names: readonly string[]): string {
  if (names.length < 2) return names.join("");
  return `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}

function verb(names: readonly string[]): string {
  return names.length === 1 ? "is" : "are";
}
