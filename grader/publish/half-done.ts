import { parseCourseFile } from "../../src/lab/course-file.js";
import type { Publication } from "./content/course-files.js";
import { type CourseClone, readTree } from "./git/course-clone.js";
import { isPublished } from "./plan.js";

/** What an earlier publication left to do: the same version, its branch or its tag only. */
export type Completion =
  | { readonly missing: "tag"; readonly version: number; readonly commit: string }
  | { readonly missing: "branch"; readonly version: number; readonly commit: string };

/**
 * Looks for a push of which the remote has only a part: servers that don't take branch and tag together, or people
 * who pushed one of them, leave such. What is there is completed where it is what would be published.
 */
export async function findHalfDone(
  publication: Publication,
  clone: CourseClone,
  published: number,
): Promise<Completion | undefined> {
  const newest = Math.max(0, ...clone.tags.keys());
  const tagged = clone.tags.get(newest);
  if (newest > published && tagged !== undefined && (await isNext(clone, tagged)))
    if (isPublished(publication, await readTree(clone.git, tagged), newest))
      return { missing: "branch", version: newest, commit: tagged };
  if (published === 0 || clone.tags.has(published) || !clone.head) return undefined;
  const commit = await commitOf(clone, publication.lab.release.id, published);
  return { missing: "tag", version: published, commit };
}

/** Whether the branch could go on to a commit without leaving anything behind. */
async function isNext({ git, head }: CourseClone, commit: string): Promise<boolean> {
  const [, ...parents] = (await git.raw(["rev-list", "--parents", "-n", "1", commit])).trim().split(" ");
  return parents.join() === (head?.commit ?? "");
}

const mostCommits = "200";

/** The commit that brought this version of the lab. */
async function commitOf({ git, head }: CourseClone, lab: string, version: number): Promise<string> {
  const newest = head?.commit ?? "";
  const args = ["--first-parent", "-n", mostCommits, newest, "--", "course.json"];
  const commits = (await git.raw(["rev-list", ...args])).trim().split("\n");
  let found = newest;
  for (const commit of commits) {
    const content = await git.binaryCatFile(["blob", `${commit}:course.json`]);
    if (versionIn(content.toString("utf8"), lab) !== version) break;
    found = commit;
  }
  return found;
}

function versionIn(json: string, lab: string): number | undefined {
  try {
    return parseCourseFile(json).labs.find(({ id }) => id === lab)?.version;
  } catch {
    return undefined; // an older commit may hold anything
  }
}
