import { constants } from "node:fs";
import { lstat, open } from "node:fs/promises";
import { join } from "node:path";

/** A push, as the server wrote it down. */
export interface Push {
  readonly tip: string;
  readonly at: Date;
}

const maxBytes = 2 ** 20;
/** The group and everybody. */
const othersWrite = 0o022;

/**
 * The pushes to a branch, where the remote is a bare repository on this machine that keeps a reflog
 * (`core.logAllRefUpdates`). A repository with a work tree is the student's own, and its reflog no server's word;
 * no more is one in a file that anybody else than us and root can write.
 */
export async function readReflog(repository: string, branch: string): Promise<Push[]> {
  try {
    const parts = ["logs", "refs", "heads", ...branch.split("/")];
    const paths = parts.map((_, index) => join(repository, ...parts.slice(0, index + 1)));
    if (!(await allOurs([repository, ...paths])) || !(await isBare(repository))) return [];
    return parseReflog(await readTail(join(repository, ...parts)));
  } catch {
    // No such file, or one that nobody may read: then there is no such evidence.
    return [];
  }
}

/** `old new Name <mail> seconds zone<TAB>message`, the oldest first. */
export function parseReflog(text: string): Push[] {
  return text.split("\n").flatMap((line) => {
    const [, tip, seconds] =
      /^[0-9a-f]{40,64} ([0-9a-f]{40,64}) [^\t]*> (\d{1,12}) [+-]\d{4}(?:\t|$)/.exec(line) ?? [];
    return tip === undefined || /^0+$/.test(tip) ? [] : [{ tip, at: new Date(Number(seconds) * 1000) }];
  });
}

async function allOurs(paths: readonly string[]): Promise<boolean> {
  const stats = await Promise.all(paths.map((path) => lstat(path)));
  return stats.every(
    ({ uid, mode }) => (uid === 0 || uid === process.getuid?.()) && (mode & othersWrite) === 0,
  );
}

async function isBare(repository: string): Promise<boolean> {
  const config = await readTail(join(repository, "config"));
  return /^\s*bare\s*=\s*true\s*$/im.test(config);
}

async function readTail(path: string): Promise<string> {
  // The student may be able to write in this folder: no link is followed, no pipe waited for.
  if (!(await lstat(path)).isFile()) return "";
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const { size } = await file.stat();
    const start = Math.max(0, size - maxBytes);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(size - start), 0, size - start, start);
    return buffer.toString("utf8", 0, bytesRead);
  } finally {
    await file.close();
  }
}
