/** A notebook's cell, with its keys in the order in which Jupyter writes them. */
export type JsonCell = Readonly<Record<string, unknown>>;

export interface CellContent {
  readonly type: "code" | "markdown";
  readonly id: string;
  readonly metadata: object;
  readonly text: string;
}

export function jsonCell({ type, id, metadata, text }: CellContent): JsonCell {
  const source = text.split(/(?<=\n)/);
  return type === "markdown"
    ? { cell_type: "markdown", id, metadata, source }
    : { cell_type: "code", execution_count: null, id, metadata, outputs: [], source };
}

/** A notebook for the kernel tslab; `edgelab` is what edgelab wants to find in it again. */
export function jsonNotebook(cells: readonly JsonCell[], edgelab: object): string {
  return jsonText({
    cells,
    metadata: {
      edgelab,
      kernelspec: { display_name: "TypeScript", language: "typescript", name: "tslab" },
      language_info: {
        codemirror_mode: { mode: "typescript", name: "javascript", typescript: true },
        file_extension: ".ts",
        mimetype: "text/typescript",
        name: "typescript",
        version: "3.7.2", // what tslab says of itself, and so what Jupyter would write here
      },
    },
    nbformat: 4,
    nbformat_minor: 5,
  });
}

// Keys in the order of the alphabet, one space of indentation, source as lines: the way Jupyter itself saves,
// so that opening and saving a notebook changes nothing that a diff would show.
export function jsonText(value: unknown): string {
  return `${JSON.stringify(value, null, 1)}\n`;
}
