import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder of edgelab's package.json, whether this runs from source or from dist. */
export function packageRoot(): string {
  root ??= findRoot(dirname(fileURLToPath(import.meta.url)));
  return root;
}

let root: string | undefined;

function findRoot(folder: string): string {
  const manifest = join(folder, "package.json");
  if (existsSync(manifest) && JSON.parse(readFileSync(manifest, "utf8")).name === "edgelab") return folder;
  const parent = dirname(folder);
  if (parent === folder) throw new Error("edgelab's own package.json is not above its files");
  return findRoot(parent);
}
