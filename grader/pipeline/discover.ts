import { type Dirent, existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { LabError } from "../../src/core/errors.js";
import { printable } from "../../src/lab/printable.js";

/** One student's folder: where the notebook lies, or why there is none to grade. */
export type Submission =
  | { readonly student: string; readonly path: string }
  | { readonly student: string; readonly problem: string };

const maxNameLength = 100;

/**
 * Finds the notebooks of one lab in nbgrader's layout, `DIR/{student}/{lab}/{notebook}.ipynb`. There is one
 * entry for each student's folder, in the order of their names, and what is wrong in one keeps no other out.
 *
 * @throws LabError where the folder is not there or empty, or a student in `onlyStudents` has no folder.
 */
export async function discover(
  submissionsDir: string,
  labId: string,
  onlyStudents?: readonly string[],
): Promise<Submission[]> {
  const folders = await studentFolders(submissionsDir, labId);
  const wanted = onlyStudents?.length ? new Set(onlyStudents.map(nameOf)) : undefined;
  const names = new Map<string, number>();
  for (const { name } of folders) names.set(nameOf(name), (names.get(nameOf(name)) ?? 0) + 1);
  const unknown = [...(wanted ?? [])].filter((name) => !names.has(name));
  if (unknown.length > 0)
    throw new LabError(
      "UNKNOWN_STUDENT",
      `${submissionsDir} has no folder for ${unknown.map((name) => `"${printable(name)}"`).join(", ")}`,
      "Students are named as their folders are.",
    );
  const chosen = folders.filter(({ name }) => !wanted || wanted.has(nameOf(name)));
  const found: Submission[] = [];
  for (const folder of chosen) found.push(await inspect(submissionsDir, folder, labId, names));
  return found.sort((a, b) => (a.student < b.student ? -1 : a.student > b.student ? 1 : 0));
}

async function studentFolders(dir: string, labId: string): Promise<Dirent[]> {
  const entries = await list(dir);
  if (entries === undefined)
    throw new LabError(
      "NO_SUBMISSIONS",
      `there is no folder ${dir}`,
      "Give the folder that holds the students' folders.",
    );
  // .git and its like are nobody's; but a name of dots that holds the lab is a student's.
  const isHidden = ({ name }: Dirent): boolean => name.startsWith(".") && !existsSync(join(dir, name, labId));
  const folders = entries.filter((entry) => !isHidden(entry) && !entry.isFile());
  if (folders.length === 0)
    throw new LabError(
      "NO_SUBMISSIONS",
      `${dir} has no student's folder`,
      "Notebooks are expected at STUDENT/LAB/NOTEBOOK.ipynb in it.",
    );
  return folders;
}

async function inspect(
  dir: string,
  folder: Dirent,
  labId: string,
  names: ReadonlyMap<string, number>,
): Promise<Submission> {
  const student = nameOf(folder.name);
  const refused = (problem: string) => ({ student: printable(student, maxNameLength), problem });
  const badName = badNameOf(folder.name);
  if (badName) return refused(badName);
  if ((names.get(student) ?? 0) > 1)
    return refused("Several folders have this name, in different Unicode forms. Keep one of them.");
  if (!folder.isDirectory())
    return refused("The student's folder is a link or a special file. Put a real folder there.");
  try {
    const labs = (await list(join(dir, folder.name))) ?? [];
    const lab = labs.find(({ name }) => name === labId);
    if (!lab) return refused(`There is no folder ${labId}. Put the notebook at ${labId}/${labId}.ipynb.`);
    if (!lab.isDirectory()) return refused(`${labId} is a link or a file. Put a real folder there.`);
    return await notebookIn(join(dir, folder.name, labId), student, labId);
  } catch (error) {
    if (error instanceof LabError) return refused(error.message);
    throw error;
  }
}

// Jupyter leaves "Untitled.ipynb" and copies about, so the notebook's own name decides where there are several.
async function notebookIn(folder: string, student: string, labId: string): Promise<Submission> {
  const entries = (await list(folder)) ?? [];
  const notebooks = entries.filter(({ name }) => name.endsWith(".ipynb") && !name.startsWith("."));
  const notebook = notebooks.find(({ name }) => name === `${labId}.ipynb`) ?? notebooks[0];
  if (!notebook)
    return { student, problem: `There is no notebook in ${labId}. Put it at ${labId}/${labId}.ipynb.` };
  if (notebooks.length > 1 && notebook.name !== `${labId}.ipynb`)
    return {
      student,
      problem: `There are ${notebooks.length} notebooks in ${labId}, none is ${labId}.ipynb. Keep the right one.`,
    };
  return { student, path: join(folder, notebook.name) };
}

function badNameOf(name: string): string | undefined {
  if (name.includes("\uFFFD")) return "The folder's name is not UTF-8. Rename it.";
  if ([...name].length > maxNameLength)
    return `The folder's name is longer than ${maxNameLength} characters. Rename it.`;
  // Control characters, those that turn the writing direction, and line separators.
  if (/[\p{Cc}\p{Zl}\p{Zp}\u200E\u200F\u061C\u202A-\u202E\u2066-\u2069]/u.test(name))
    return "The folder's name has control characters in it. Rename it.";
  return undefined;
}

/** macOS writes é as two characters, others as one: the same student. */
function nameOf(folder: string): string {
  return folder.normalize("NFC");
}

async function list(dir: string): Promise<Dirent[] | undefined> {
  try {
    return await readdir(dir, { withFileTypes: true });
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw new LabError("UNREADABLE", `${dir} cannot be read (${code ?? cause})`, "Check its permissions.", {
      cause,
    });
  }
}
