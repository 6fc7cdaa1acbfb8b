import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { CourseFile } from "../lab/course-file.js";
import type { LabManifest } from "../lab/manifest.js";
import type { Release } from "../lab/release.js";
import { importDefault } from "./public-tests.js";

/**
 * The release that lies beside a notebook: `release.json` in a course repository, `build/release.json` where
 * the lab itself is kept and has been built.
 *
 * @throws LabError BAD_RELEASE where the file is something else.
 */
export async function readRelease(labDir: string): Promise<Release | undefined> {
  const file = [join(labDir, "release.json"), join(labDir, "build", "release.json")].find((path) =>
    existsSync(path),
  );
  if (file === undefined) return undefined;
  const { parseRelease } = await import("../lab/release.js");
  return parseRelease(readFileSync(file, "utf8"), file);
}

/** What the lab allows: from `lab.ts` where the lab itself is kept, else from its release. */
export async function readManifest(labDir: string): Promise<LabManifest | undefined> {
  const file = join(labDir, "lab.ts");
  if (existsSync(file)) return (await importDefault(file)) as LabManifest;
  return readRelease(labDir);
}

export interface CourseFolder {
  /** The folder above the lab that holds the whole course. */
  readonly dir: string;
  /** Absent where labs are kept without a course around them. */
  readonly course: CourseFile | undefined;
}

/**
 * The course that a lab's folder belongs to: the nearest folder upward with a `course.json`, else with a
 * `package.json`, else the lab's folder itself.
 *
 * @throws LabError BAD_COURSE_FILE where course.json is something else.
 */
export async function findCourse(labDir: string): Promise<CourseFolder> {
  const folders = upward(labDir);
  const dir = folders.find((folder) => existsSync(join(folder, "course.json")));
  if (dir !== undefined) return readCourse(dir);
  return {
    dir: folders.find((folder) => existsSync(join(folder, "package.json"))) ?? labDir,
    course: undefined,
  };
}

/** The same where the folder is known. */
export async function readCourse(dir: string): Promise<CourseFolder> {
  const file = join(dir, "course.json");
  if (!existsSync(file)) return { dir, course: undefined };
  const { parseCourseFile } = await import("../lab/course-file.js");
  return { dir, course: parseCourseFile(readFileSync(file, "utf8")) };
}

/** The folder, and those that it lies in. */
export function upward(folder: string): string[] {
  const above = dirname(folder);
  return above === folder ? [folder] : [folder, ...upward(above)];
}
