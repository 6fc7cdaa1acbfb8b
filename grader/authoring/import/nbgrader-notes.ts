import { isOurLanguage } from "./foreign-code.js";
import { kindOf } from "./nbgrader-kind.js";
import { counted, type Note, type SourceCell } from "./notes.js";
import type { AuthoredCell, AuthoredNotebook } from "./read-notebook.js";

/** What should be known of an nbgrader notebook as a whole. */
export function nbgraderNotes({ cells, language }: AuthoredNotebook, source: readonly SourceCell[]): Note[] {
  const texts = [
    ...cleared(cells),
    ...duplicates(cells),
    ...newIds(source, cells),
    ...(isOurLanguage(language) ? openCode(cells) : []),
  ];
  return texts.map((text) => ({ text }));
}

/** In what nbgrader hands out, this stands where solutions were. */
function cleared(cells: readonly AuthoredCell[]): string[] {
  const found = cells.filter((cell) => kindOf(cell) === "answer" && /\bYOUR CODE HERE\b/.test(cell.text));
  const numbers = found.map(({ number }) => number).join(", ");
  return found.length === 0
    ? []
    : [`cell ${numbers}: "YOUR CODE HERE" stands where solutions were: import the source version instead`];
}

function duplicates(cells: readonly AuthoredCell[]): string[] {
  const seen = new Map<string, number[]>();
  for (const { number, nbgrader } of cells)
    if (nbgrader?.grade_id) seen.set(nbgrader.grade_id, [...(seen.get(nbgrader.grade_id) ?? []), number]);
  return [...seen].flatMap(([id, numbers]) =>
    numbers.length === 1
      ? []
      : [
          `${counted(numbers.length, "cell")} (${numbers.join(", ")}) have the same grade_id ${JSON.stringify(id)}: each was taken for a cell of its own; remove the copies`,
        ],
  );
}

/** Which of our ids stand for which of nbgrader's: notes, grades and other people may still name those. */
function newIds(source: readonly SourceCell[], cells: readonly AuthoredCell[]): string[] {
  const ids = source.flatMap(({ from, lines }) => {
    const id = /^\/\/ %% (?:question|written) (\w+)/.exec(lines[0] ?? "")?.[1];
    const theirs = cells.find(({ number }) => number === from)?.nbgrader?.grade_id ?? "";
    return id === undefined || theirs === "" ? [] : [`${theirs} is ${id}`];
  });
  return ids.length === 0 ? [] : [`questions have new ids: ${ids.join(", ")}`];
}

/** What students could change is locked here, and runs when a submission is graded. */
function openCode(cells: readonly AuthoredCell[]): string[] {
  const first = cells.find((cell) => kindOf(cell) === "answer")?.number ?? 0;
  const open = cells.filter(
    (cell) =>
      cell.number > first &&
      cell.type === "code" &&
      cell.text.trim() !== "" &&
      (cell.nbgrader === undefined || cell.nbgrader.locked === false) &&
      kindOf(cell) === "ordinary",
  );
  const numbers = open.map(({ number }) => number);
  return numbers.length === 0
    ? []
    : [
        `code that students could change (cell ${numbers.join(", ")}): where it only tries an answer out, write // %% explore above it, and the grader skips it`,
      ];
}
