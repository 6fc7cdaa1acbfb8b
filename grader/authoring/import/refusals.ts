import { LabError } from "../../../src/core/errors.js";

export function builtNotebook(file: string): LabError {
  return new LabError(
    "BUILT_NOTEBOOK",
    `${file} is a notebook that grader build made: its solutions have no markers any more`,
    "Edit notebook.ts, or a notebook of: npx --no-install grader export-source LAB",
  );
}

export function nothingToImport(file: string): LabError {
  return new LabError("NOTHING_TO_IMPORT", `${file} has no cell with text`, "Give another notebook.");
}

export function badLabId(id: string): LabError {
  return new LabError(
    "BAD_LAB_ID",
    `"${id}" can't be a lab's name`,
    "Say where it goes, with a name of small letters, digits and hyphens: --to labs/05-search",
  );
}

export function labExists(dir: string): LabError {
  return new LabError(
    "LAB_EXISTS",
    `${dir} has a notebook.ts already`,
    "Give another folder with --to, or replace its notebook.ts alone with --force.",
  );
}

export function changedSince(dir: string): LabError {
  return new LabError(
    "SOURCE_CHANGED",
    `${dir}/notebook.ts was changed after it was exported; importing would undo that`,
    "Export it again and edit that, or replace it with --force.",
  );
}
