import type { LabSource } from "../../../src/lab/cells.js";
import type { ImportedLab } from "./import-notebook.js";
import { counted, noteLine } from "./notes.js";

/** "12 cells: 6 of text, 3 of code, 2 questions (15 points), 1 written answer (6 points)". */
export function carriedOver({ cells, questions, written }: LabSource): string {
  const count = (...roles: readonly string[]) => cells.filter(({ role }) => roles.includes(role)).length;
  const points = (infos: readonly { readonly points: number }[]) =>
    counted(
      infos.reduce((sum, info) => sum + info.points, 0),
      "point",
    );
  const parts = [
    `${count("prose")} of text`,
    `${count("code", "explore", "check")} of code`,
    `${counted(questions.length, "question")}${questions.length > 0 ? ` (${points(questions)})` : ""}`,
    `${counted(written.length, "written answer")}${written.length > 0 ? ` (${points(written)})` : ""}`,
  ];
  return `${counted(cells.length, "cell")}: ${parts.join(", ")}`;
}

/** The notes of the lab, for whoever works on it next: as long as something is left to do, it stands there. */
export function readmeText(title: string, file: string, { notes }: ImportedLab): string {
  const todo = notes.map((note) => `- ${oneLine(noteLine(note))}`);
  const rest =
    todo.length === 0
      ? ["Everything was carried over."]
      : ["What could not be carried over as it was:", "", ...todo];
  return `# ${oneLine(title)}: for whoever teaches it\n\nImported from \`${oneLine(file)}\`. ${rest.join("\n")}\n`;
}

export function labText(id: string, title: string, packages: readonly string[]): string {
  return `import { defineLab } from "edgelab/lab";

export default defineLab({
  id: ${JSON.stringify(id)},
  title: ${JSON.stringify(oneLine(title))},
  packages: [${packages.map((name) => JSON.stringify(name)).join(", ")}],
  withheld: [],
});
`;
}

/** The first heading of a lab's text, one of the first level if there is any. */
export function headingOf({ cells }: LabSource): string | undefined {
  const lines = cells.filter(({ role }) => role === "prose").flatMap(({ source }) => source.split("\n"));
  const headings = (form: RegExp) => lines.flatMap((line) => form.exec(line)?.[1] ?? []);
  const [first] = [...headings(/^# +(.+)$/), ...headings(/^#+ +(.+)$/)];
  return first === undefined ? undefined : oneLine(first);
}

function oneLine(text: string): string {
  return text.replace(/[\p{C}\p{Zl}\p{Zp}]+/gu, " ").trim();
}
