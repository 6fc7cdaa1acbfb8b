import { z } from "zod";
import { LabError } from "../core/errors.js";
import { checkJsonShape } from "./json-shape.js";
import { printable } from "./printable.js";

export type CellType = "code" | "markdown" | "raw";

/** What edgelab wrote into a cell's metadata, which follows a cell that is copied. */
export interface CellMark {
  readonly id: string;
}

/** A cell of a notebook, as far as edgelab looks at it. Outputs and other metadata are never read. */
export interface NotebookCell {
  /** The cell id of nbformat 4.5; older notebooks have none. Nothing says that it is there only once. */
  readonly id: string | undefined;
  readonly type: CellType;
  readonly source: string;
  readonly edgelab: CellMark | undefined;
}

export interface Notebook {
  /** The lab and release that the notebook was made from, as it says itself. */
  readonly edgelab: { readonly lab: string; readonly release: string } | undefined;
  readonly cells: readonly NotebookCell[];
}

export const notebookLimits = {
  bytes: 16 * 1024 * 1024,
  cells: 500,
  /** Characters of one cell's source. */
  cellSource: 256 * 1024,
  depth: 100,
  containers: 500_000,
} as const;

const shortText = z.string().min(1).max(100);

// Only the keys that are named here are copied out of the file, so that a key such as __proto__ goes nowhere.
const cellSchema = z.object({
  cell_type: z.enum(["code", "markdown", "raw"]),
  id: z
    .string()
    .regex(/^[a-zA-Z0-9_-]{1,64}$/)
    .optional()
    .catch(undefined),
  source: z.unknown().optional(),
  metadata: z
    .object({ edgelab: z.object({ id: shortText }).optional().catch(undefined) })
    .optional()
    .catch(undefined),
});

const notebookSchema = z.object({
  nbformat: z.unknown(),
  cells: z.array(z.unknown()),
  metadata: z
    .object({ edgelab: z.object({ lab: shortText, release: shortText }).optional().catch(undefined) })
    .optional()
    .catch(undefined),
});

/**
 * Reads a notebook (nbformat 4) that nobody has looked at yet.
 *
 * @throws LabError with the cause in one line: empty, too large, not JSON, another nbformat, not a notebook.
 */
export function parseNotebook(bytes: Uint8Array): Notebook {
  const json = parseJson(bytes);
  const parsed = notebookSchema.safeParse(json);
  const nbformat = isObject(json) ? json.nbformat : undefined;
  if (typeof nbformat === "number" && nbformat !== 4) throw otherFormat(nbformat);
  if (!parsed.success || nbformat !== 4) throw notANotebook("it has no nbformat, or no list of cells");
  const { cells, metadata } = parsed.data;
  if (cells.length > notebookLimits.cells)
    throw tooLarge(`the notebook has ${cells.length} cells, ${notebookLimits.cells} are allowed`);
  return { edgelab: metadata?.edgelab, cells: cells.map(readCell) };
}

function parseJson(bytes: Uint8Array): unknown {
  if (bytes.length > notebookLimits.bytes)
    throw tooLarge(`the file has ${bytes.length} bytes, ${notebookLimits.bytes} are allowed`);
  const text = decodeText(bytes);
  if (text.trim() === "")
    throw new LabError("NOTEBOOK_EMPTY", "the file is empty", "Save the notebook and hand it in again.");
  checkJsonShape(bytes, notebookLimits);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new LabError(
      "NOTEBOOK_NOT_JSON",
      `the file is not JSON; it begins with "${printable(text.trimStart(), 24)}"`,
      "Hand in the .ipynb file itself.",
      { cause },
    );
  }
}

function decodeText(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes); // takes a byte order mark off
  } catch (cause) {
    throw new LabError("NOTEBOOK_NOT_JSON", "the file is not UTF-8 text", "Hand in the .ipynb file itself.", {
      cause,
    });
  }
}

function readCell(value: unknown, index: number): NotebookCell {
  const parsed = cellSchema.safeParse(value);
  if (!parsed.success) throw notANotebook(`its cell ${index + 1} has no type that nbformat 4 knows`);
  const { cell_type: type, id, metadata } = parsed.data;
  const source = joinLines(parsed.data.source);
  if (source === undefined) throw notANotebook(`the source of its cell ${index + 1} is not text`);
  if (source.length > notebookLimits.cellSource)
    throw tooLarge(
      `cell ${index + 1} has ${source.length} characters, ${notebookLimits.cellSource} are allowed`,
    );
  return { id, type, source, edgelab: metadata?.edgelab };
}

// By hand: a schema would collect one complaint for each of a million wrong lines.
function joinLines(source: unknown): string | undefined {
  if (typeof source === "string") return source;
  if (!Array.isArray(source) || !source.every((line) => typeof line === "string")) return undefined;
  return source.join("");
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function otherFormat(nbformat: number): LabError {
  return new LabError(
    "NOTEBOOK_FORMAT",
    `the notebook is in nbformat ${nbformat}, this reads nbformat 4`,
    "Open and save it in JupyterLab 4, and hand it in again.",
  );
}

function notANotebook(why: string): LabError {
  return new LabError(
    "NOT_A_NOTEBOOK",
    `the file is JSON but not a notebook: ${why}`,
    "Hand in the .ipynb file itself.",
  );
}

function tooLarge(problem: string): LabError {
  return new LabError(
    "NOTEBOOK_TOO_LARGE",
    problem,
    "Clear the outputs, remove what is not needed, and hand it in again.",
  );
}
