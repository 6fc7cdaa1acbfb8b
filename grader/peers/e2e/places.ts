import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { LabCell } from "../../../src/lab/cells.js";
import { buildNotebooks } from "../../authoring/build.js";
import { loadLab } from "../../authoring/load-lab.js";
import { parsePercent } from "../../authoring/percent.js";
import { packageRoot } from "../../package-root.js";

/** The lab that is walked through. */
export const lab = "01-quantization";
export const notebook = `labs/${lab}/${lab}.ipynb`;

/** This repository with one lab, in a folder where a notebook may be saved; to be removed after use. */
export function copyOfRepository(of: string = lab): string {
  const root = packageRoot();
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "edgelab-repository-")));
  mkdirSync(join(folder, "labs"));
  cpSync(join(root, "labs", of), join(folder, "labs", of), { recursive: true });
  cpSync(join(root, "package.json"), join(folder, "package.json"));
  for (const name of ["node_modules", "dist"]) symlinkSync(join(root, name), join(folder, name));
  return folder;
}

/** The lab's cells, with the right answers. */
export function labCells(): readonly LabCell[] {
  const file = join(packageRoot(), "labs", lab, "notebook.ts");
  return parsePercent(readFileSync(file, "utf8"), file).cells;
}

/** The right answer to a question, as it would be typed into its cell. */
export function rightAnswer(question: string): string {
  const cell = labCells().find(({ id }) => id === question);
  if (!cell) throw new Error(`${lab} has no ${question}`);
  return cell.reference;
}

/** The first cell behind a question's check that draws a plot. */
export function plotCell(question: string): string {
  const cells = labCells();
  const check = cells.findIndex(({ id }) => id === `check-${question}`);
  const plot = cells.slice(check).find(({ role, source }) => role === "explore" && source.includes("plot("));
  if (!plot) throw new Error(`${lab} plots nothing after ${question}`);
  return plot.id;
}

/** Puts the notebook with all right answers in the place of the student's. */
export async function answerAll(folder: string): Promise<void> {
  const { source, manifest } = await loadLab(join(packageRoot(), "labs", lab));
  writeFileSync(join(folder, notebook), buildNotebooks(source, manifest).reference);
}
