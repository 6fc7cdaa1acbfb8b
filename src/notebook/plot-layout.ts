/** Told apart by the colour-blind; each has a marker of its own beside. */
export const palette = ["#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00"] as const;

export const plotHeight = 360;

/** Of every plot. It sits in light and dark pages; colours of text are left to the page, which knows which it is. */
export const frame = {
  height: plotHeight,
  paper_bgcolor: "rgba(0,0,0,0)",
  plot_bgcolor: "rgba(0,0,0,0)",
} as const;

export interface AxisRange {
  readonly values: readonly ArrayLike<number | string>[];
  /** A bar begins at zero, so that its length means something. */
  readonly withZero: boolean;
}

/** An axis that shows what there is to see; names instead of numbers are left to Plotly. */
export function axis(title: string, range: AxisRange): Record<string, unknown> {
  const isNamed = range.values.some((list) => Array.from(list).some((value) => typeof value === "string"));
  return {
    title: { text: escapeMarkup(title) },
    zerolinecolor: "rgba(128,128,128,.6)",
    gridcolor: "rgba(128,128,128,.25)",
    automargin: true,
    ...(isNamed ? { type: "category" } : { range: rangeOf(range) }),
  };
}

/** What there is to see, with a little room around it. Plotly by itself would make room for labels too. */
export function rangeOf({ values, withZero }: AxisRange): readonly [number, number] {
  let low = withZero ? 0 : Number.POSITIVE_INFINITY;
  let high = withZero ? 0 : Number.NEGATIVE_INFINITY;
  for (const list of values) {
    for (const value of Array.from(list, Number)) {
      if (!Number.isFinite(value)) continue;
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
  }
  if (low > high) return [-1, 1];
  const room = 0.05 * (high - low) || 1;
  // Nothing lies below the foot of a bar.
  return [withZero && low === 0 ? 0 : low - room, withZero && high === 0 && low < 0 ? 0 : high + room];
}

/** Plotly reads a few HTML tags in its texts. */
export function escapeMarkup(text: string): string {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
}
