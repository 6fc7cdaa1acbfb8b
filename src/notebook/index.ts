/** What a student's notebook imports. Cheap to load: everything heavy waits for the first call. */
export { check } from "./check.js";
export { type PlotOptions, plot, type Series } from "./plot.js";
export type { PlotlyFigure } from "./plotly-figure.js";
export { progress, type TrainingProgress } from "./progress.js";
export { type SubmitOptions, submit } from "./submit.js";
export { type TableColumn, type TableOptions, table } from "./table.js";
