import { z } from "zod";
import { LabError } from "../../../src/core/errors.js";
import { checkJsonShape } from "../../../src/lab/json-shape.js";
import type { SourceMark } from "../export-source/export-source.js";

/** A cell of a notebook that is to become a lab, with what kind of mark nbgrader or edgelab left on it. */
export interface AuthoredCell {
  /** Its place in the notebook, counted from 1, as it is named in reports. */
  readonly number: number;
  readonly type: "code" | "markdown" | "raw";
  readonly text: string;
  readonly nbgrader: NbgraderMark | undefined;
  readonly edgelab: z.infer<typeof edgelabCell> | undefined;
  /** Names of files that lie within the cell. */
  readonly attachments: readonly string[];
  readonly hasOutputs: boolean;
}

export type NbgraderMark = z.infer<typeof nbgraderMark>;

export interface AuthoredNotebook {
  readonly cells: readonly AuthoredCell[];
  /** "typescript" or "python", for example; undefined where the notebook names none. */
  readonly language: string | undefined;
  /** Set by `grader export-source`. */
  readonly source: SourceMark | undefined;
  /** Whether it is what `grader build` makes: then its solutions have no markers any more. */
  readonly isBuilt: boolean;
  readonly hasWidgets: boolean;
}

const flag = z.boolean().optional().catch(undefined);

const nbgraderMark = z.object({
  grade_id: z.string().catch(""),
  grade: flag,
  solution: flag,
  locked: flag,
  task: flag,
  points: z.unknown().optional(),
});

const edgelabCell = z.object({
  role: z.string().optional().catch(undefined),
  blankBelow: z.number().int().min(0).max(1000).optional().catch(undefined),
  lines: z.array(z.string()).optional().catch(undefined),
});

const cellSchema = z.object({
  cell_type: z.enum(["code", "markdown", "raw"]),
  source: z.union([z.string(), z.array(z.string()).transform((lines) => lines.join(""))]),
  metadata: z
    .object({
      nbgrader: nbgraderMark.optional().catch(undefined),
      edgelab: edgelabCell.optional().catch(undefined),
    })
    .catch({}),
  attachments: z.record(z.string(), z.unknown()).optional().catch(undefined),
  outputs: z.array(z.unknown()).optional().catch(undefined),
});

const language = z.object({ language: z.string().optional(), name: z.string().optional() });

const notebookSchema = z.object({
  nbformat: z.literal(4),
  cells: z.array(cellSchema),
  metadata: z
    .object({
      kernelspec: language.optional().catch(undefined),
      language_info: language.optional().catch(undefined),
      widgets: z.unknown().optional(),
      edgelab: z
        .object({
          source: z
            .object({
              above: z.array(z.string()),
              blankBelow: z.number().int().min(0).max(1000),
              lab: z.string(),
              sha256: z.string(),
            })
            .optional()
            .catch(undefined),
        })
        .optional()
        .catch(undefined),
    })
    .catch({}),
});

const limits = { bytes: 64 * 2 ** 20, depth: 100, containers: 2_000_000 } as const;

/**
 * Reads a notebook of whoever writes labs.
 *
 * @throws LabError with the cause in one line.
 */
export function readNotebook(bytes: Uint8Array, file: string): AuthoredNotebook {
  const parsed = notebookSchema.safeParse(parseJson(bytes, file));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const where = issue?.path[0] === "cells" && issue.path.length > 1 ? placeOf(issue.path) : "";
    throw new LabError(
      "NOT_A_NOTEBOOK",
      `${file} is no notebook of nbformat 4${where}: ${issue?.path.join(".")}: ${issue?.message}`,
      "Open it in JupyterLab 4, save it, and import that.",
    );
  }
  const { cells, metadata } = parsed.data;
  const { kernelspec, language_info: info } = metadata;
  return {
    cells: cells.map(toCell),
    language: (kernelspec?.language ?? info?.name)
      ?.toLowerCase()
      .replace(/[^\w+#. -]/g, "")
      .slice(0, 30),
    source: metadata.edgelab?.source,
    isBuilt: !metadata.edgelab?.source && cells.some((cell) => cell.metadata.edgelab?.role !== undefined),
    hasWidgets: metadata.widgets !== undefined,
  };
}

function placeOf(path: readonly PropertyKey[]): string {
  return ` (cell ${Number(path[1]) + 1})`;
}

function toCell(cell: z.infer<typeof cellSchema>, index: number): AuthoredCell {
  const { nbgrader, edgelab } = cell.metadata;
  return {
    number: index + 1,
    type: cell.cell_type,
    text: cell.source.replace(/^\uFEFF/, "").replaceAll("\r\n", "\n"),
    nbgrader,
    edgelab,
    attachments: Object.keys(cell.attachments ?? {}),
    hasOutputs: (cell.outputs ?? []).length > 0,
  };
}

function parseJson(bytes: Uint8Array, file: string): unknown {
  if (bytes.length > limits.bytes)
    throw new LabError(
      "NOTEBOOK_TOO_LARGE",
      `${file} has ${Math.ceil(bytes.length / 2 ** 20)} MiB, ${limits.bytes / 2 ** 20} are allowed`,
      "Clear the outputs and save it.",
    );
  checkJsonShape(bytes, limits);
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new LabError("NOTEBOOK_NOT_JSON", `${file} is not JSON`, "Give the .ipynb file itself.", { cause });
  }
}
