import type { LabFacts } from "./facts.js";

/** A notebook file, as far as oddities look into it. */
export type NotebookJson = {
  cells: Record<string, unknown>[];
  metadata: Record<string, unknown>;
  nbformat_minor: number;
};

/** What is odd about a whole hand-in, and changes no grade; or leaves nothing that can be graded. */
export type Oddity =
  | { readonly kind: string; readonly rewrite: (notebook: NotebookJson) => void }
  | { readonly kind: string; readonly retype: (text: string) => string }
  | {
      readonly kind: string;
      readonly files: (name: string, text: string) => Readonly<Record<string, string>>;
    }
  | {
      readonly kind: string;
      readonly invalid: (name: string, text: string) => Readonly<Record<string, string>>;
    };

export function odditiesOf({ lab }: LabFacts): readonly Oddity[] {
  const { id } = lab.manifest;
  return [
    { kind: "executed, with outputs", rewrite: execute },
    { kind: "sources in one piece", rewrite: ({ cells }) => eachSource(cells, (source) => source.join("")) },
    {
      kind: "Windows line ends",
      rewrite: ({ cells }) => eachSource(cells, (lines) => lines.map(withReturn)),
    },
    { kind: "locked cells edited", rewrite: ({ cells }) => editLocked(cells) },
    { kind: "checks and plots deleted", rewrite: keepWhatCounts },
    { kind: "cells of their own", rewrite: addOwnCells },
    { kind: "saved by an older Jupyter, without ids", rewrite: forgetIds },
    { kind: "made from an older release", rewrite: ({ metadata }) => age(metadata, { release: "older" }) },
    { kind: "a byte order mark", retype: (text) => `\ufeff${text}` },
    { kind: "a copy beside it", files: (name, text) => ({ [name]: text, "Untitled.ipynb": "{}" }) },
    { kind: "another name", files: (_, text) => ({ "final version (2).ipynb": text }) },
    { kind: "an empty file", invalid: (name) => ({ [name]: "" }) },
    {
      kind: "a web page, not a notebook",
      invalid: (name) => ({ [name]: "<!DOCTYPE html>\n<p>Log in again.</p>\n" }),
    },
    { kind: "cut off half way", invalid: (name, text) => ({ [name]: text.slice(0, text.length / 2) }) },
    { kind: "no notebook", invalid: () => ({ "readme.txt": "It is in my other folder.\n" }) },
    {
      kind: "another lab's notebook",
      invalid: (name, text) => ({ [name]: text.replaceAll(`"lab": "${id}"`, '"lab": "00-another"') }),
    },
  ];
}

function sourceOf(cell: Record<string, unknown>): string[] {
  return Array.isArray(cell.source) ? cell.source.map(String) : [String(cell.source)];
}

function eachSource(cells: Record<string, unknown>[], change: (lines: string[]) => unknown): void {
  for (const cell of cells) cell.source = change(sourceOf(cell));
}

const withReturn = (line: string): string => line.replace(/\n$/, "\r\n");

function execute({ cells }: NotebookJson): void {
  for (const [index, cell] of cells.entries()) {
    if (cell.cell_type !== "code") continue;
    cell.execution_count = index + 1;
    cell.outputs = [{ name: "stdout", output_type: "stream", text: [`cell ${index + 1} was here\n`] }];
  }
}

function roleOf({ metadata }: Record<string, unknown>): unknown {
  return (metadata as { edgelab?: { role?: unknown } }).edgelab?.role;
}

/** They are put back as the release has them. */
function editLocked(cells: Record<string, unknown>[]): void {
  for (const cell of cells)
    if (roleOf(cell) === "code" || roleOf(cell) === "check") cell.source = ['throw new Error("edited");'];
}

function keepWhatCounts(notebook: NotebookJson): void {
  notebook.cells = notebook.cells.filter((cell) => roleOf(cell) === "answer" || roleOf(cell) === "written");
}

function addOwnCells({ cells }: NotebookJson): void {
  const own = (id: string, text: string) => ({
    ...{ cell_type: "code", execution_count: null, id, metadata: {}, outputs: [] },
    source: [text],
  });
  cells.push(
    own("own-1", 'console.log("a note of mine");'),
    own("own-2", 'const wrongOnPurpose: number = "text";'),
    own("own-3", 'throw new Error("tried and left");'),
  );
}

/** Whose cell it is stands in the metadata as well. */
function forgetIds(notebook: NotebookJson): void {
  notebook.nbformat_minor = 4;
  for (const cell of notebook.cells) delete cell.id;
}

function age(metadata: Record<string, unknown>, change: object): void {
  metadata.edgelab = { ...(metadata.edgelab as object), ...change };
}
