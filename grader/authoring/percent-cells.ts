import { type Complain, type Marker, parseMarker } from "./markers.js";

/** A cell as it stands in the file: its marker, the line that the marker is on, and the lines below it. */
export interface RawCell {
  readonly marker: Marker;
  /** The marker's line as it was written. */
  readonly text: string;
  readonly line: number;
  readonly body: readonly string[];
}

export interface RawSource {
  /** Comments above the first marker: for whoever edits the file; they reach no notebook. */
  readonly above: readonly string[];
  readonly cells: readonly RawCell[];
}

/** Splits a percent script at its markers. The file's last line end begins no line. */
export function splitCells(text: string, complain: Complain): RawSource {
  const above: string[] = [];
  const cells: (RawCell & { readonly body: string[] })[] = [];
  for (const [index, content] of linesOf(text).entries()) {
    const line = index + 1;
    const current = cells.at(-1);
    if (isMarker(content))
      cells.push({ marker: parseMarker(content, line, complain), text: content, line, body: [] });
    else if (current) current.body.push(content);
    else if (/^\s*(\/\/.*)?$/.test(content)) above.push(content);
    else throw complain(line, "code above the first cell", 'Put a line "// %%" above it.');
  }
  if (cells.length === 0) throw complain(1, "there is no cell", 'Begin each cell with a line "// %%".');
  return { above, cells };
}

/** Whether a line of a percent script begins a cell, also if its marker is wrong. */
export function isMarker(line: string): boolean {
  return /^\s*\/\/\s*%%/.test(line);
}

function linesOf(text: string): string[] {
  return text
    .replace(/^\uFEFF/, "")
    .replace(/\r?\n$/, "")
    .split(/\r?\n/);
}
