import { LabError } from "../core/errors.js";
import type { Drawing } from "./plot-html.js";
import { frame, palette } from "./plot-layout.js";

/** A figure in Plotly's own terms, for whoever knows them. */
export interface PlotlyFigure {
  /** Traces, such as `{ type: "heatmap", z }`. */
  readonly data: readonly object[];
  readonly layout?: object;
  /** The finding in a sentence, for whoever can't see the picture. */
  readonly alt?: string;
}

/**
 * A figure as it goes into the page: plain data in the colours of all plots, unless it brings its own.
 *
 * @throws LabError BAD_FIGURE where it is no plain data.
 */
export function plotlyDrawing({ data, layout = {}, alt }: PlotlyFigure): Drawing {
  const { title } = layout as { readonly title?: unknown };
  const text = typeof title === "string" ? title : (title as { readonly text?: unknown } | undefined)?.text;
  const words = typeof text === "string" ? text : "A plot";
  return {
    title: words,
    alt: alt ?? words,
    data: plain(data),
    layout: {
      ...frame,
      colorway: palette,
      colorscale: { sequential: "Cividis" },
      ...(plain(layout) as object),
    },
  };
}

function plain(value: unknown): unknown {
  try {
    return JSON.parse(JSON.stringify(value, plainValue));
  } catch (cause) {
    throw new LabError(
      "BAD_FIGURE",
      `plot can't show this figure: ${cause instanceof Error ? cause.message.split("\n")[0] : cause}`,
      "Give data and layout as plain objects and arrays of numbers and text.",
      { cause },
    );
  }
}

/** JSON has no typed arrays and no bigints; what it leaves out besides, such as functions, Plotly does not need. */
function plainValue(_: string, value: unknown): unknown {
  if (ArrayBuffer.isView(value) && !(value instanceof DataView))
    return Array.from(value as Float32Array, Number);
  return typeof value === "bigint" ? Number(value) : value;
}
