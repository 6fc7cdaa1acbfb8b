import {
  chmodSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LabError } from "../../src/core/errors.js";
import type { Mount } from "./jail.js";
import { packageRoot } from "./package-root.js";
import { packageMounts } from "./packages.js";

/** Where a jail's program finds what it may import. */
export const LAB_MODULES = "/lab/node_modules";

/** What the shipped part of edgelab imports when it is loaded; a test keeps the list complete. */
export const SHIPPED_DEPENDENCIES = ["@msgpack/msgpack", "chai"] as const;

/** The folders of dist/src that a notebook may reach. */
const SHIPPED = ["core", "lab", "testing", "notebook"] as const;

/** Of those, what is the grader's or Jupyter's: it would draw in packages that a notebook has no use for. */
const NOT_SHIPPED = ["notebook/kernel"] as const;

export interface ViewOptions {
  /** npm packages that a lab's cells may import. */
  readonly packages: readonly string[];
  /** Subpaths of edgelab that the lab withholds, such as "core/quantization". */
  readonly withheld: readonly string[];
}

export interface View {
  readonly mounts: readonly Mount[];
}

/**
 * All that a lab's cells can import: the packages that the lab names, and edgelab as students install it,
 * without what the lab withholds, without tests and without the grader. Compiler and executor both get it.
 */
export function sandboxView({ packages, withheld }: ViewOptions): View {
  const edgelab = { source: stagedEdgelab(withheld), target: `${LAB_MODULES}/edgelab` };
  const names = new Set([...SHIPPED_DEPENDENCIES, ...packages]);
  return { mounts: [edgelab, ...packageMounts([...names], LAB_MODULES)] };
}

const staged = new Map<string, string>();

/** A copy of edgelab in a temporary folder, one a process for each set of withheld modules. */
function stagedEdgelab(withheld: readonly string[]): string {
  const key = [...withheld].sort().join(" ");
  const folder = staged.get(key) ?? stage(withheld);
  staged.set(key, folder);
  return folder;
}

function stage(withheld: readonly string[]): string {
  const source = join(packageRoot(), "dist", "src");
  if (!existsSync(join(source, "core", "index.js"))) {
    throw new LabError("NOT_BUILT", `edgelab is not built: ${source} is missing`, "Run npm run build.");
  }
  const left = new Set([...NOT_SHIPPED, ...withheld].map((subpath) => join(source, subpath)));
  for (const subpath of withheld) checkWithheld(source, subpath);
  const folder = mkdtempSync(join(tmpdir(), "edgelab-view-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  for (const part of SHIPPED.filter((name) => existsSync(join(source, name)))) {
    const filter = (path: string) => !left.has(path) && isShipped(path);
    cpSync(join(source, part), join(folder, "dist", "src", part), { recursive: true, filter });
  }
  writeFileSync(join(folder, "package.json"), publicManifest());
  openToAll(folder);
  return folder;
}

/** A name that matches nothing would hand out the answer. */
function checkWithheld(source: string, subpath: string): void {
  const known = /^[a-z]+(\/[a-z0-9-]+)+$/.test(subpath) && existsSync(join(source, subpath));
  if (known) return;
  const nextStep = 'Name a folder below src, such as "core/quantization"; run npm run build if it is new.';
  throw new LabError("BAD_WITHHELD", `edgelab has no module "${subpath}" to withhold`, nextStep);
}

function isShipped(path: string): boolean {
  if (statSync(path).isDirectory()) return !path.endsWith("fixtures");
  return /\.(js|d\.ts|json)$/.test(path) && !/\.test\.(js|d\.ts)$/.test(path);
}

function publicManifest(): string {
  const { name, version, license, type, exports, typesVersions, dependencies } = JSON.parse(
    readFileSync(join(packageRoot(), "package.json"), "utf8"),
  );
  return JSON.stringify({ name, version, license, type, exports, typesVersions, dependencies }, null, 2);
}

/** mkdtemp and the umask may make files private to their owner, and a jail may belong to another user. */
function openToAll(path: string): void {
  const folder = statSync(path).isDirectory();
  chmodSync(path, folder ? 0o755 : 0o644);
  if (folder) for (const name of readdirSync(path)) openToAll(join(path, name));
}
