import { printable } from "../lab/printable.js";
import { kernelSession } from "./kernel-session.js";
import { isList, writeColumn } from "./table-cells.js";
import { type TableView, tableHtml, tableText } from "./table-view.js";

export interface TableColumn {
  /** The row's property, or its index in a row that is a list. */
  readonly key: string | number;
  /** The key if left out. */
  readonly title?: string;
  /** Stands in the header, so that the cells hold numbers alone. */
  readonly unit?: string;
}

export interface TableOptions<Row extends object> {
  /** Which properties, in which order; all if left out. More than seven go into a part that is folded. */
  readonly columns?: readonly (string | number | TableColumn)[];
  /** The row that matters: its index, or whether a row is one that does. */
  readonly mark?: number | ((row: Row, index: number) => boolean);
  /** What one should see. */
  readonly caption?: string;
}

/** Further rows would be scrolled over, and make the notebook large. */
const maxRows = 200;

/**
 * Shows rows as a table under the cell: numbers at the right with three significant digits, the unit in the
 * header, the row that matters marked. Where no table can be shown, it is printed.
 *
 * @example
 * ```ts
 * const rows = [
 *   { bits: 8, sqnr: 41.23 },
 *   { bits: 4, sqnr: 17.1 },
 * ];
 * table(rows, {
 *   columns: ["bits", { key: "sqnr", title: "SQNR", unit: "dB" }],
 *   mark: (row) => row.bits === 4,
 *   caption: "Half the bits cost 24 dB",
 * });
 * ```
 */
export function table<Row extends object>(rows: ArrayLike<Row>, options: TableOptions<Row> = {}): void {
  const view = tableView(Array.from(rows), options);
  if (!kernelSession().showHtml(tableHtml(view))) console.log(tableText(view));
}

/** What is to be shown, as text. */
export function tableView<Row extends object>(
  all: readonly Row[],
  { columns, mark, caption }: TableOptions<Row>,
): TableView {
  const rows = all.slice(0, maxRows);
  const isMarked = typeof mark === "function" ? mark : (_: Row, index: number) => index === mark;
  return {
    caption: printable(caption ?? "", 200),
    columns: (columns ?? keysOf(rows)).map((column) => {
      const { key, title, unit } = typeof column === "object" ? column : { key: column };
      const header = `${title ?? key}${unit === undefined ? "" : ` (${unit})`}`;
      return writeColumn(
        header,
        rows.map((row) => cellOf(row, key)),
      );
    }),
    marked: rows.map(isMarked),
    hiddenRows: all.length - rows.length,
  };
}

/** In the order in which they first appear. A list's keys are its indices. */
function keysOf(rows: readonly object[]): readonly string[] {
  return [...new Set(rows.flatMap((row) => (isRow(row) ? Object.keys(row) : [])))];
}

function cellOf(row: object, key: string | number): unknown {
  return isRow(row) ? (row as Readonly<Record<string | number, unknown>>)[key] : undefined;
}

/** Rows come from cells, which no type checker has to have seen. */
function isRow(row: unknown): row is object {
  return typeof row === "object" && row !== null && (isList(row) || !ArrayBuffer.isView(row));
}
