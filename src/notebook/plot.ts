import { LabError } from "../core/errors.js";
import { kernelSession } from "./kernel-session.js";
import { LibraryCarrier } from "./library-carrier.js";
import { plotFigure } from "./plot-figure.js";
import { plotHtml } from "./plot-html.js";
import { type PlotlyFigure, plotlyDrawing } from "./plotly-figure.js";
import { plotlySource } from "./plotly-source.js";
import { runningCell } from "./running-cell.js";

/** One curve, one set of points, or one set of bars. */
export interface Series {
  readonly label: string;
  /** Numbers, or names. */
  readonly x: ArrayLike<number> | readonly string[];
  readonly y: ArrayLike<number>;
  /** Measured is drawn solid and filled, simulated dashed and hollow, recorded dotted. */
  readonly kind: "measured" | "simulated" | "recorded";
  /** "points" where nothing lies between two values, such as channels; "bar" for amounts. "line" if left out. */
  readonly mark?: "line" | "points" | "bar";
  /** How far each y may be off, up and down, in the unit of y. */
  readonly uncertainty?: ArrayLike<number>;
}

export interface PlotOptions {
  /** What one should see. */
  readonly title: string;
  /** Axis titles, with the unit. */
  readonly x: { readonly title: string };
  readonly y: { readonly title: string };
  /** At most six. */
  readonly series: readonly Series[];
  /** The finding in a sentence, for whoever can't see the picture. */
  readonly alt: string;
}

const carrier = new LibraryCarrier();

/**
 * Shows a plot under the cell, or its title and alternative text where there is no picture to be had. Takes a
 * figure of Plotly's own too: `plot({ data: [{ type: "heatmap", z: [[1, 2], [3, 4]] }] })`.
 *
 * @throws LabError BAD_PLOT, BAD_FIGURE for what can't be drawn.
 *
 * @example
 * ```ts
 * plot({
 *   title: "The error grows with the step",
 *   x: { title: "step" },
 *   y: { title: "largest error" },
 *   series: [{ label: "error", kind: "measured", x: [1, 2, 3], y: [0.5, 1, 1.5] }],
 *   alt: "A straight line: the largest error is half a step.",
 * });
 * ```
 */
export function plot(figure: PlotOptions | PlotlyFigure): void {
  const drawing = "series" in figure ? plotFigure(checked(figure)) : plotlyDrawing(figure);
  const session = kernelSession();
  const cell = runningCell();
  const brings = session.canShow && carrier.isCarriedBy(cell);
  const library = { source: brings ? plotlySource() : "", carrier: carrier.title };
  if (!session.showHtml(plotHtml(drawing, library))) console.log(`${drawing.title}\n${drawing.alt}`);
  else if (brings) carrier.wasShownBy(cell, drawing.title);
}

function checked(options: PlotOptions): PlotOptions {
  const count = options.series.length;
  if (count < 1 || count > 6)
    throw new LabError("BAD_PLOT", `a plot shows 1 to 6 series, got ${count}`, "Make two plots of them.");
  for (const { label, x, y, uncertainty = y } of options.series) {
    if (y.length === x.length && uncertainty.length === x.length) continue;
    const sizes = `${x.length} values of x, ${y.length} of y and ${uncertainty.length} of uncertainty`;
    throw new LabError("BAD_PLOT", `the series "${label}" has ${sizes}`, "Give as many of each.");
  }
  return options;
}
