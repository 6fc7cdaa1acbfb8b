import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** Hashes of a lab's source: as it was exported, and as an import of that notebook wrote it. */
export interface ImportedMark {
  readonly exported: string;
  readonly written: string;
}

const fileOf = (dir: string): string => join(dir, "build", "imported.json");

/** Remembers what an import wrote, so that the same notebook can be edited further and imported again. */
export async function rememberImport(dir: string, mark: ImportedMark): Promise<void> {
  await mkdir(join(dir, "build"), { recursive: true });
  await writeFile(fileOf(dir), `${JSON.stringify(mark)}\n`);
}

export async function wasImported(dir: string, mark: ImportedMark): Promise<boolean> {
  const text = await readFile(fileOf(dir), "utf8").catch(() => "");
  return text === `${JSON.stringify(mark)}\n`;
}
