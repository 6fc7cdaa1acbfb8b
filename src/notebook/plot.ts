import { kernelSession } from "./kernel-session.js";
import { plotHtml } from "./plot-html.js";
import { plotlySource } from "./plotly-source.js";

/** One curve, or one set of points. */
export interface Series {
  readonly label: string;
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
  /** Measured is drawn solid and filled, simulated dashed and hollow, recorded dotted. */
  readonly kind: "measured" | "simulated" | "recorded";
  /** "points" where nothing lies between two values, such as channels. "line" if left out. */
  readonly mark?: "line" | "points";
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

let libraryShown = false;

/**
 * Shows a plot under the cell, or its title and alternative text where there is no picture to be had.
 *
 * ```ts
 * plot({
 *   title: "The error grows with the step",
 *   x: { title: "step" },
 *   y: { title: "largest error" },
 *   series: [{ label: "measured", kind: "measured", x: [1, 2, 3], y: [0.5, 1, 1.5] }],
 *   alt: "A straight line: the largest error is half a step.",
 * });
 * ```
 */
export function plot(options: PlotOptions): void {
  const session = kernelSession();
  // The library is large: it travels once a session, with the first plot, and stays in the page.
  const library = libraryShown || !session.canShow ? "" : plotlySource();
  if (session.showHtml(plotHtml(options, library))) libraryShown = true;
  else console.log(`${options.title}\n${options.alt}`);
}
