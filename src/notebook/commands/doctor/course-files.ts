import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { courseFileName, parseCourseFile } from "../../../lab/course-file.js";
import { parseRelease, releaseFileName } from "../../../lab/release.js";
import { broken, type Check, type Finding, fine, unsure } from "./finding.js";

type Found = Omit<Finding, "what">;

export const courseFiles: Check = {
  what: "course",
  run: async ({ course: { root, labs } }) => {
    if (!existsSync(join(root, courseFileName)))
      return [fine(`edgelab's own folder, ${labs.length} labs in ${join(root, "labs")}`)];
    const problems = (
      await Promise.all([courseFile(root, labs), ...labs.map((lab) => labFiles(root, lab))])
    ).flat();
    return problems.length > 0 ? problems : [fine(`${labs.join(", ")}: as handed out`)];
  },
};

async function courseFile(root: string, labs: readonly string[]): Promise<Found[]> {
  const parsed = await parsing(async () =>
    parseCourseFile(await readFile(join(root, courseFileName), "utf8")),
  );
  if ("problem" in parsed) return [parsed.problem];
  const missing = parsed.value.labs.filter(({ id }) => !labs.includes(id));
  return missing.map(({ id }) =>
    broken(`labs/${id}/${id}.ipynb is not there`, `Get it back: git checkout -- labs/${id}`),
  );
}

async function labFiles(root: string, lab: string): Promise<Found[]> {
  const folder = join(root, "labs", lab);
  const file = join(folder, releaseFileName);
  if (!existsSync(file))
    return [unsure(`labs/${lab} has no ${releaseFileName}`, `Get it back: git checkout -- labs/${lab}`)];
  const parsed = await parsing(async () => parseRelease(await readFile(file, "utf8"), file));
  if ("problem" in parsed) return [parsed.problem];
  const untested = parsed.value.questions.filter(
    ({ id }) => !existsSync(join(folder, "public", `${id}.test.ts`)),
  );
  return untested.length === parsed.value.questions.length && untested.length > 0
    ? [broken(`labs/${lab}/public has no tests`, `Get them back: git checkout -- labs/${lab}/public`)]
    : [];
}

async function parsing<T>(
  read: () => Promise<T>,
): Promise<{ readonly value: T } | { readonly problem: Found }> {
  try {
    return { value: await read() };
  } catch (error) {
    return { problem: broken(error instanceof Error ? error.message : String(error), "") };
  }
}
