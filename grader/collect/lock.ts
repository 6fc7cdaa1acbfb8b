import { mkdir, open, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { LabError } from "../../src/core/errors.js";

/** Only one collect works in a folder at a time; one that was killed leaves a lock that the next takes over. */
export async function withLock<T>(dir: string, work: () => Promise<T>): Promise<T> {
  await mkdir(dir, { recursive: true });
  const file = join(dir, "lock");
  if (!(await take(file))) {
    const owner = Number(await readFile(file, "utf8").catch(() => ""));
    if (isAlive(owner))
      throw new LabError(
        "BUSY",
        `another collect is at work here (process ${owner}, by ${file})`,
        "Wait until it is done; if there is none, remove that file.",
      );
    await rm(file, { force: true });
    if (!(await take(file)))
      throw new LabError("BUSY", "another collect has just begun here", "Wait until it is done.");
  }
  try {
    return await work();
  } finally {
    await rm(file, { force: true });
  }
}

async function take(file: string): Promise<boolean> {
  try {
    const handle = await open(file, "wx");
    await handle.write(String(process.pid));
    await handle.close();
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  }
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid < 1) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
