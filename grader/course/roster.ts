import path from "node:path";
import { closest } from "./closest.js";
import type { Group, Student } from "./course.js";
import { type Complain, type Path, quoted } from "./problems.js";
import type { RawCourse, RawGroup, RawStudent } from "./schema.js";

export interface Roster {
  readonly students: readonly Student[];
  readonly groups: readonly Group[];
}

/** Brings students and groups together: each group knows its members, each member the group and its remote. */
export function readRoster(raw: RawCourse, dir: string, complain: Complain): Roster {
  const rawStudents = raw.students ?? [];
  const rawGroups = raw.groups ?? [];
  checkNames(rawStudents, rawGroups, complain);
  const members = membersOf(rawStudents, rawGroups, complain);
  const groups = rawGroups.map(({ id, remote }) => ({
    id,
    members: members.get(id) ?? [],
    ...(remote === undefined ? {} : { remote: placeOf(remote, dir) }),
  }));
  return { students: rawStudents.map((student) => studentOf(student, groups, dir)), groups };
}

function studentOf(raw: RawStudent, groups: readonly Group[], dir: string): Student {
  const group = groups.find(({ members }) => members.includes(raw.id));
  const remote = raw.remote === undefined ? group?.remote : placeOf(raw.remote, dir);
  return {
    id: raw.id,
    aliases: raw.aliases ?? [],
    ...(raw.name === undefined ? {} : { name: raw.name }),
    ...(raw.email === undefined ? {} : { email: raw.email }),
    ...(remote === undefined ? {} : { remote }),
    ...(group === undefined ? {} : { group: group.id }),
  };
}

/** A path is meant from the folder of course.yaml; a URL, or `host:path` of ssh, stays as it is. */
export function placeOf(remote: string, dir: string): string {
  return /^[\w+.-]+:\/\/|^[^/]+:/.test(remote) ? remote : path.resolve(dir, remote);
}

/** Ids and aliases must each mean one: folders and downloads are told apart by them. */
function checkNames(students: readonly RawStudent[], groups: readonly RawGroup[], complain: Complain): void {
  const taken = new Map<string, string>();
  const take = (name: string, owner: string, where: Path): void => {
    const key = name.normalize("NFC").toLowerCase();
    const other = taken.get(key);
    if (other === undefined) taken.set(key, owner);
    else if (other !== owner || where.at(-1) === "id")
      complain(where, `${quoted(name)} is used twice: ${other}, and here`, "Give each a name of its own.");
  };
  students.forEach(({ id }, i) => {
    take(id, `for the student ${id}`, ["students", i, "id"]);
  });
  groups.forEach(({ id }, i) => {
    take(id, `for the group ${id}`, ["groups", i, "id"]);
  });
  students.forEach(({ id, aliases = [] }, i) => {
    aliases.forEach((alias, j) => {
      take(alias, `for the student ${id}`, ["students", i, "aliases", j]);
    });
  });
}

/** Membership is written at the group or at the student; both may say it, and must agree. */
function membersOf(
  students: readonly RawStudent[],
  groups: readonly RawGroup[],
  complain: Complain,
): Map<string, string[]> {
  const ids = students.map(({ id }) => id);
  const groupIds = groups.map(({ id }) => id);
  const groupOf = new Map<string, string>();
  const join = (student: string, group: string, where: Path): void => {
    const other = groupOf.get(student);
    if (other === undefined) groupOf.set(student, group);
    else if (other !== group)
      complain(where, `${quoted(student)} is in two groups, ${other} and ${group}`, "Keep one of them.");
  };
  groups.forEach(({ id, members = [] }, i) => {
    members.forEach((member, j) => {
      const where = ["groups", i, "members", j];
      if (ids.includes(member)) join(member, id, where);
      else complain(where, `the member ${quoted(member)} is not in students`, suggestion(member, ids));
    });
  });
  students.forEach(({ id, group }, i) => {
    if (group === undefined) return;
    const where = ["students", i, "group"];
    if (groupIds.includes(group)) join(id, group, where);
    else complain(where, `the group ${quoted(group)} is not in groups`, suggestion(group, groupIds));
  });
  const members = new Map<string, string[]>(groupIds.map((id) => [id, []]));
  for (const [student, group] of groupOf) members.get(group)?.push(student);
  return members;
}

/** What to do about a name that is not known. */
export function suggestion(name: string, known: readonly string[]): string {
  const meant = closest(name, known);
  return meant ? `Did you mean ${meant}?` : "Add it there, or take it out here.";
}
