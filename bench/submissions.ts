import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { buildNotebooks } from "../grader/authoring/build.js";
import type { Lab } from "../grader/authoring/load-lab.js";
import { loadMutants } from "../grader/authoring/load-tests.js";
import { type Rng, seeded } from "../src/core/random.js";
import type { LabCell } from "../src/lab/cells.js";
import { parseNotebook } from "../src/lab/notebook.js";
import { restore } from "../src/lab/restore/restore.js";
import { applyMutant, type Mutant } from "../src/testing/mutant.js";

/** How often an answer is of each kind. No endless loops: a kernel would never come back from one. */
const shares = { reference: 0.5, mutant: 0.3, starter: 0.1, broken: 0.1 } as const;
export type AnswerKind = keyof typeof shares;

export interface Submission {
  readonly student: string;
  readonly notebook: string;
}

/** What a cell looks like that was handed in unfinished. */
const breakages: readonly ((text: string) => string)[] = [
  (text) => `${text}\nconst broken: number = "a type error";`,
  (text) => `${text}\nthrow new Error("not finished");`,
  (text) => text.slice(0, text.lastIndexOf("}")),
];

/**
 * Writes `count` submissions as nbgrader lays them below `folder`. The same seed gives the same ones.
 *
 * Every answer that was changed has a line of its own, so that no two students' answers are the same text: no
 * cache may know them, as it may the cells that nobody changed.
 */
export async function writeSubmissions(
  lab: Lab,
  folder: string,
  count: number,
  seed: string,
): Promise<Submission[]> {
  const mutants = await loadMutants(lab);
  const rng = seeded(seed);
  const submissions: Submission[] = [];
  for (let number = 1; number <= count; number++) {
    const student = `student-${String(number).padStart(5, "0")}`;
    const answer = (cell: LabCell) =>
      cell.role === "answer" ? answerTo(cell, mutants, rng, student) : cell.source;
    const cells = lab.source.cells.map((cell) => ({ ...cell, source: answer(cell) }));
    const notebook = buildNotebooks({ ...lab.source, cells }, lab.manifest).student;
    const place = join(folder, student, lab.manifest.id);
    await mkdir(place, { recursive: true });
    await writeFile(join(place, `${lab.manifest.id}.ipynb`), notebook);
    submissions.push({ student, notebook });
  }
  return submissions;
}

function answerTo(cell: LabCell, mutants: readonly Mutant[], rng: Rng, student: string): string {
  const kind = drawKind(rng);
  if (kind === "starter") return cell.source;
  return `// ${student}\n${changed(kind, cell, mutants, rng)}`;
}

function changed(kind: AnswerKind, cell: LabCell, mutants: readonly Mutant[], rng: Rng): string {
  const own = mutants.filter(({ question }) => question === cell.question);
  if (kind === "mutant" && own.length > 0) return applyMutant(cell.reference, pick(own, rng));
  return kind === "broken" ? pick(breakages, rng)(cell.reference) : cell.reference;
}

function drawKind(rng: Rng): AnswerKind {
  let left = rng.uniform(0, 1);
  for (const kind of Object.keys(shares) as AnswerKind[]) {
    left -= shares[kind];
    if (left < 0) return kind;
  }
  return "reference";
}

function pick<T>(from: readonly T[], rng: Rng): T {
  const found = from[rng.integer(0, from.length - 1)];
  if (found === undefined) throw new RangeError("nothing to pick from");
  return found;
}

/** The notebook with exactly the cells that the grader runs: no prose, no checks, nothing to explore. */
export function sameCellsForJupyter({ notebook }: Submission, lab: Lab): string {
  const restored = restore(parseNotebook(Buffer.from(notebook)), lab.source, lab.manifest.id);
  const cells = restored.cells.map(({ source }, index) => ({
    cell_type: "code",
    execution_count: null,
    id: `cell-${index}`,
    metadata: {},
    outputs: [],
    source,
  }));
  const metadata = { kernelspec: { display_name: "TypeScript", language: "typescript", name: "tslab" } };
  return JSON.stringify({ cells, metadata, nbformat: 4, nbformat_minor: 5 });
}
