/** Something that could not be carried over as it was, and what to do about it. */
export interface Note {
  /** Counted from 1, as in the notebook that was imported; absent for what concerns all of it. */
  readonly cell?: number;
  readonly text: string;
}

/** A cell of the source that an import makes, and where it came from. */
export interface SourceCell {
  /** The marker and the lines below it, without blank lines at the end. */
  readonly lines: readonly string[];
  /** How many blank lines follow it; as is usual in this source where nothing is said. */
  readonly blankBelow?: number;
  readonly from: number;
}

/** A cell of the source that was made from the cell `from` of the notebook. */
export function sourceCell(from: number, marker: string, body: readonly string[]): SourceCell {
  return { from, lines: [marker, ...body] };
}

/** "cell 7: …", or the text alone. */
export function noteLine({ cell, text }: Note): string {
  return cell === undefined ? text : `cell ${cell}: ${text}`;
}

/** "1 cell", "2 cells". */
export function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}
