import type { Group, Student } from "../../course/course.js";
import type { Owner } from "./owner.js";

export interface Roster {
  readonly students: readonly Student[];
  readonly groups: readonly Group[];
}

/** The students whose work it is: one, or the members of a group; several only by a name that several have. */
export type Match =
  | { readonly students: readonly Student[] }
  | { readonly unknown: true }
  | { readonly ambiguous: readonly Student[] };

/** Finds the owner on the roster, by the surest sign that fits. Nothing is guessed. */
export function match(owner: Owner, { students, groups }: Roster): Match {
  const key = fold(owner.name);
  const group = groups.find(({ id }) => fold(id) === key);
  if (group) return { students: students.filter(({ id }) => group.members.includes(id)) };
  const signs: ((student: Student) => boolean)[] = [
    ({ id }) => fold(id) === key,
    ({ aliases }) =>
      aliases.some((alias) => fold(alias) === key || (owner.number !== undefined && alias === owner.number)),
    ({ email }) => email !== undefined && fold(email) === key,
    ({ name }) => name !== undefined && sameName(name, owner.name),
  ];
  for (const fits of signs) {
    const found = students.filter(fits);
    if (found.length === 1) return { students: found };
    if (found.length > 1) return { ambiguous: found };
  }
  return { unknown: true };
}

function fold(text: string): string {
  return text.normalize("NFC").toLowerCase();
}

/** "Jané Doe" is "Doe, Jane", and Canvas's "doejane". */
function sameName(name: string, written: string): boolean {
  const [ours, theirs] = [words(name), words(written)];
  if (ours.length === 0 || theirs.length === 0) return false;
  if ([...ours].sort().join(" ") === [...theirs].sort().join(" ")) return true;
  if (theirs.length > 1) return false;
  return ours.some((_, index) => [...ours.slice(index), ...ours.slice(0, index)].join("") === theirs[0]);
}

function words(name: string): string[] {
  const plain = name.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  return plain.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== "");
}
