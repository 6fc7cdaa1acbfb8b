import type { PlotOptions, Series } from "./plot.js";

/** Told apart by the colour-blind; each has a marker of its own beside. */
const colours = ["#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00"];
const symbols = ["circle", "square", "diamond", "triangle-up", "cross", "x"];
const dashes = { measured: "solid", simulated: "dash", recorded: "dot" } as const;

/** Above this many points markers would only thicken the line. */
const maxMarkers = 60;
const plotHeight = 360;
const marginTop = 48;
const marginBottom = 48;
const labelHeight = 18;

export interface Figure {
  readonly data: readonly Record<string, unknown>[];
  readonly layout: Readonly<Record<string, unknown>>;
}

/** What Plotly draws. Colours of text are left to the page, which knows whether it is light or dark. */
export function plotFigure({ title, x, y, series }: PlotOptions): Figure {
  const labelled = series.length > 1 && series.length <= 4;
  return {
    data: series.map(trace),
    layout: {
      title: { text: escapeMarkup(title), font: { size: 15 }, x: 0, xref: "paper", xanchor: "left" },
      xaxis: axis(x.title, rangeOf(series.map((one) => one.x))),
      yaxis: axis(y.title, rangeOf(series.map((one) => one.y))),
      annotations: labelled ? labels(series) : [],
      showlegend: series.length > 4,
      margin: { l: 60, r: labelled ? roomFor(series) : 20, t: marginTop, b: marginBottom },
      height: plotHeight,
      paper_bgcolor: "rgba(0,0,0,0)",
      plot_bgcolor: "rgba(0,0,0,0)",
    },
  };
}

function axis(title: string, range: readonly [number, number]): Record<string, unknown> {
  const lines = { zerolinecolor: "rgba(128,128,128,.6)", gridcolor: "rgba(128,128,128,.25)" };
  return { ...lines, title: { text: escapeMarkup(title) }, range, automargin: true };
}

/** What there is to see, with a little room around it. Plotly by itself would make room for labels too. */
function rangeOf(lists: readonly ArrayLike<number>[]): readonly [number, number] {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of lists.flatMap((list) => Array.from(list))) {
    if (!Number.isFinite(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  const room = 0.05 * (high - low) || 1;
  return low <= high ? [low - room, high + room] : [-1, 1];
}

function trace(series: Series, index: number): Record<string, unknown> {
  const colour = colours[index % colours.length];
  const symbol = symbols[index % symbols.length];
  const lines = series.mark !== "points";
  const markers = !lines || series.x.length <= maxMarkers;
  return {
    type: "scatter",
    mode: [lines && "lines", markers && "markers"].filter(Boolean).join("+"),
    name: escapeMarkup(nameOf(series)),
    x: Array.from(series.x),
    y: Array.from(series.y),
    line: { color: colour, dash: dashes[series.kind], width: 2 },
    marker: { color: colour, size: 8, symbol: series.kind === "measured" ? symbol : `${symbol}-open` },
  };
}

/** A label at the end of each series, moved apart where ends lie close together. */
function labels(series: readonly Series[]): Record<string, unknown>[] {
  const [low, high] = rangeOf(series.map(({ y }) => y));
  const pixelsPerUnit = (plotHeight - marginTop - marginBottom) / (high - low);
  const ends = series.map((one, index) => {
    const at = { x: one.x[one.x.length - 1] ?? 0, y: one.y[one.y.length - 1] ?? 0 };
    return { at, index, text: nameOf(one), pixels: at.y * pixelsPerUnit };
  });
  ends.sort((a, b) => a.pixels - b.pixels);
  let free = Number.NEGATIVE_INFINITY;
  return ends.map(({ at, index, text, pixels }) => {
    const place = Math.max(pixels, free);
    free = place + labelHeight;
    return {
      ...at,
      text: `<span style="color:${colours[index % colours.length]}">■</span> ${escapeMarkup(text)}`,
      yshift: place - pixels,
      xshift: 10,
      xanchor: "left",
      showarrow: false,
      font: { size: 12 },
    };
  });
}

/** Pixels for the longest label, with its sign; a plot keeps most of its width in any case. */
function roomFor(series: readonly Series[]): number {
  return Math.min(40 + 7 * Math.max(...series.map((one) => nameOf(one).length)), 280);
}

/** What is not measured says so in words, wherever it is named. */
function nameOf({ label, kind }: Series): string {
  return kind === "measured" ? label : `${label} (${kind})`;
}

/** Plotly reads a few HTML tags in its texts. */
function escapeMarkup(text: string): string {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
}
