import { answerLines } from "./nbgrader-answer.js";
import { kindOf } from "./nbgrader-kind.js";
import { nbgraderNotes } from "./nbgrader-notes.js";
import { type ImportedTests, testsOf } from "./nbgrader-tests.js";
import { titleOf } from "./nbgrader-title.js";
import { writtenCell } from "./nbgrader-written.js";
import { type Note, type SourceCell, sourceCell } from "./notes.js";
import { ordinaryCell } from "./ordinary-cell.js";
import type { AuthoredCell, AuthoredNotebook } from "./read-notebook.js";
import { noteStatedPoints } from "./stated-points.js";

export interface FromNbgrader {
  readonly cells: readonly SourceCell[];
  readonly tests: readonly ImportedTests[];
}

export function isNbgrader({ cells }: AuthoredNotebook): boolean {
  return cells.some(({ nbgrader: mark }) => mark?.grade || mark?.solution || mark?.task);
}

/** Our source of an nbgrader notebook: as much of it as our format has a place for. */
export function fromNbgrader(notebook: AuthoredNotebook, notes: Note[]): FromNbgrader {
  const { cells, language } = notebook;
  const testsFor = assignTests(cells, notes);
  const tests: ImportedTests[] = [];
  const source: SourceCell[] = [];
  let written = 0;
  for (const cell of cells) {
    switch (kindOf(cell)) {
      case "answer": {
        const id = `q${tests.length + 1}`;
        const title = titleOf(cell, cells);
        const found = testsOf({ id, title, from: cell.number }, testsFor.get(cell) ?? [], notes);
        tests.push(found);
        if (found.tests.length > 0) noteStatedPoints(cell, cells, found.points, notes);
        const marker = `// %% question ${id} points=${found.points} title="${title}"`;
        source.push(sourceCell(cell.number, marker, answerLines(cell, { id, language }, notes)));
        break;
      }
      case "tests":
        source.push(...checkCell(cell, tests, testsFor));
        break;
      case "written":
        written += 1;
        source.push(writtenCell(cell, { id: `w${written}`, title: titleOf(cell, cells), language }, notes));
        break;
      case "ordinary":
        if (cell.nbgrader?.grade)
          notes.push({
            cell: cell.number,
            text: "text with points that nobody answers: the points were left out",
          });
        source.push(...ordinaryCell(cell, language, notes));
    }
  }
  notes.push(...nbgraderNotes(notebook, source));
  return { cells: withCheckImport(source, notes), tests };
}

/** Tests belong to the answer above them; those above all answers to the first. */
function assignTests(cells: readonly AuthoredCell[], notes: Note[]): Map<AuthoredCell, AuthoredCell[]> {
  const found = new Map<AuthoredCell, AuthoredCell[]>();
  let answer = cells.find((cell) => kindOf(cell) === "answer");
  for (const cell of cells) {
    const kind = kindOf(cell);
    if (kind === "answer") answer = cell;
    if (kind !== "tests") continue;
    if (answer === undefined)
      notes.push({ cell: cell.number, text: "tests without a question to test: they were left out" });
    else found.set(answer, [...(found.get(answer) ?? []), cell]);
  }
  return found;
}

/** Where students could run tests, they can again: at the first tests of a question that were not all hidden. */
function checkCell(
  cell: AuthoredCell,
  tests: readonly ImportedTests[],
  testsFor: ReadonlyMap<AuthoredCell, readonly AuthoredCell[]>,
): SourceCell[] {
  const [answer] = [...testsFor].find(([, its]) => its.includes(cell)) ?? [];
  const found = tests.find(({ from }) => from === answer?.number);
  const first = found?.tests.find(({ visible }) => visible !== "");
  if (found === undefined || first?.from !== cell.number) return [];
  return [sourceCell(cell.number, `// %% check ${found.id}`, [`await check("${found.id}");`])];
}

function withCheckImport(cells: readonly SourceCell[], notes: Note[]): SourceCell[] {
  if (!cells.some(({ lines }) => lines[0]?.startsWith("// %% check "))) return [...cells];
  const place = Math.max(
    0,
    cells.findIndex(({ lines }) => lines[0] !== "// %% [markdown]"),
  );
  const from = cells[place]?.from ?? 1;
  notes.push({ text: 'a cell was added that imports check from "edgelab/notebook", for the check cells' });
  const added = sourceCell(from, "// %%", ['import { check } from "edgelab/notebook";']);
  return [...cells.slice(0, place), added, ...cells.slice(place)];
}
