import type { AuthoredCell } from "./read-notebook.js";

/** What nbgrader made of a cell. */
export type Kind = "answer" | "tests" | "written" | "ordinary";

export function kindOf({ type, nbgrader: mark }: AuthoredCell): Kind {
  if (mark === undefined || type === "raw") return "ordinary";
  if (mark.task) return "written";
  if (mark.solution) return mark.grade || type === "markdown" ? "written" : "answer";
  return mark.grade && type === "code" ? "tests" : "ordinary";
}
