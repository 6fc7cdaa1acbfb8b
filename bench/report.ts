/** One measured figure beside its goal. */
export interface Figure {
  readonly what: string;
  readonly measured: string;
  /** Left out where a figure is for information. */
  readonly goal?: string;
  /** Undefined where there was nothing to compare with. */
  readonly met?: boolean | undefined;
}

export function report(figures: readonly Figure[]): string {
  const width = (pick: (figure: Figure) => string) => Math.max(...figures.map((f) => pick(f).length));
  const whatWidth = width(({ what }) => what);
  const measuredWidth = width(({ measured }) => measured);
  return figures
    .map(({ what, measured, goal, met }) =>
      [
        what.padEnd(whatWidth),
        measured.padEnd(measuredWidth),
        goal === undefined ? "" : `${goal}: ${verdict(met)}`,
      ]
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

function verdict(met: boolean | undefined): string {
  return met === undefined ? "not compared" : met ? "met" : "missed";
}
