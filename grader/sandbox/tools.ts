import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/** Where root-only tools lie, which an ordinary user's PATH may leave out. */
const ALSO = ["/usr/local/bin", "/usr/bin", "/bin", "/usr/sbin", "/sbin"];

/** The absolute path of a program of the host, or null. */
export function findTool(name: string): string | null {
  for (const folder of [...(process.env.PATH ?? "").split(delimiter), ...ALSO]) {
    if (!folder.startsWith("/")) continue;
    const path = join(folder, name);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // Not here.
    }
  }
  return null;
}

/** As `findTool`, for a backend that has been probed and therefore has it. */
export function requireTool(name: string): string {
  const path = findTool(name);
  if (path === null) throw new Error(`${name} is not installed`);
  return path;
}

/** User and group "nobody" on every Linux; inside a jail always, outside when the grader is root. */
export const NOBODY = 65534;

export function runsAsRoot(): boolean {
  return process.getuid?.() === 0;
}

/**
 * What a command starts with so that its processes belong to nobody. Only root can and must: the kernel
 * applies RLIMIT_NPROC to every user but root, also inside a user namespace.
 */
export function dropFromRoot(): readonly string[] {
  if (!runsAsRoot()) return [];
  return [requireTool("setpriv"), `--reuid=${NOBODY}`, `--regid=${NOBODY}`, "--clear-groups", "--"];
}
