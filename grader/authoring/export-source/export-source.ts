import { createHash } from "node:crypto";
import { type JsonCell, jsonCell, jsonNotebook } from "../build-json.js";
import { complainAbout, parsePercent } from "../percent.js";
import { type RawCell, splitCells } from "../percent-cells.js";
import { sourceLines, visibleCell } from "./visible.js";

/** What the exported notebook says of itself, in `metadata.edgelab.source`; Jupyter keeps it, or drops it. */
export interface SourceMark {
  /** The comments above the first cell. */
  readonly above: readonly string[];
  /** How many blank lines stand below a cell that says nothing else. */
  readonly blankBelow: number;
  readonly lab: string;
  /** Of the source's text, so that an import sees whether somebody else has changed it since. */
  readonly sha256: string;
}

/** What a cell says of itself, in `metadata.edgelab`, where it isn't written as usual. */
export interface CellMark {
  readonly blankBelow?: number;
  /** As they stood in the source; they hold as long as nobody edits what is shown of them. */
  readonly lines?: readonly string[];
}

/**
 * A lab's whole source as a notebook, for whoever edits in Jupyter. Imported again it gives the same source, byte
 * for byte, but for carriage returns, a byte order mark, and blank lines at the end of the file.
 *
 * @throws LabError as `parsePercent`: what does not parse is not exported.
 */
export function exportSource(text: string, lab: string): string {
  const file = `${lab}/notebook.ts`;
  const ids = parsePercent(text, file).cells.map(({ id }) => id);
  const { above, cells } = splitCells(text, complainAbout(file));
  const blanks = cells.map(({ body }) => blanksBelow(body));
  const usual = mostCommon(blanks.slice(0, -1));
  const source: SourceMark = { above, blankBelow: usual, lab, sha256: hashOf(text) };
  const json = cells.map((cell, i) => {
    const isLast = i === cells.length - 1;
    return exportedCell(cell, ids[i] ?? "", { blank: blanks[i] ?? 0, usual: isLast ? 0 : usual });
  });
  return jsonNotebook(json, { source });
}

/** What an import gives back differently doesn't count: line ends, a byte order mark, the end of the file. */
export function hashOf(text: string): string {
  const same = text
    .replace(/^\uFEFF/, "")
    .replaceAll("\r\n", "\n")
    .trimEnd();
  return createHash("sha256").update(same).digest("hex");
}

function exportedCell(
  { text, body }: RawCell,
  id: string,
  { blank, usual }: { readonly blank: number; readonly usual: number },
): JsonCell {
  const lines = [text, ...body.slice(0, body.length - blank)];
  const shown = visibleCell(lines);
  const isUsual = sourceLines(shown).join("\n") === lines.join("\n");
  const mark: CellMark = {
    ...(blank === usual ? {} : { blankBelow: blank }),
    ...(isUsual ? {} : { lines }),
  };
  const metadata = Object.keys(mark).length === 0 ? {} : { edgelab: mark };
  return jsonCell({ ...shown, id, metadata });
}

function blanksBelow(body: readonly string[]): number {
  const last = body.findLastIndex((line) => line !== "");
  return body.length - 1 - last;
}

function mostCommon(numbers: readonly number[]): number {
  const count = new Map<number, number>();
  for (const number of numbers) count.set(number, (count.get(number) ?? 0) + 1);
  const [best] = [...count].sort(([, a], [, b]) => b - a);
  return best?.[0] ?? 0;
}
