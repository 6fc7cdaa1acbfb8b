import type { CellRole, ReleaseCell } from "../../../src/lab/cells.js";
import type { CourseFile } from "../../../src/lab/course-file.js";
import type { Release } from "../../../src/lab/release.js";
import type { Files } from "./course-files.js";
import { dueText, plain } from "./student-pages.js";
import { tarballPattern } from "./tarball-name.js";

/** The course repository before or after a publication, as far as a changelog tells of it. */
export interface Edition {
  readonly files: Files;
  readonly course: CourseFile | undefined;
  /** The lab's release; absent where it was not published or can't be read. */
  readonly release: Release | undefined;
}

/** What is new for students, a line each. */
export function changesBetween(before: Edition, after: Edition, lab: string, timezone: string): string[] {
  const lines = [
    ...(after.release ? releaseChanges(before.release, after.release) : []),
    ...testChanges(before.files, after.files, lab),
    ...dateChanges(before.course, after.course, timezone),
    ...toolChanges(before.files, after.files),
  ];
  return lines.length > 0 ? lines : ["The course's own pages or settings."];
}

function releaseChanges(before: Release | undefined, after: Release): string[] {
  const all = [...after.questions, ...after.written];
  if (!before) {
    const points = all.reduce((sum, question) => sum + question.points, 0);
    return [`New: ${plain(after.title)}. ${counted(all.length, "question")}, ${counted(points, "point")}.`];
  }
  const old = new Map([...before.questions, ...before.written].map((question) => [question.id, question]));
  const gone = [...old.keys()].filter((id) => !all.some((question) => question.id === id));
  const points = all.flatMap(({ id, points }) => {
    const was = old.get(id)?.points;
    return was === undefined || was === points ? [] : [`${id}: ${counted(points, "point")} (was ${was}).`];
  });
  const added = all.filter(({ id }) => !old.has(id)).map(({ id, title }) => `${id} is new: ${plain(title)}.`);
  return [...added, ...gone.map((id) => `${id} is gone.`), ...points, ...cellChanges(before, after)];
}

function cellChanges(before: Release, after: Release): string[] {
  const old = sections(before.cells);
  const now = sections(after.cells);
  return [...new Set([...now.keys(), ...old.keys()])].flatMap((section) => {
    const { added, changed, removed } = compare(old.get(section) ?? [], now.get(section) ?? []);
    const parts = [
      ...(changed > 0 ? [`${counted(changed, "cell")} changed`] : []),
      ...(added > 0 ? [`${counted(added, "cell")} added`] : []),
      ...(removed > 0 ? [`${counted(removed, "cell")} removed`] : []),
    ];
    return parts.length > 0 ? [`${section}: ${parts.join(", ")}.`] : [];
  });
}

/** A heading or another question begins a section, which is named after the question that is answered in it. */
function sections(cells: readonly ReleaseCell[]): Map<string, ReleaseCell[]> {
  const found = new Map<string, ReleaseCell[]>();
  let current: ReleaseCell[] = [];
  const question = (): string | undefined => current.find((cell) => cell.question !== undefined)?.question;
  const close = (): void => {
    const name = question() ?? "Other parts";
    if (current.length > 0) found.set(name, [...(found.get(name) ?? []), ...current]);
    current = [];
  };
  for (const cell of cells) {
    const isHeading = cell.role === "prose" && /^##? /.test(cell.source);
    const isOther = cell.question !== undefined && question() !== undefined && cell.question !== question();
    if (isHeading || isOther) close();
    current.push(cell);
  }
  close();
  return found;
}

/** Prose is named after its content: edited, it is one that is gone and one that is new. */
function compare(before: readonly ReleaseCell[], after: readonly ReleaseCell[]) {
  const old = new Map(before.map((cell) => [cell.id, cell.source]));
  const now = new Set(after.map((cell) => cell.id));
  let changed = after.filter(({ id, source }) => old.has(id) && old.get(id) !== source).length;
  let added = 0;
  let removed = 0;
  const roles = new Set<CellRole>([...before, ...after].map(({ role }) => role));
  for (const role of roles) {
    const came = after.filter((cell) => cell.role === role && !old.has(cell.id)).length;
    const went = before.filter((cell) => cell.role === role && !now.has(cell.id)).length;
    changed += Math.min(came, went);
    added += came - Math.min(came, went);
    removed += went - Math.min(came, went);
  }
  return { added, changed, removed };
}

function testChanges(before: Files, after: Files, lab: string): string[] {
  const folder = `labs/${lab}/public/`;
  const own = (files: Files): string[] => [...files.keys()].filter((name) => name.startsWith(folder));
  if (own(before).length === 0) return [];
  const changed = [...new Set([...own(after), ...own(before)])].filter(
    (name) => !same(before.get(name), after.get(name)),
  );
  return changed
    .sort()
    .map((name) => `Public tests changed: ${name.slice(folder.length).replace(/\.test\.ts$/, "")}.`);
}

function dateChanges(
  before: CourseFile | undefined,
  after: CourseFile | undefined,
  timezone: string,
): string[] {
  return (after?.labs ?? []).flatMap(({ id, due }) => {
    const was = before?.labs.find((lab) => lab.id === id)?.due;
    if (due === was || (due && was && Date.parse(due) === Date.parse(was))) return [];
    if (due === undefined) return [`${id} has no due date any more.`];
    return [`${id} is due ${dueText(due, timezone)}${was ? `; it was ${dueText(was, timezone)}` : ""}.`];
  });
}

function toolChanges(before: Files, after: Files): string[] {
  const name = (files: Files): string | undefined =>
    [...files.keys()].find((file) => tarballPattern.test(file));
  const was = name(before);
  const is = name(after);
  if (was === undefined || is === was) return [];
  return [`${is?.replace(/\.tgz$/, "")} in place of ${was.replace(/\.tgz$/, "")}: run npm install again.`];
}

function same(a: Uint8Array | undefined, b: Uint8Array | undefined): boolean {
  return a !== undefined && b !== undefined && Buffer.compare(a, b) === 0;
}

function counted(count: number, what: string): string {
  return `${count} ${count === 1 ? what : `${what}s`}`;
}

const heading = "# Changes\n";

/** The changelog with one entry more, the newest first. Whatever else people wrote in it stays. */
export function withEntry(changelog: string, title: string, lines: readonly string[]): string {
  const entry = `\n## ${title}\n\n${lines.map((line) => `- ${line}\n`).join("")}`;
  if (changelog.startsWith(heading)) return heading + entry + changelog.slice(heading.length);
  return heading + entry + (changelog === "" ? "" : `\n${changelog}`);
}
