import type { AuthoredCell } from "./read-notebook.js";

/** A title from the `grade_id`; where nbgrader made that up, from the heading above the cell. */
export function titleOf(cell: AuthoredCell, cells: readonly AuthoredCell[]): string {
  const id = cell.nbgrader?.grade_id ?? "";
  if (id !== "" && !/^cell-[0-9a-f]{6,}$/.test(id)) return title(id.replace(/[-_]+/g, " "));
  const headings = cells
    .filter(({ number, type }) => type === "markdown" && number <= cell.number)
    .flatMap(({ text }) => text.split("\n").flatMap((line) => /^#+ +(.+)$/.exec(line)?.[1] ?? []));
  return title(headings.at(-1) ?? `Cell ${cell.number}`);
}

function title(text: string): string {
  const plain = [...attributeText(text)].slice(0, 80).join("");
  return plain === "" ? "Question" : `${plain.charAt(0).toUpperCase()}${plain.slice(1)}`;
}

/** As it may stand between the quotes of a marker, on one line. */
export function attributeText(text: string): string {
  return text
    .replaceAll('"', "'")
    .replace(/[\p{C}\p{Zl}\p{Zp}]+/gu, " ")
    .trim();
}
