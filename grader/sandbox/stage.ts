import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { isBuiltin } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { transformSync } from "esbuild";
import { LabError } from "../../src/core/errors.js";
import { isOffered, isWithin, offered } from "../../src/lab/offered.js";
import { packageRoot } from "../package-root.js";

export interface StagedEdgelab {
  readonly folder: string;
  /** The npm packages that its modules import when they are loaded. */
  readonly dependencies: readonly string[];
}

const staged = new Map<string, StagedEdgelab>();

/** A copy of edgelab in a temporary folder, one a process for each set of withheld modules. */
export function stagedEdgelab(withheld: readonly string[]): StagedEdgelab {
  const key = [...withheld].sort().join(" ");
  const known = staged.get(key) ?? stage(withheld);
  staged.set(key, known);
  return known;
}

function stage(withheld: readonly string[]): StagedEdgelab {
  const source = join(packageRoot(), "dist", "src");
  if (!existsSync(join(source, "core", "index.js"))) {
    throw new LabError("NOT_BUILT", `edgelab is not built: ${source} is missing`, "Run npm run build.");
  }
  for (const subpath of withheld) checkWithheld(source, subpath);
  const toImport = offeredFiles(source, withheld);
  // What these import in turn comes with them.
  const { files, packages } = reach(source, toImport.filter(isEntry), withheld);
  const folder = mkdtempSync(join(tmpdir(), "edgelab-view-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  for (const file of new Set([...files, ...toImport]))
    copy(join(source, file), join(folder, "dist", "src", file));
  writeFileSync(join(folder, "package.json"), publicManifest());
  openToAll(folder);
  return { folder, dependencies: [...packages].sort() };
}

/** A name that matches nothing would hand out the answer. */
function checkWithheld(source: string, subpath: string): void {
  const known = /^[a-z]+(\/[a-z0-9-]+)+$/.test(subpath) && existsSync(join(source, subpath));
  if (known) return;
  const nextStep = 'Name a folder below src, such as "core/quantization"; run npm run build if it is new.';
  throw new LabError("BAD_WITHHELD", `edgelab has no module "${subpath}" to withhold`, nextStep);
}

function offeredFiles(source: string, withheld: readonly string[]): readonly string[] {
  const files = offered
    .filter((name) => existsSync(join(source, name)))
    .flatMap((name) =>
      readdirSync(join(source, name), { recursive: true, encoding: "utf8" }).map((path) => `${name}/${path}`),
    );
  return files.filter((path) => /\.(js|d\.ts|json)$/.test(path) && isOffered(path, withheld));
}

/** What a notebook names in an import. The other files of edgelab/notebook are loaded by it when it needs them. */
function isEntry(file: string): boolean {
  return file.startsWith("core/") || file.startsWith("notebook/index.");
}

/** These files with all that they import from the rest of dist/src, and the packages that loading them needs. */
function reach(source: string, entries: readonly string[], withheld: readonly string[]) {
  const files = new Set(entries);
  const packages = new Set<string>();
  for (const file of files) {
    for (const name of importsOf(readFileSync(join(source, file), "utf8"), file)) {
      const path = join(dirname(file), name).replace(/\.js$/, file.endsWith(".d.ts") ? ".d.ts" : ".js");
      if (!name.startsWith(".")) {
        if (!file.endsWith(".d.ts") && !isBuiltin(name)) packages.add(packageName(name));
      } else if (!isWithin(path, withheld) && existsSync(join(source, path))) {
        files.add(path);
        const types = path.replace(/\.js$/, ".d.ts");
        if (existsSync(join(source, types))) files.add(types);
      }
    }
  }
  return { files, packages };
}

/** Imports at load, as the TypeScript compiler writes them; in types also `import("…")`. */
function importsOf(text: string, file: string): readonly string[] {
  const statements = text.matchAll(/^(?:import|export)\s(?:[^"';]*\sfrom\s)?["']([^"']+)["'];?$/gm);
  const inTypes = file.endsWith(".d.ts") ? text.matchAll(/\bimport\("([^"]+)"\)/g) : [];
  return [...statements, ...inTypes].map(([, name = ""]) => name);
}

function packageName(name: string): string {
  return name
    .split("/")
    .slice(0, name.startsWith("@") ? 2 : 1)
    .join("/");
}

/** Modules as CommonJS, which is what tslab compiles an import to: loading Node's ESM loader takes longer than they do. */
function copy(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true });
  if (!from.endsWith(".js")) copyFileSync(from, to);
  else writeFileSync(to, transformSync(readFileSync(from, "utf8"), commonJs).code);
}

const commonJs = {
  format: "cjs",
  platform: "node",
  target: "node20",
  define: { "import.meta.url": "moduleUrl" },
  banner: 'const moduleUrl = require("node:url").pathToFileURL(__filename).href;',
} as const;

function publicManifest(): string {
  const { name, version, license, exports, typesVersions, dependencies } = JSON.parse(
    readFileSync(join(packageRoot(), "package.json"), "utf8"),
  );
  const manifest = { name, version, license, type: "commonjs", exports, typesVersions, dependencies };
  return JSON.stringify(manifest, null, 2);
}

/** mkdtemp and the umask may make files private to their owner, and a jail may belong to another user. */
function openToAll(path: string): void {
  const folder = statSync(path).isDirectory();
  chmodSync(path, folder ? 0o755 : 0o644);
  if (folder) for (const name of readdirSync(path)) openToAll(join(path, name));
}
