import { importCells } from "./cells/imports.js";
import { languageCells } from "./cells/language.js";
import { outputCells } from "./cells/output.js";

/** A cell and what it is there to show. */
export type NamedCell = readonly [name: string, source: string];

export interface ConformanceNotebook {
  readonly name: string;
  readonly cells: readonly NamedCell[];
}

/**
 * The cells that the engine and the kernel must answer alike: what a tslab of one's own would get wrong.
 *
 * They come in three notebooks, because types that a package brings in stay for all later cells.
 */
export const notebooks: readonly ConformanceNotebook[] = [
  { name: "language", cells: languageCells },
  { name: "output", cells: outputCells },
  { name: "imports", cells: importCells },
];
