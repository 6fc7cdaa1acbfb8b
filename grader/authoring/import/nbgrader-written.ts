import { proseLine } from "../export-source/visible.js";
import { isOurLanguage } from "./foreign-code.js";
import { type Region, regionsOf } from "./nbgrader-regions.js";
import { wholePoints } from "./nbgrader-tests.js";
import { attributeText } from "./nbgrader-title.js";
import { type Note, type SourceCell, sourceCell } from "./notes.js";
import type { AuthoredCell } from "./read-notebook.js";

export interface WrittenContext {
  /** Ours: "w1". */
  readonly id: string;
  readonly title: string;
  readonly language: string | undefined;
}

/** What a person graded in nbgrader: an answer in words, or code, or a task with a mark scheme. */
export function writtenCell(
  cell: AuthoredCell,
  { id, title, language }: WrittenContext,
  notes: Note[],
): SourceCell {
  const points = wholePoints(id, cell.number, [cell], notes);
  const { body, rubric } = cell.nbgrader?.task ? task(cell, notes) : answer(cell, { id, language }, notes);
  if (rubric === "")
    notes.push({ cell: cell.number, text: `${id} has no rubric: add rubric="…; …" to its marker` });
  const attribute = rubric === "" ? "" : ` rubric="${rubric}"`;
  return sourceCell(cell.number, `// %% written ${id} points=${points} title="${title}"${attribute}`, body);
}

interface Parts {
  readonly body: readonly string[];
  readonly rubric: string;
}

function task(cell: AuthoredCell, notes: Note[]): Parts {
  const regions = regionsOf(cell, "MARK SCHEME");
  const scheme = regions.filter(({ inside }) => inside).flatMap(({ lines }) => lines);
  const items = scheme.map((line) => line.replace(/^[\s*#-]+/, "").trim()).filter((line) => line !== "");
  const text = regions.filter(({ inside }) => !inside).flatMap(({ lines }) => lines);
  notes.push({
    cell: cell.number,
    text: "a task let students add cells of their own; here they answer in the cell itself, and in text cells below it",
  });
  return { body: prose(text), rubric: attributeText(items.join("; ")) };
}

function answer(
  cell: AuthoredCell,
  { id, language }: Pick<WrittenContext, "id" | "language">,
  notes: Note[],
): Parts {
  const marked = regionsOf(cell, "SOLUTION");
  const isEmpty = cell.text.trim() === "" || /^YOUR ANSWER HERE$/m.test(cell.text.trim());
  if (isEmpty) return { body: ["// *Write your answer here.*"], rubric: "" };
  // Without markers nbgrader takes the whole cell for the solution, as it takes it out of what students get.
  const regions = marked.length > 1 ? marked : marked.map((region): Region => ({ ...region, inside: true }));
  if (cell.type === "code")
    notes.push({
      cell: cell.number,
      text: `code that a person graded became the answer in words ${id}: its model answer shows the code as text`,
    });
  const fence = (lines: readonly string[]) =>
    cell.type === "code" ? [`\`\`\`${isOurLanguage(language) ? "ts" : language}`, ...lines, "```"] : lines;
  const body = regions.flatMap(({ inside, lines }) => {
    if (lines.every((line) => line.trim() === "")) return [];
    const text = prose(fence(lines));
    return inside ? ["// BEGIN SOLUTION", ...text, "// END SOLUTION"] : text;
  });
  return { body, rubric: "" };
}

function prose(lines: readonly string[]): string[] {
  const text = lines.map(proseLine);
  return text.slice(0, text.findLastIndex((line) => line !== "//") + 1);
}
