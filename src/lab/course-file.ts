import { z } from "zod";
import { LabError } from "../core/errors.js";

/** `course.json` at the top of a course repository: what students' commands need to know of the course. */
export interface CourseFile {
  readonly title: string;
  /** How `submit` hands in when nothing else is said: a zip file to upload, or a commit that is pushed. */
  readonly submit: "zip" | "git";
  readonly labs: readonly PublishedLab[];
}

export interface PublishedLab {
  /** As the folder below `labs`: "01-quantization". */
  readonly id: string;
  readonly title: string;
  /** 1 for the first publication; the tag is `01-quantization/v1`. */
  readonly version: number;
  readonly release: string;
  /** ISO 8601 with an offset; absent where the lab has no due date. */
  readonly due?: string;
}

export const courseFileName = "course.json";

const lab = z.object({
  id: z.string().regex(/^[\w.-]+$/),
  title: z.string(),
  version: z.number().int().positive(),
  release: z.string(),
  due: z.iso.datetime({ offset: true }).exactOptional(),
});

const courseSchema: z.ZodType<CourseFile> = z.object({
  title: z.string(),
  submit: z.enum(["zip", "git"]),
  labs: z.array(lab),
});

/**
 * Reads `course.json`.
 *
 * @throws LabError BAD_COURSE_FILE where it is something else.
 */
export function parseCourseFile(json: string): CourseFile {
  try {
    return courseSchema.parse(JSON.parse(json));
  } catch (cause) {
    throw new LabError(
      "BAD_COURSE_FILE",
      `${courseFileName} is not what the course handed out`,
      `Get it back: git checkout -- ${courseFileName}`,
      { cause },
    );
  }
}
