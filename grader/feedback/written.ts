import type { WrittenRecord } from "../pipeline/record.js";
import { formatPoints } from "./points.js";
import { safeText } from "./safe-text.js";
import type { BarView } from "./view.js";

/** An answer in words, as its student sees it: never with the rubric, which says what to write. */
export interface WrittenView {
  /** Among the questions and written answers: names the section in links. */
  readonly position: number;
  readonly id: string;
  readonly title: string;
  readonly scoreText: string;
  readonly answer: string;
}

const notJudged = "not judged yet";

export function writtenView(record: WrittenRecord, position: number): WrittenView {
  const { id, title, maxScore, answer } = record;
  const points = formatPoints(maxScore);
  return {
    position,
    id,
    title,
    scoreText: answer === "" ? `0 / ${points}` : notJudged,
    answer: safeText(answer),
  };
}

export function writtenBar({ id, title, maxScore, answer }: WrittenRecord): BarView {
  const judged = answer === "";
  const scoreText = judged ? "0" : notJudged;
  return { id, title, judged, score: 0, maxScore, scoreText, maxText: formatPoints(maxScore), percent: 0 };
}
