import { isBuiltin } from "node:module";
import type { LabSource } from "../../../src/lab/cells.js";
import { importedModules } from "../../../src/lab/imports.js";
import { parsePercent } from "../percent.js";
import { isOurLanguage } from "./foreign-code.js";
import { fromNbgrader, isNbgrader } from "./nbgrader.js";
import { counted, type Note, type SourceCell } from "./notes.js";
import { ordinaryCell } from "./ordinary-cell.js";
import type { AuthoredCell, AuthoredNotebook } from "./read-notebook.js";
import { builtNotebook, nothingToImport } from "./refusals.js";
import { type TestFile, testFiles } from "./test-skeleton.js";

export interface ImportedLab {
  /** What `notebook.ts` is to say. */
  readonly text: string;
  readonly source: LabSource;
  /** Skeletons, where the notebook had tests. */
  readonly tests: readonly TestFile[];
  /** npm packages that cells import. */
  readonly packages: readonly string[];
  readonly notes: readonly Note[];
}

export interface ImportOptions {
  /** The notebook's name, for errors. */
  readonly file: string;
  /** The comments above the first cell of the source that is replaced: what Jupyter may have lost. */
  readonly above?: readonly string[];
}

/**
 * Makes a lab's source of a notebook: of one of `grader export-source`, of an nbgrader source notebook, or of any
 * other. What it says parses; what could not be carried over is in the notes.
 *
 * @throws LabError where nothing can be made of it, with the cell and the line.
 */
export function importNotebook(read: AuthoredNotebook, options: ImportOptions): ImportedLab {
  const { file } = options;
  if (read.isBuilt) throw builtNotebook(file);
  // Whoever opened it with another kernel has not written the code anew for that.
  const notebook = isOurs(read) ? { ...read, language: "typescript" } : read;
  const notes: Note[] = [];
  const { cells, tests } = isNbgrader(notebook) ? fromNbgrader(notebook, notes) : ownCells(notebook, notes);
  if (cells.length === 0) throw nothingToImport(file);
  const above = notebook.source?.above ?? options.above ?? [];
  const { text, cellOfLine } = written(above, cells, notebook.source?.blankBelow ?? 0);
  const source = parsePercent(text, (line) => {
    const place = cellOfLine(line);
    return place === undefined
      ? `${file}, above the first cell`
      : `${file}, cell ${place.from}, line ${place.line}`;
  });
  const packages = packagesOf(source);
  notes.push(...overall(notebook, packages));
  return { text, source, tests: tests.flatMap(testFiles), packages, notes: inOrder(notes) };
}

function isOurs({ source, cells }: AuthoredNotebook): boolean {
  return source !== undefined || cells.some(({ text }) => /^\s*(\/\/ %% \w|<!-- %% written )/.test(text));
}

function ownCells({ cells, language }: AuthoredNotebook, notes: Note[]) {
  return { cells: cells.flatMap((cell) => ordinaryCell(cell, language, notes)), tests: [] };
}

interface Place {
  readonly from: number;
  /** Counted from 1, as Jupyter shows the cell. */
  readonly line: number;
}

function written(above: readonly string[], cells: readonly SourceCell[], usualBlank: number) {
  const lines = [...above];
  const places: (Place | undefined)[] = lines.map(() => undefined);
  for (const [index, cell] of cells.entries()) {
    const usual = index === cells.length - 1 ? 0 : usualBlank;
    const blank = Array.from({ length: cell.blankBelow ?? usual }, () => "");
    const isShown = !/^\/\/ %%( \[markdown\])?\s*$/.test(cell.lines[0] ?? "");
    for (const [at, line] of [...cell.lines, ...blank].entries()) {
      lines.push(line);
      places.push({ from: cell.from, line: Math.max(1, isShown ? at + 1 : at) });
    }
  }
  return { text: `${lines.join("\n")}\n`, cellOfLine: (line: number) => places[line - 1] };
}

function packagesOf({ cells }: LabSource): string[] {
  const code = cells.filter(({ role }) => role !== "prose" && role !== "written");
  const names = code.flatMap(({ reference }) => importedModules(reference)).flatMap(packageOf);
  return [...new Set(names)].sort();
}

function packageOf(specifier: string): string[] {
  const [name] = /^(@[a-z0-9._-]+\/)?[a-z0-9][a-z0-9._-]*/.exec(specifier) ?? [];
  if (name === undefined || specifier.startsWith("node:") || isBuiltin(specifier)) return [];
  return name === "edgelab" || name === "tslab" ? [] : [name];
}

/** What concerns the notebook as a whole. */
function overall(notebook: AuthoredNotebook, packages: readonly string[]): Note[] {
  const notes: Note[] = [];
  const { cells, language, hasWidgets } = notebook;
  if (!isOurLanguage(language))
    notes.push({
      text: `the kernel was "${language}"; labs here run TypeScript, so the code has to be written anew`,
    });
  if (language === "javascript")
    notes.push({
      text: "the kernel ran JavaScript: TypeScript may ask for types (grader verify will say where)",
    });
  const outputs = cells.filter(({ hasOutputs }) => hasOutputs).length;
  if (outputs > 0)
    notes.push({
      text: `outputs of ${counted(outputs, "cell")} were left out; run the notebook for new ones`,
    });
  if (hasWidgets) notes.push({ text: "the state of widgets was left out: tslab has no widgets" });
  for (const { number, attachments } of cells)
    for (const name of attachments)
      notes.push({
        cell: number,
        text: `the attached file ${JSON.stringify(name)} was left out: put it beside the notebook and link to it`,
      });
  notes.push(...cells.flatMap(linkedFiles));
  if (packages.length > 0)
    notes.push({
      text: `cells import ${packages.join(", ")}: named in lab.ts; npm install them where labs are graded`,
    });
  return notes;
}

/** Pictures and files that lie beside the notebook: they stay where they are. */
function linkedFiles({ number, type, text }: AuthoredCell): Note[] {
  if (type !== "markdown") return [];
  const links = [...text.matchAll(/\]\((?![a-z][a-z0-9+.-]*:|#|\/)([^)\s]+)/gi)].flatMap(
    ([, link]) => link ?? [],
  );
  return [...new Set(links)].map((link) => ({
    cell: number,
    text: `links to ${JSON.stringify(link)}: copy that file into the lab's folder`,
  }));
}

/** First what concerns all, then cell by cell. */
function inOrder(notes: readonly Note[]): Note[] {
  return [...notes].sort((a, b) => (a.cell ?? 0) - (b.cell ?? 0));
}
