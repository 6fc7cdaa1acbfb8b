import { z } from "zod";
import { LabError } from "../core/errors.js";
import type { LabSource, ReleaseSource } from "./cells.js";
import type { LabManifest } from "./manifest.js";

/**
 * A lab as it was handed out, without solutions: `release.json` beside the student's notebook. With it `submit`
 * can say, before anything is handed in, what the grader will make of the notebook.
 */
export interface Release extends ReleaseSource, LabManifest {}

export const releaseFileName = "release.json";

const text = z.string();
const count = z.number().int().positive();
const info = z.object({ id: text, title: text, points: count });

const releaseSchema: z.ZodType<Release> = z.object({
  id: text,
  title: text,
  packages: z.array(text),
  withheld: z.array(text),
  limits: z.object({ cellCpuMs: count, callCpuMs: count, memoryBytes: count }),
  release: text,
  questions: z.array(info),
  written: z.array(info.extend({ rubric: z.array(text) })),
  cells: z.array(
    z.object({
      id: text,
      role: z.enum(["prose", "code", "answer", "check", "explore", "written"]),
      source: text,
      question: text.exactOptional(),
    }),
  ),
});

/** What goes into `release.json`: cell by cell and key by key, so that a solution can't come along. */
export function releaseOf(source: LabSource, manifest: LabManifest): Release {
  const { id, title, packages, withheld, limits } = manifest;
  const cells = source.cells.map(({ id, role, source, question }) => ({
    id,
    role,
    source,
    ...(question === undefined ? {} : { question }),
  }));
  // A rubric tells what the answer should say: it is for whoever grades.
  const written = source.written.map((info) => ({ ...info, rubric: [] }));
  const { release, questions } = source;
  return { id, title, packages, withheld, limits, release, questions, written, cells };
}

/**
 * Reads `release.json`.
 *
 * @throws LabError BAD_RELEASE where it is something else.
 */
export function parseRelease(json: string, file = releaseFileName): Release {
  try {
    return releaseSchema.parse(JSON.parse(json));
  } catch (cause) {
    throw new LabError(
      "BAD_RELEASE",
      `${file} is not what the course handed out`,
      `Get it back from the course repository: git checkout -- ${file}`,
      { cause },
    );
  }
}
