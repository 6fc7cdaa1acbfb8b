import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";

const everyMs = 100;

/** Looks again and again at how much lies in a folder, and calls `onOver` once when it is too much. */
export function watchFolder(dir: string, limitBytes: number, onOver: () => void): { stop: () => void } {
  let stopped = false;
  const look = async (): Promise<void> => {
    if (stopped) return;
    if ((await folderBytes(dir)) > limitBytes) {
      stopped = true;
      onOver();
      return;
    }
    timer = setTimeout(look, everyMs);
  };
  let timer = setTimeout(look, everyMs);
  return {
    stop: () => {
      stopped = true;
      clearTimeout(timer);
    },
  };
}

/** Bytes of the files that lie directly in a folder; one that vanishes meanwhile counts nothing. */
export async function folderBytes(dir: string): Promise<number> {
  const names = await readdir(dir).catch(() => []);
  const sizes = await Promise.all(
    names.map((name) =>
      stat(join(dir, name)).then(
        ({ size }) => size,
        () => 0,
      ),
    ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
