import { existsSync, readFileSync, realpathSync } from "node:fs";
import { dirname, join, sep } from "node:path";
import { LabError } from "../../src/core/errors.js";
import { packageRoot } from "../package-root.js";
import type { Mount } from "./jail.js";

interface Installed {
  readonly name: string;
  /** The folder without symbolic links. */
  readonly folder: string;
}

/**
 * The named npm packages with all that they depend on, as folders of one flat node_modules at `target`. They
 * are found as Node finds them `from` edgelab's own folder, so also where edgelab is a dependency itself.
 *
 * @throws LabError PACKAGE_MISSING for a name that is not installed, PACKAGE_CONFLICT where two versions of
 * one package would have to lie in one place.
 */
export function packageMounts(
  names: readonly string[],
  target: string,
  from: string = packageRoot(),
): readonly Mount[] {
  const closure = new Map<string, Installed>();
  for (const name of names) {
    const found = install(name, from) ?? missing(name);
    add(found, closure);
    const types = install(typesOf(name), from);
    if (types) add(types, closure);
  }
  return [...closure.values()].map(({ name, folder }) => ({ source: folder, target: `${target}/${name}` }));
}

function add(found: Installed, closure: Map<string, Installed>): void {
  const known = closure.get(found.name);
  if (known?.folder === found.folder) return;
  if (known) throw conflict(known, found);
  closure.set(found.name, found);
  for (const dependency of dependenciesOf(found)) {
    // What lies inside of the package's folder comes along with it, but what that needs may lie outside.
    if (dependency.folder.startsWith(found.folder + sep)) addNeedsOf(dependency, found, closure);
    else add(dependency, closure);
  }
}

function addNeedsOf(nested: Installed, owner: Installed, closure: Map<string, Installed>): void {
  for (const dependency of dependenciesOf(nested)) {
    if (dependency.folder.startsWith(nested.folder + sep)) addNeedsOf(dependency, owner, closure);
    else if (!dependency.folder.startsWith(owner.folder + sep)) add(dependency, closure);
  }
}

/** Optional and peer dependencies count where they are installed. */
function dependenciesOf({ name, folder }: Installed): readonly Installed[] {
  const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const required = Object.keys(manifest.dependencies ?? {});
  const optional = Object.keys({ ...manifest.optionalDependencies, ...manifest.peerDependencies });
  const found: Installed[] = [];
  for (const dependency of new Set([...required, ...optional])) {
    const where = install(dependency, folder);
    if (where) found.push(where);
    else if (!optional.includes(dependency)) missing(`${dependency} (needed by ${name})`);
  }
  return found;
}

/** Node's own search: node_modules in the folder and in each one above it. */
function install(name: string, from: string): Installed | null {
  const folder = join(from, "node_modules", name);
  if (existsSync(join(folder, "package.json"))) return { name, folder: realpathSync(folder) };
  const parent = dirname(from);
  return parent === from ? null : install(name, parent);
}

/** "@types/mapbox__vector-tile" holds the types of "@mapbox/vector-tile". */
function typesOf(name: string): string {
  return `@types/${name.replace(/^@/, "").replace("/", "__")}`;
}

function missing(what: string): never {
  throw new LabError("PACKAGE_MISSING", `the npm package ${what} is not installed`, "Run npm install.");
}

function conflict(one: Installed, other: Installed): LabError {
  const problem = `two versions of ${one.name} are installed, ${one.folder} and ${other.folder}`;
  return new LabError("PACKAGE_CONFLICT", problem, "Run npm dedupe.");
}
