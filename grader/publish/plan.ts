import { LabError } from "../../src/core/errors.js";
import { type CourseFile, courseFileName, parseCourseFile } from "../../src/lab/course-file.js";
import { parseRelease, type Release, releaseFileName } from "../../src/lab/release.js";
import { changesBetween, withEntry } from "./content/changelog.js";
import { type CourseFiles, courseFiles, type Files, type Publication } from "./content/course-files.js";
import { type CourseClone, type CourseTree, isOrdinary } from "./git/course-clone.js";

/** What publishing comes to, given what the remote has. */
export type Plan =
  | { readonly kind: "unchanged"; readonly version: number }
  | {
      readonly kind: "publish";
      readonly version: number;
      /** What is new, for students: the lines of the changelog. */
      readonly changes: readonly string[];
      readonly files: Files;
      readonly removed: readonly string[];
    };

const changelogName = "CHANGELOG.md";

/**
 * The next version of the lab, or none where the course repository has all of it already.
 *
 * @throws LabError NOT_A_COURSE, BAD_COURSE_FILE, LINK_IN_COURSE for a repository that must not be touched.
 */
export function planPublication(
  publication: Publication,
  clone: Pick<CourseClone, "head" | "tags">,
  day: string,
): Plan {
  const lab = publication.lab.release.id;
  const files = clone.head?.files ?? new Map<string, Uint8Array>();
  const course = courseIn(clone.head);
  const published = course?.labs.find(({ id }) => id === lab)?.version ?? 0;
  if (clone.head && published > 0 && isPublished(publication, clone.head, published))
    return { kind: "unchanged", version: published };
  const version = Math.max(published, ...clone.tags.keys()) + 1;
  const next = courseFiles(publication, { files, course }, version);
  if (clone.head) refuseLinks(clone.head, next);
  const after = new Map([...files].filter(([name]) => !next.removed.includes(name)).concat([...next.files]));
  const before = { files, course, release: releaseIn(files, lab) };
  const release = publication.lab.release;
  const zone = publication.course.timezone;
  const changes = changesBetween(before, { files: after, course: next.course, release }, lab, zone);
  const old = Buffer.from(files.get(changelogName) ?? []).toString("utf8");
  const changelog = withEntry(old, `${lab} v${version}, ${day}`, changes);
  const written = new Map([...next.files, [changelogName, Buffer.from(changelog)]]);
  return { kind: "publish", version, changes, files: written, removed: next.removed };
}

/** Whether a commit has just what would be published as this version. */
export function isPublished(publication: Publication, tree: CourseTree, version: number): boolean {
  const { files, removed } = courseFiles(publication, { files: tree.files, course: courseIn(tree) }, version);
  const same = [...files].every(([name, content]) => {
    const there = tree.files.get(name);
    return there !== undefined && Buffer.compare(there, content) === 0;
  });
  return same && removed.length === 0 && tree.files.has(changelogName);
}

/** The course file of a commit; undefined where there is no commit yet. */
export function courseIn(tree: CourseTree | undefined): CourseFile | undefined {
  if (!tree) return undefined;
  const content = tree.files.get(courseFileName);
  if (content) return parseCourseFile(Buffer.from(content).toString("utf8"));
  throw new LabError(
    "NOT_A_COURSE",
    `the repository holds something else than a course: it has files, but no ${courseFileName}`,
    "Publish to an empty repository, or to one that was published to before. Nothing was changed.",
  );
}

function releaseIn(files: Files, lab: string): Release | undefined {
  const content = files.get(`labs/${lab}/${releaseFileName}`);
  try {
    return content && parseRelease(Buffer.from(content).toString("utf8"));
  } catch {
    return undefined; // somebody has changed it: the lab counts as new
  }
}

/** A link or submodule where a file belongs would lead students' copies elsewhere. */
function refuseLinks({ entries }: CourseTree, { files }: CourseFiles): void {
  for (const file of files.keys()) {
    const parts = file.split("/");
    const paths = parts.map((_, i) => parts.slice(0, i + 1).join("/"));
    const bad = paths.find(
      (at) => entries.has(at) && (at !== file || !isOrdinary(entries.get(at)?.mode ?? "")),
    );
    if (bad !== undefined)
      throw new LabError(
        "LINK_IN_COURSE",
        `the course repository has a link, a submodule or a file at ${bad}, where ${file} belongs`,
        "Take it out of the repository (git rm), push, and publish again.",
      );
    const below = [...entries.keys()].find((name) => name.startsWith(`${file}/`));
    if (below !== undefined)
      throw new LabError(
        "LINK_IN_COURSE",
        `the course repository has ${below}, where the file ${file} belongs`,
        "Take it out of the repository (git rm), push, and publish again.",
      );
  }
}
