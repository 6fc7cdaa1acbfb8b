import { DateTime } from "luxon";
import { z } from "zod";
import { type CourseFile, courseFileName, type PublishedLab } from "../../../src/lab/course-file.js";
import type { PackedEdgelab } from "../edgelab/pack.js";
import type { LabContent } from "./lab-content.js";
import { studentPages } from "./student-pages.js";
import { tarballName, tarballPattern } from "./tarball-name.js";

/** All that a publication is made of, but what lies in the course repository already. */
export interface Publication {
  readonly course: Pick<CourseFile, "title" | "submit"> & { readonly timezone: string };
  readonly lab: LabContent;
  /** Packages of this lab that don't come with edgelab, with their versions. */
  readonly packages: Readonly<Record<string, string>>;
  /** When each lab is due; absent where there is no course.yaml: then published dates stay. */
  readonly due?: ReadonlyMap<string, Date>;
  readonly edgelab: PackedEdgelab;
}

export type Files = ReadonlyMap<string, Uint8Array>;

/** What a publication writes into the course repository, and which files of an earlier one it takes away. */
export interface CourseFiles {
  readonly files: Files;
  readonly removed: readonly string[];
  readonly course: CourseFile;
}

/**
 * The files of the course repository with this lab in this version, given the files that are there. Labs
 * published before are not among them: they stay as they are.
 */
export function courseFiles(
  publication: Publication,
  before: { readonly files: Files; readonly course: CourseFile | undefined },
  version: number,
): CourseFiles {
  const course = courseOf(publication, before.course, version);
  const { id } = publication.lab.release;
  const tarball = tarballName(publication.edgelab, before.files);
  const files = new Map<string, Uint8Array>([
    ["package.json", json(packageOf(publication, before.files, tarball.name), 2)],
    [courseFileName, json(course, 2)],
    [tarball.name, tarball.content],
    ...studentPages(course, publication.course.timezone),
    ...[...publication.lab.files].map(([name, content]) => [`labs/${id}/${name}`, content] as const),
  ]);
  const removed = [...before.files.keys()].filter((name) => isOurs(name, id) && !files.has(name));
  return { files, removed, course };
}

/** What of the repository belongs to a publication of the lab: other files are somebody else's. */
function isOurs(name: string, lab: string): boolean {
  return name.startsWith(`labs/${lab}/`) || tarballPattern.test(name);
}

function courseOf(
  { course, lab, due }: Publication,
  before: CourseFile | undefined,
  version: number,
): CourseFile {
  const { id, title, release } = lab.release;
  const known = before?.labs.find((other) => other.id === id);
  const others = (before?.labs ?? []).filter((other) => other.id !== id);
  const dated = (entry: PublishedLab): PublishedLab => {
    if (!due) return entry;
    const { due: _, ...rest } = entry;
    const date = due.get(entry.id);
    return date ? { ...rest, due: isoDate(date, course.timezone) } : rest;
  };
  const own = { id, title, version, release, ...(known?.due === undefined ? {} : { due: known.due }) };
  const labs = [...others, own].map(dated).sort((a, b) => (a.id < b.id ? -1 : 1));
  return { title: course.title, submit: course.submit, labs };
}

function isoDate(date: Date, timezone: string): string {
  const iso = DateTime.fromJSDate(date, { zone: timezone }).toISO({ suppressMilliseconds: true });
  return iso ?? date.toISOString();
}

const manifest = z.object({
  engines: z.record(z.string(), z.string()).default({}),
  allowScripts: z.record(z.string(), z.boolean()).default({}),
  dependencies: z.record(z.string(), z.string()).default({}),
});

/** The students' package.json; the packages that labs published before asked for stay in it. */
function packageOf({ course, packages, edgelab }: Publication, before: Files, tarball: string): object {
  const { engines, allowScripts } = readManifest(edgelab.files.get("package.json"));
  const { edgelab: _, ...kept } = readManifest(before.get("package.json")).dependencies;
  const others = Object.entries({ ...kept, ...packages }).sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    private: true,
    description: course.title,
    type: "module",
    engines,
    dependencies: { edgelab: `file:${tarball}`, ...Object.fromEntries(others) },
    allowScripts,
  };
}

function readManifest(content: Uint8Array | undefined): z.infer<typeof manifest> {
  try {
    return manifest.parse(JSON.parse(Buffer.from(content ?? []).toString("utf8")));
  } catch {
    // Somebody has edited it by hand, or there is none yet: it is written anew.
    return manifest.parse({});
  }
}

function json(value: unknown, indent: number): Buffer {
  return Buffer.from(`${JSON.stringify(value, null, indent)}\n`);
}
