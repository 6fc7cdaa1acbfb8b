import type { ReleaseSource } from "../../src/lab/cells.js";
import type { WrittenText } from "../../src/lab/restore/written.js";
import type { WrittenRecord } from "./record.js";

/** What a person will grade, with what they will look for. */
export function writtenRecords({ written }: ReleaseSource, texts: readonly WrittenText[]): WrittenRecord[] {
  const answers = new Map(texts.map(({ id, text }) => [id, text]));
  return written.map(({ id, title, points, rubric }) => ({
    id,
    title,
    maxScore: points,
    rubric,
    answer: answers.get(id) ?? "",
  }));
}

/** How many points a lab has, those that a person gives among them. */
export function pointsOf({ questions, written }: ReleaseSource): number {
  return [...questions, ...written].reduce((sum, { points }) => sum + points, 0);
}

/** The answers that a person still has to grade: one that was not given has nothing to grade. */
export function waiting(written: readonly WrittenRecord[]): readonly WrittenRecord[] {
  return written.filter(({ answer }) => answer !== "");
}
