import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import { LabError } from "../../../src/core/errors.js";

const schema = z.object({
  version: z.string(),
  dependencies: z.record(z.string(), z.string()).default({}),
});

export interface PackageInfo {
  readonly version: string;
  readonly dependencies: Readonly<Record<string, string>>;
}

export function packageInfo(folder: string): PackageInfo {
  return schema.parse(JSON.parse(readFileSync(path.join(folder, "package.json"), "utf8")));
}

/**
 * The packages that a lab's cells import and that don't come with edgelab, with the versions that the lab was
 * written with: students install the same ones.
 */
export function extraPackages(names: readonly string[], edgelabFolder: string): Record<string, string> {
  const { dependencies } = packageInfo(edgelabFolder);
  const extra = names.filter((name) => !(name in dependencies)).sort();
  return Object.fromEntries(extra.map((name) => [name, installedVersion(name, edgelabFolder)]));
}

/** Node's own search: node_modules in the folder and in each one above it. */
function installedVersion(name: string, from: string): string {
  const folder = path.join(from, "node_modules", name);
  if (existsSync(path.join(folder, "package.json"))) return packageInfo(folder).version;
  const parent = path.dirname(from);
  if (parent !== from) return installedVersion(name, parent);
  throw new LabError("PACKAGE_MISSING", `the npm package ${name} is not installed`, "Run npm install.");
}
