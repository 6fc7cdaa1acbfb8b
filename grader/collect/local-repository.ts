import type { Dirent } from "node:fs";
import { lstat, readdir } from "node:fs/promises";
import { join, relative } from "node:path";
import { CannotTake } from "./outcome.js";

/** Files by which a repository takes objects or branches from another one. */
const borrowing = ["objects/info/alternates", "commondir", "gitdir"];
/** Where git looks for a repository when it is given a path. */
const places = ["", ".git", "/.git", ".git/.git"];
const mostEntries = 20_000;

/**
 * Looks whether a repository on this machine borrows from elsewhere. Whoever can write in its folder could
 * otherwise hand in another student's work, which they may not read, but we may.
 *
 * @throws CannotTake with what leads elsewhere.
 */
export async function refuseBorrowed(path: string): Promise<void> {
  for (const place of places.map((suffix) => `${path}${suffix}`)) {
    const stats = await lstat(place).catch(() => undefined);
    // The path of course.yaml may be a link of the instructor's; nothing below it may.
    if (stats?.isSymbolicLink() && place !== path) throw leadsElsewhere(path, place);
    if (stats?.isFile()) throw leadsElsewhere(path, place);
    if (stats) await refuseLinks(path, place);
  }
}

async function refuseLinks(path: string, dir: string): Promise<void> {
  for (const name of borrowing)
    if (await lstat(join(dir, name)).catch(() => undefined)) throw leadsElsewhere(path, join(dir, name));
  const count = { left: mostEntries };
  const below = ["refs", "objects"].map((name) => join(dir, name));
  const top = await entriesOf(dir);
  // A work tree's own files are never read: only what git's own folder has.
  if (!top.some(({ name }) => name === "HEAD")) return;
  for (const entry of top) if (entry.isSymbolicLink()) throw leadsElsewhere(path, join(dir, entry.name));
  for (const folder of below) await walk(path, folder, count);
}

async function walk(path: string, folder: string, count: { left: number }): Promise<void> {
  for (const entry of await entriesOf(folder)) {
    count.left -= 1;
    if (count.left < 0)
      throw new CannotTake("failed", `${path} has too many files to look through`, "Run git gc there.");
    const here = join(folder, entry.name);
    if (entry.isSymbolicLink()) throw leadsElsewhere(path, here);
    if (entry.isDirectory()) await walk(path, here, count);
  }
}

function entriesOf(folder: string): Promise<Dirent[]> {
  return readdir(folder, { withFileTypes: true }).catch(() => []);
}

function leadsElsewhere(path: string, place: string): CannotTake {
  return new CannotTake(
    "failed",
    `the repository takes what is not in it from elsewhere, by ${relative(path, place) || "being a file"}`,
    "Ask for a repository that stands alone: git clone --no-local makes one.",
  );
}
