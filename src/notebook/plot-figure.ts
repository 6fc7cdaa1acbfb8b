import type { PlotOptions, Series } from "./plot.js";
import type { Drawing } from "./plot-html.js";
import { axis, escapeMarkup, frame, palette, plotHeight, rangeOf } from "./plot-layout.js";

/** Each has a marker of its own beside its colour. */
const symbols = ["circle", "square", "diamond", "triangle-up", "cross", "x"];
const dashes = { measured: "solid", simulated: "dash", recorded: "dot" } as const;
/** The same beside a label. A square there would be taken for one more of the points that end before it. */
const strokes = { measured: "—", simulated: "- -", recorded: "···" } as const;
/** A bar has no dashed outline: what is not measured is hollow, and hatched. */
const hatches = { measured: "", simulated: "/", recorded: "." } as const;

/** Above this many points markers would only thicken the line. */
const maxMarkers = 60;
const marginTop = 48;
const marginBottom = 48;
const labelHeight = 18;

export interface Figure extends Drawing {
  readonly data: readonly Record<string, unknown>[];
}

/** What Plotly draws. Colours of text are left to the page, which knows whether it is light or dark. */
export function plotFigure({ title, x, y, series, alt }: PlotOptions): Figure {
  const bars = series.some(({ mark }) => mark === "bar");
  // Points have no end at which a label could stand.
  const lines = series.every(({ mark = "line" }) => mark === "line");
  const labelled = series.length > 1 && series.length <= 4 && lines;
  const legend = series.length > 1 && !labelled;
  return {
    title,
    alt,
    data: series.map(trace),
    layout: {
      ...frame,
      title: { text: escapeMarkup(title), font: { size: 15 }, x: 0, xref: "paper", xanchor: "left" },
      xaxis: bars
        ? { ...axis(x.title, { values: [], withZero: false }), ...barAxis(series) }
        : axis(x.title, { values: series.map((one) => one.x), withZero: false }),
      yaxis: axis(y.title, { values: series.flatMap(extent), withZero: bars }),
      annotations: labelled ? labels(series) : [],
      showlegend: legend,
      // Below the plot: its second row would lie over the title. Plotly makes room for it there.
      legend: { orientation: "h", x: 0, y: 0, yref: "container", yanchor: "bottom" },
      margin: {
        l: 60,
        r: labelled ? roomFor(series) : 20,
        t: marginTop,
        b: marginBottom,
      },
    },
  };
}

/** A bar stands over its place by half its width on both sides, which Plotly knows best. */
function barAxis(series: readonly Series[]): Record<string, unknown> {
  const values = series.flatMap(({ x }) => Array.from<number | string>(x));
  const few = new Set(values).size <= 20;
  const named = values.some((value) => typeof value === "string");
  return {
    range: undefined,
    type: named ? "category" : "linear",
    ...(few && !named ? { tickvals: values } : {}),
  };
}

/** Where a series lies, with its uncertainty. */
function extent({ y, uncertainty }: Series): ArrayLike<number>[] {
  if (uncertainty === undefined) return [y];
  const around = (sign: number) => Array.from(y, (value, i) => value + sign * (uncertainty[i] ?? 0));
  return [around(-1), around(1)];
}

function trace(series: Series, index: number): Record<string, unknown> {
  const colour = palette[index % palette.length];
  return {
    name: escapeMarkup(nameOf(series)),
    x: Array.from<number | string>(series.x).map(named),
    y: Array.from(series.y),
    ...(series.mark === "bar" ? bar(series, colour) : curve(series, index, colour)),
    ...(series.uncertainty === undefined ? {} : { error_y: errorBar(series.uncertainty, colour) }),
  };
}

function named(value: number | string): number | string {
  return typeof value === "string" ? escapeMarkup(value) : value;
}

function curve(series: Series, index: number, colour: string | undefined): Record<string, unknown> {
  const symbol = symbols[index % symbols.length];
  const lines = series.mark !== "points";
  const markers = !lines || series.x.length <= maxMarkers;
  return {
    type: "scatter",
    mode: [lines && "lines", markers && "markers"].filter(Boolean).join("+"),
    line: { color: colour, dash: dashes[series.kind], width: 2 },
    marker: { color: colour, size: 8, symbol: series.kind === "measured" ? symbol : `${symbol}-open` },
  };
}

function bar({ kind }: Series, colour: string | undefined): Record<string, unknown> {
  const pattern = {
    shape: hatches[kind],
    fillmode: "replace",
    fgcolor: colour,
    bgcolor: "rgba(0,0,0,0)",
    size: 6,
  };
  const line = { color: colour, width: kind === "measured" ? 0 : 1.5 };
  return { type: "bar", marker: { color: colour, line, ...(kind === "measured" ? {} : { pattern }) } };
}

function errorBar(array: ArrayLike<number>, colour: string | undefined): Record<string, unknown> {
  return { type: "data", array: Array.from(array), color: colour, thickness: 1.5, width: 4 };
}

/** A label at the end of each series, moved apart where ends lie close together. */
function labels(series: readonly Series[]): Record<string, unknown>[] {
  const [low, high] = rangeOf({ values: series.flatMap(extent), withZero: false });
  const pixelsPerUnit = (plotHeight - marginTop - marginBottom) / (high - low);
  const ends = series.map((one, index) => {
    const last = one.x[one.x.length - 1] ?? 0;
    const at = { x: named(last), y: one.y[one.y.length - 1] ?? 0 };
    return { at, index, one, pixels: at.y * pixelsPerUnit };
  });
  ends.sort((a, b) => a.pixels - b.pixels);
  let free = Number.NEGATIVE_INFINITY;
  return ends.map(({ at, index, one, pixels }) => {
    const place = Math.max(pixels, free);
    free = place + labelHeight;
    return {
      ...at,
      text: `<b style="color:${palette[index % palette.length]}">${strokes[one.kind]}</b> ${escapeMarkup(nameOf(one))}`,
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
