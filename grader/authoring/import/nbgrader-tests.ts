import { regionsOf } from "./nbgrader-regions.js";
import type { Note } from "./notes.js";
import type { AuthoredCell } from "./read-notebook.js";

/** One cell of tests, with what students saw of it and what they did not. */
export interface ImportedTest {
  readonly from: number;
  readonly title: string;
  readonly points: number;
  readonly visible: string;
  readonly hidden: string;
}

/** All tests of one question. */
export interface ImportedTests {
  /** The question: ours ("q1"), its title, and the cell that it came from. */
  readonly id: string;
  readonly title: string;
  readonly from: number;
  /** A whole number above 0, as a question of ours needs it. */
  readonly points: number;
  readonly tests: readonly ImportedTest[];
}

export function testsOf(
  question: Pick<ImportedTests, "id" | "title" | "from">,
  cells: readonly AuthoredCell[],
  notes: Note[],
): ImportedTests {
  if (cells.length === 0)
    notes.push({
      cell: question.from,
      text: `${question.id} has no tests, and so no points: 1 was written; write tests and say what it is worth`,
    });
  const points = cells.length === 0 ? 1 : wholePoints(question.id, question.from, cells, notes);
  const tests = cells.map((cell, index): ImportedTest => {
    noteAutotest(cell, notes);
    notes.push({
      cell: cell.number,
      text: `tests of ${question.id}: they stand as comments in public/${question.id}.test.ts and hidden/${question.id}.test.ts; write them anew with student.call`,
    });
    const regions = regionsOf(cell, "HIDDEN TESTS");
    const part = (inside: boolean) =>
      regions
        .filter((region) => region.inside === inside)
        .flatMap(({ lines }) => lines)
        .join("\n")
        .trim();
    const name = (cell.nbgrader?.grade_id ?? "").replace(/[\p{C}"\\]+/gu, " ").trim();
    const title = `${name || "test"} (cell ${cell.number})`;
    const share = index === 0 ? points - sum(cells.slice(1)) : pointsOf(cell);
    return { from: cell.number, title, points: Math.max(share, 0), visible: part(false), hidden: part(true) };
  });
  return { ...question, points, tests };
}

/** What cells are worth together, as a whole number above 0; whatever had to be changed for that is noted. */
export function wholePoints(id: string, from: number, cells: readonly AuthoredCell[], notes: Note[]): number {
  for (const cell of cells)
    if (!isPoints(cell.nbgrader?.points))
      notes.push({
        cell: cell.number,
        text: `its points are ${JSON.stringify(cell.nbgrader?.points) ?? "missing"}, and not a number from 0 on: 0 was taken`,
      });
  const total = sum(cells);
  const whole = Math.max(1, Math.ceil(total));
  if (whole !== total)
    notes.push({
      cell: from,
      text: `the points of ${id} add up to ${total}; a question of ours has a whole number above 0: ${whole} was written`,
    });
  return whole;
}

function sum(cells: readonly AuthoredCell[]): number {
  return cells.reduce((total, cell) => total + pointsOf(cell), 0);
}

function pointsOf({ nbgrader }: AuthoredCell): number {
  return isPoints(nbgrader?.points) ? nbgrader.points : 0;
}

function isPoints(points: unknown): points is number {
  return typeof points === "number" && Number.isFinite(points) && points >= 0;
}

function noteAutotest(cell: AuthoredCell, notes: Note[]): void {
  if (/### (HASHED )?AUTOTEST/.test(cell.text))
    notes.push({
      cell: cell.number,
      text: "nbgrader's AUTOTEST lines have no like here: write those tests by hand",
    });
}
