import type { LabCell } from "../../../../src/lab/cells.js";
import { parseTypeScript } from "../kernel-typescript.js";
import { declaredNames } from "../slice.js";

/** The lab's own functions that round, known by their names: "roundHalfToEven". */
export function roundingsIn(cells: readonly LabCell[]): string[] {
  return cells
    .filter(({ role }) => role === "code")
    .flatMap(({ reference }) => parseTypeScript(reference).statements.flatMap(declaredNames))
    .filter((name) => /^round[A-Z]/.test(name));
}
