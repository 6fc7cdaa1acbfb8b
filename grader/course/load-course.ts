import { readFile } from "node:fs/promises";
import path from "node:path";
import { LabError } from "../../src/core/errors.js";
import type { Course } from "./course.js";
import { readLabs } from "./lab-dates.js";
import { type Complain, courseError, type Problem } from "./problems.js";
import { placeOf, readRoster } from "./roster.js";
import { readShape } from "./schema.js";
import { readYaml } from "./yaml-file.js";

export const courseYaml = "course.yaml";

/**
 * Reads the course.yaml of a folder.
 *
 * @throws LabError NO_COURSE where there is none, BAD_COURSE with each problem's line where it can't be used.
 */
export async function loadCourse(dir: string): Promise<Course> {
  const course = await loadCourseIfAny(dir);
  if (course) return course;
  throw new LabError(
    "NO_COURSE",
    `there is no ${courseYaml} in ${path.resolve(dir)}`,
    "Go to the folder that holds it. `npx --no-install grader new` writes one with a first lab.",
  );
}

/** The same for whoever can do without: undefined where there is no course.yaml. */
export async function loadCourseIfAny(dir: string): Promise<Course | undefined> {
  const file = path.resolve(dir, courseYaml);
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? cause.code : cause;
    if (code === "ENOENT") return undefined;
    throw new LabError("NO_COURSE", `${file} can't be read (${code})`, "Look at its permissions.", { cause });
  }
  return parseCourse(text, path.dirname(file));
}

/** The course that a text describes; relative paths in it start at `dir`. */
export function parseCourse(text: string, dir: string): Course {
  const { value, lineOf } = readYaml(text, courseYaml);
  const problems: Problem[] = [];
  const complain: Complain = (where, problem, nextStep) =>
    void problems.push({ path: where, problem, nextStep });
  const raw = readShape(value, complain);
  if (!raw) throw courseError(courseYaml, problems, lineOf);
  const roster = readRoster(raw, dir, complain);
  const labs = readLabs(raw, roster, complain);
  if (problems.length > 0) throw courseError(courseYaml, problems, lineOf);
  const { grace = 0, percentPerDay = 0, maxDays = Number.POSITIVE_INFINITY } = raw.late ?? {};
  return {
    dir,
    title: raw.title,
    timezone: raw.timezone ?? "UTC",
    submit: raw.submit ?? "zip",
    ...roster,
    labs,
    late: { graceMinutes: grace, percentPerDay, maxDays },
    remotes: raw.remotes?.course === undefined ? {} : { course: placeOf(raw.remotes.course, dir) },
  };
}
