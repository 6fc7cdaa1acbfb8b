import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { LabError } from "../../src/core/errors.js";
import { newCourseYaml, newLabFiles } from "../authoring/new-lab.js";
import { courseYaml, loadCourseIfAny } from "../course/load-course.js";
import { build } from "./build.js";

const madeByCommands = [
  "node_modules/",
  "labs/*/build/",
  "collected/",
  "submissions/",
  "submissions-late/",
  "feedback*/",
  "*.db*",
];

export interface NewOptions {
  /** As the folder is to be called: "05-search". */
  readonly id: string;
  /** Made of the id where it is left out. */
  readonly title?: string;
  readonly questions: number;
  readonly workingDir: string;
  /** For a new course.yaml. */
  readonly timezone: string;
}

/**
 * Makes `labs/{id}` in the working folder, builds it, and writes a course.yaml where there is none. Gives what to
 * tell whoever asked for it.
 *
 * @throws LabError where the folder is there already, or id, title or number can't be; then nothing is written.
 */
export async function newLab({ workingDir, timezone, ...lab }: NewOptions): Promise<string> {
  const files = newLabFiles({ ...lab, title: lab.title ?? titleOf(lab.id) });
  const shelf = join(workingDir, "labs");
  try {
    await mkdir(shelf, { recursive: true });
    await writeWhole(join(shelf, lab.id), files);
  } catch (cause) {
    throw asMistake(cause, shelf, lab.id);
  }
  return [
    `labs/${lab.id}: ${count(lab.questions, "question")}, ${10 * lab.questions} points; question 1 is a worked example`,
    await noteInCourse(workingDir, timezone, lab.id),
    ...(await ignoreInGit(workingDir)),
    "What to do next:",
    `  1. Rewrite labs/${lab.id}/notebook.ts, then its tests (public, hidden) and wrong answers (mutants).`,
    `  2. npx --no-install grader build ${lab.id}     makes the students' notebook of it`,
    `  3. npx --no-install grader verify ${lab.id}    says whether it is fit to be handed out`,
  ].join("\n");
}

/** A lab that is there is whole: it is made under another name, built, and then moved to its place. */
async function writeWhole(folder: string, files: ReadonlyMap<string, string>): Promise<void> {
  const attempt = await mkdtemp(join(dirname(folder), ".new-"));
  try {
    const lab = join(attempt, basename(folder));
    for (const [path, text] of files) {
      const file = join(lab, path);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, text);
    }
    await build(lab, { check: false });
    if (existsSync(folder)) throw exists(basename(folder));
    await rename(lab, folder);
  } finally {
    await rm(attempt, { recursive: true, force: true });
  }
}

function exists(lab: string): LabError {
  return new LabError("LAB_EXISTS", `there is a labs/${lab} already`, "Choose another number and word.");
}

/** What keeps a folder from being made is told as such; anything else stays what it is. */
function asMistake(cause: unknown, shelf: string, lab: string): unknown {
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  if (["ENOTEMPTY", "EEXIST", "ENOTDIR"].includes(code)) return exists(lab);
  if (["EACCES", "EPERM", "EROFS", "ENOSPC"].includes(code))
    return new LabError("CANNOT_WRITE", `${shelf} can't be written (${code})`, "Work in a folder of yours.");
  return cause;
}

/** "05-search-space" becomes "Search space". */
function titleOf(id: string): string {
  const words = id.replace(/^\d+-/, "").replaceAll("-", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** What is made by commands, and what students hand in, is not for the course's own repository. */
async function ignoreInGit(workingDir: string): Promise<string[]> {
  const file = join(workingDir, ".gitignore");
  if (existsSync(file)) return [];
  await writeFile(file, `${madeByCommands.join("\n")}\n`, { flag: "wx" });
  return [".gitignore: new; keeps students' work and grades out of the course's repository"];
}

/** Makes a course.yaml; one that is there is its writer's, who is told what to add. */
async function noteInCourse(workingDir: string, timezone: string, lab: string): Promise<string> {
  const file = join(workingDir, courseYaml);
  if (!existsSync(file)) {
    const text = newCourseYaml({ title: basename(resolve(workingDir)) || "Course", timezone, lab });
    await writeFile(file, text, { flag: "wx" });
    return `${courseYaml}: new; write the due date and the roster there`;
  }
  // One that can't be read now gets the same advice.
  const course = await loadCourseIfAny(workingDir).catch(() => undefined);
  if (course?.labs.has(lab)) return `${courseYaml} names the lab already`;
  return `Add it to labs: in ${courseYaml}\n  ${lab}:\n    due: 2026-12-01 23:59`;
}

function count(n: number, word: string): string {
  return `${n} ${word}${n === 1 ? "" : "s"}`;
}
