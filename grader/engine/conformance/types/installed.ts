import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { packageRoot } from "../../../package-root.js";

/** A folder of a lab, and the edgelab that is imported there. */
export interface Place {
  readonly labDir: string;
  readonly packageDir: string;
}

/** A course's folder in `tmpdir()`, with a lab's folder, as `npm install` leaves it. */
export function installPacked(): Place & { readonly folder: string } {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "edgelab-installed-")));
  const args = ["pack", "--json", "--ignore-scripts", "--pack-destination", folder];
  const [packed] = JSON.parse(run("npm", args, packageRoot())) as { readonly filename: string }[];
  const packageDir = unpackEdgelab(folder, join(folder, packed?.filename ?? ""));
  const labDir = join(folder, "labs/01-quantization");
  mkdirSync(labDir, { recursive: true });
  return { folder, packageDir, labDir };
}

/**
 * What `npm install` makes of a course, without the registry: edgelab unpacked from its tarball, and beside it
 * what it depends on, and nothing else (links to the packages here; a developer's packages are left out).
 */
export function unpackEdgelab(folder: string, tarball: string): string {
  const root = packageRoot();
  const packageDir = join(folder, "node_modules/edgelab");
  mkdirSync(packageDir, { recursive: true });
  run("tar", ["-xzf", tarball, "--strip-components=1"], packageDir);
  for (const name of productionPackages(root)) {
    const link = join(folder, name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(root, name), link);
  }
  return packageDir;
}

function run(command: string, args: readonly string[], cwd: string): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, encoding: "utf8" });
  if (status !== 0) throw new Error(`${command} ${args[0]}: ${error?.message ?? stderr}`);
  return stdout;
}

const atTop = /^node_modules\/(@[^/]+\/)?[^/]+$/;

/** "node_modules/chai": those that lie at the top, are installed, and are not there for developers only. */
function productionPackages(root: string): readonly string[] {
  const lock = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")) as {
    readonly packages: Readonly<Record<string, { readonly dev?: boolean; readonly devOptional?: boolean }>>;
  };
  return Object.entries(lock.packages)
    .filter(([name, { dev, devOptional }]) => !dev && !devOptional && atTop.test(name))
    .map(([name]) => name)
    .filter((name) => existsSync(join(root, name)));
}
