import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, sep } from "node:path";

/**
 * What can be imported from the package in this folder, as `exports` says: "edgelab/core",
 * "edgelab/core/quantization/models". A pattern stands for every folder that it matches.
 */
export function importable(packageDir: string): readonly string[] {
  const manifest = JSON.parse(readFileSync(join(packageDir, "package.json"), "utf8")) as {
    readonly name: string;
    readonly exports: Readonly<Record<string, { readonly default: string }>>;
  };
  return Object.entries(manifest.exports)
    .flatMap(([subpath, { default: file }]) =>
      matches(packageDir, file).map((star) => subpath.replace("*", star).replace(/^\./, manifest.name)),
    )
    .sort();
}

/** What the pattern's star may stand for: `[""]` where there is no star and the file is there. */
function matches(packageDir: string, file: string): readonly string[] {
  const [start = "", end] = file.split("*");
  if (end === undefined) return existsSync(join(packageDir, file)) ? [""] : [];
  const folder = join(packageDir, dirname(`${start}x`));
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => `/${name.replaceAll(sep, "/")}`)
    .filter((name) => name.endsWith(end) && name.length > end.length)
    .map((name) => name.slice(1, -end.length));
}
