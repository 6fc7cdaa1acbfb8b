import { existsSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { LabError } from "../../src/core/errors.js";
import { packageRoot } from "../package-root.js";

/**
 * The folder of a lab: given as a path, or by its name in a `labs` folder, first that of the working
 * directory (a course of one's own), then the one of this repository.
 */
export function findLab(nameOrPath: string, workingDir = process.cwd()): string {
  const shelves = [...new Set([join(workingDir, "labs"), join(packageRoot(), "labs")])];
  const isName = /^[\w.-]+$/.test(nameOrPath) && !/^\.+$/.test(nameOrPath);
  const places = [
    ...(isName ? shelves.map((shelf) => join(shelf, nameOrPath)) : []),
    resolve(workingDir, nameOrPath),
  ];
  const found = places.find(isLab);
  if (found) return found;
  const names = [...new Set(shelves.flatMap(labsOn))].sort();
  throw new LabError(
    "UNKNOWN_LAB",
    `there is no lab "${nameOrPath}"`,
    names.length > 0 ? `Labs here: ${names.join(", ")}.` : `No labs were found in ${shelves.join(" or ")}.`,
  );
}

/** The folders of all labs of the course in the working directory or, where there are none, of this repository. */
export function listLabs(workingDir = process.cwd()): string[] {
  const shelves = [join(workingDir, "labs"), join(packageRoot(), "labs")];
  const shelf = shelves.find((folder) => labsOn(folder).length > 0);
  return shelf === undefined ? [] : labsOn(shelf).map((name) => join(shelf, name));
}

function labsOn(shelf: string): string[] {
  if (!existsSync(shelf)) return [];
  return readdirSync(shelf)
    .filter((name) => isLab(join(shelf, name)))
    .sort();
}

function isLab(folder: string): boolean {
  return existsSync(join(folder, "lab.ts"));
}
