import { copyFile, mkdir, stat } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { replaceFile } from "./replace-file.js";

/** All pages of a folder share one copy of plotly, and need no network. */
export async function providePlotly(folder: string): Promise<void> {
  const path = join(folder, "assets", "plotly.js");
  const source = createRequire(import.meta.url).resolve("plotly.js-dist/plotly.js");
  const [wanted, there] = await Promise.all([stat(source), stat(path).catch(() => undefined)]);
  if (there?.size === wanted.size) return;
  await mkdir(dirname(path), { recursive: true });
  await replaceFile(path, (temporary) => copyFile(source, temporary));
}
