import { spawnSync } from "node:child_process";
import { existsSync, realpathSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join, normalize } from "node:path";
import { packageRoot } from "../package-root.js";
import type { Mount } from "./jail.js";
import { requireTool } from "./tools.js";

export const NODE = "/opt/node/bin/node";
export const PRLIMIT = "/opt/node/bin/prlimit";

/** The devices that a jail has; no terminal. */
export const DEVICES = ["/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom"] as const;

/** Node and the shared libraries that it and onnxruntime-node load: all of the host's system that a jail sees. */
export function runtimeMounts(): readonly Mount[] {
  cached ??= findRuntime();
  return cached;
}

let cached: readonly Mount[] | undefined;

function findRuntime(): readonly Mount[] {
  const node = realpathSync(process.execPath);
  const prlimit = requireTool("prlimit");
  const libraries = sharedLibraries([node, prlimit, ...onnxRuntime()]);
  return [
    { source: node, target: NODE },
    { source: realpathSync(prlimit), target: PRLIMIT },
    ...libraries.flatMap(libraryMounts),
  ];
}

/** The libraries that files are linked with, by the paths where the loader will look, its own among them. */
export function sharedLibraries(files: readonly string[]): readonly string[] {
  // A statically linked file makes ldd fail for that file, and needs nothing.
  const { stdout } = spawnSync(requireTool("ldd"), files, { encoding: "utf8", env: { LC_ALL: "C" } });
  const paths = new Set<string>();
  for (const line of stdout.split("\n")) {
    const path = /(?:=>\s+|^\s+)(\/\S+) \(0x/.exec(line)?.[1];
    if (path !== undefined && !files.includes(path)) paths.add(path);
  }
  return [...paths];
}

const SYSTEM_FOLDERS = /^(\/usr)?\/lib(32|64|x32)?\//;

function libraryMounts(path: string): readonly Mount[] {
  const source = realpathSync(path);
  const mount = { source, target: normalize(path) };
  // Found relative to Node's own folder ($ORIGIN/../lib), which is another one in the jail.
  if (!SYSTEM_FOLDERS.test(path)) return [mount, { source, target: `/opt/node/lib/${basename(path)}` }];
  return [mount];
}

function onnxRuntime(): readonly string[] {
  try {
    const require = createRequire(join(packageRoot(), "package.json"));
    const folder = dirname(require.resolve("onnxruntime-node/package.json"));
    const library = join(folder, "bin", "napi-v6", "linux", process.arch, "libonnxruntime.so.1");
    return existsSync(library) ? [library] : [];
  } catch {
    return [];
  }
}
