import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join, resolve, sep } from "node:path";
import { LabError } from "../../core/errors.js";
import { courseFileName } from "../../lab/course-file.js";
import { upward } from "../lab-folder.js";

/** A course repository, or edgelab's own: what lies in `labs/X` there is a lab. */
export interface Course {
  readonly root: string;
  /** Names of the folders below `labs` that hold a notebook of their name, in order. */
  readonly labs: readonly string[];
}

/**
 * The course that a folder belongs to: the nearest folder upward with a course.json, else with a package.json that
 * is edgelab or depends on it.
 *
 * @throws LabError NO_COURSE where there is none.
 */
export function findCourse(from: string): Course {
  const folders = upward(resolve(from));
  const root =
    folders.find((folder) => existsSync(join(folder, courseFileName))) ?? folders.find(usesEdgelab);
  if (root === undefined)
    throw new LabError(
      "NO_COURSE",
      `no course was found in ${resolve(from)} or above it`,
      "Go to the folder that you cloned, the one with course.json and labs/ in it, and try again.",
    );
  return { root, labs: labsIn(root) };
}

function usesEdgelab(folder: string): boolean {
  // A package of that name inside node_modules is installed, not worked on.
  if (folder.split(sep).includes("node_modules")) return false;
  try {
    const { name, dependencies } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    return name === "edgelab" || typeof dependencies?.edgelab === "string";
  } catch {
    return false;
  }
}

function labsIn(root: string): string[] {
  const shelf = join(root, "labs");
  if (!existsSync(shelf)) return [];
  return readdirSync(shelf)
    .filter((name) => existsSync(join(shelf, name, `${name}.ipynb`)))
    .sort();
}

/** A notebook to work with, and its lab's folder. */
export interface NotebookPlace {
  readonly notebookPath: string;
  readonly labDir: string;
}

/**
 * The notebook that a student means: a path to it, a lab's folder or name, or, where nothing is said, the lab of
 * the working directory, or the only one there is.
 *
 * @throws LabError UNKNOWN_LAB where it is none of them, WHICH_LAB where it could be several.
 */
export function findNotebook(course: Course, named: string | undefined, cwd: string): NotebookPlace {
  if (named?.endsWith(".ipynb") && existsSync(resolve(cwd, named))) {
    const notebookPath = resolve(cwd, named);
    return { notebookPath, labDir: dirname(notebookPath) };
  }
  const lab = named === undefined ? impliedLab(course, cwd) : namedLab(course, named, cwd);
  if (lab === undefined) throw unknown(course, named);
  const labDir = join(course.root, "labs", lab);
  return { notebookPath: join(labDir, `${lab}.ipynb`), labDir };
}

function impliedLab({ root, labs }: Course, cwd: string): string | undefined {
  const inside = labs.find((lab) => `${resolve(cwd)}${sep}`.startsWith(join(root, "labs", lab) + sep));
  return inside ?? (labs.length === 1 ? labs[0] : undefined);
}

// "01-quantization", its number "01" or "1", or its folder.
function namedLab({ root, labs }: Course, named: string, cwd: string): string | undefined {
  const folder = resolve(cwd, named);
  return labs.find(
    (lab) =>
      lab === named ||
      lab === basename(named, ".ipynb") ||
      join(root, "labs", lab) === folder ||
      (/^\d+$/.test(named) && Number.parseInt(lab, 10) === Number(named)),
  );
}

function unknown({ root, labs }: Course, named: string | undefined): LabError {
  const known =
    labs.length > 0 ? `Labs here: ${labs.join(", ")}.` : `There is no lab in ${join(root, "labs")}.`;
  return named === undefined
    ? new LabError("WHICH_LAB", "it is not clear which lab is meant", `Name it. ${known}`)
    : new LabError("UNKNOWN_LAB", `there is no lab and no notebook ${JSON.stringify(named)}`, known);
}
