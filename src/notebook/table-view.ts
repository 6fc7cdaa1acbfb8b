import type { WrittenColumn } from "./table-cells.js";
import { escapeHtml, styles } from "./theme.js";

export interface TableView {
  readonly caption: string;
  readonly columns: readonly WrittenColumn[];
  /** One a row: whether it is the one that matters. */
  readonly marked: readonly boolean[];
  /** How many rows there are besides. */
  readonly hiddenRows: number;
}

/** More columns are no longer read side by side. */
const maxColumns = 7;
const sign = "▸";

export function tableText({ caption, columns, marked, hiddenRows }: TableView): string {
  const shown = columns.slice(0, maxColumns);
  const others = columns.slice(maxColumns).map(({ header }) => header);
  const hasMark = marked.some(Boolean);
  const widths = shown.map(({ header, cells }) => Math.max(...[header, ...cells].map(width)));
  const line = (begin: string, texts: readonly string[]) =>
    `${hasMark ? begin : ""}${texts.map((text, i) => pad(text, widths[i] ?? 0, shown[i]?.isNumeric)).join("  ")}`.trimEnd();
  return [
    ...(caption ? [caption] : []),
    line(
      "  ",
      shown.map(({ header }) => header),
    ),
    ...marked.map((mark, row) =>
      line(
        mark ? `${sign} ` : "  ",
        shown.map(({ cells }) => cells[row] ?? ""),
      ),
    ),
    ...(marked.length === 0 ? ["(no rows)"] : []),
    ...(hiddenRows > 0 ? [`… and ${hiddenRows} more rows`] : []),
    ...(others.length > 0 ? [`… and ${others.length} more columns: ${others.join(", ")}`] : []),
  ].join("\n");
}

function width(text: string): number {
  return [...text].length;
}

function pad(text: string, to: number, right = false): string {
  const blanks = " ".repeat(Math.max(to - width(text), 0));
  return right ? blanks + text : text + blanks;
}

export function tableHtml(view: TableView): string {
  const { caption, columns, hiddenRows } = view;
  const all =
    columns.length > maxColumns
      ? `<details><summary>All ${columns.length} columns</summary>${rowsHtml(view, columns, "")}</details>`
      : "";
  const more = hiddenRows > 0 ? `<p class="muted">… and ${hiddenRows} more rows</p>` : "";
  return `${styles}<div class="edgelab edgelab-table">${rowsHtml(view, columns.slice(0, maxColumns), caption)}${more}${all}</div>`;
}

function rowsHtml({ marked }: TableView, columns: readonly WrittenColumn[], caption: string): string {
  const of = (isNumeric: boolean) => (isNumeric ? ' class="number"' : "");
  const head = columns.map(
    ({ header, isNumeric }) => `<th scope="col"${of(isNumeric)}>${escapeHtml(header)}</th>`,
  );
  const body = marked.map((mark, row) => {
    const cells = columns.map(({ cells, isNumeric }, column) => {
      const begin = mark && column === 0 ? `<span role="img" aria-label="marked">${sign}</span> ` : "";
      return `<td${of(isNumeric)}>${begin}${escapeHtml(cells[row] ?? "")}</td>`;
    });
    return `<tr${mark ? ' class="marked"' : ""}>${cells.join("")}</tr>`;
  });
  const none = marked.length === 0 ? `<tr><td class="muted">no rows</td></tr>` : "";
  return `<table>${caption ? `<caption>${escapeHtml(caption)}</caption>` : ""}<thead><tr>${head.join("")}</tr></thead>
<tbody>${body.join("\n")}${none}</tbody></table>`;
}
