import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { LabError } from "../../../src/core/errors.js";
import { packageInfo } from "../content/versions.js";
import { strangersIn } from "./contents.js";
import { readTarball, replaceFile } from "./tar.js";

export interface PackedEdgelab {
  /** What was packed. */
  readonly folder: string;
  readonly version: string;
  readonly tarball: Uint8Array;
  /** What is in it, by name. */
  readonly files: ReadonlyMap<string, Uint8Array>;
}

/**
 * Packs the edgelab that runs here, as `npm pack` does: the same files give the same bytes.
 *
 * @throws LabError NOT_BUILT, STRANGE_PACKAGE where the package is not what students are to install.
 */
export async function packEdgelab(packageFolder: string): Promise<PackedEdgelab> {
  if (!existsSync(path.join(packageFolder, "dist", "src", "notebook", "index.js")))
    throw new LabError("NOT_BUILT", `${packageFolder} has no dist folder`, "Run npm run build.");
  const tarball = withoutScripts(await npmPack(packageFolder));
  const files = readTarball(tarball);
  const strangers = strangersIn([...files.keys()]);
  if (strangers.length > 0)
    throw new LabError(
      "STRANGE_PACKAGE",
      `the package would hold what students must not get: ${strangers.slice(0, 5).join(", ")}`,
      'Look at "files" in package.json, and at what lies in dist.',
    );
  return { folder: packageFolder, version: packageInfo(packageFolder).version, tarball, files };
}

/**
 * Without what package.json says to whoever develops edgelab: npm would warn students of a script that is not run
 * at theirs.
 */
function withoutScripts(tarball: Uint8Array): Buffer {
  const name = "package.json";
  const { scripts: _, devDependencies: __, ...rest } = JSON.parse(String(readTarball(tarball).get(name)));
  return replaceFile(tarball, name, Buffer.from(`${JSON.stringify(rest, null, 2)}\n`));
}

const run = promisify(execFile);
const timeoutMs = 120_000;

async function npmPack(packageFolder: string): Promise<Uint8Array> {
  const into = await mkdtemp(path.join(tmpdir(), "edgelab-pack-"));
  const args = ["pack", packageFolder, "--ignore-scripts", "--offline", "--loglevel=error"];
  try {
    await run("npm", [...args, `--pack-destination=${into}`], { cwd: into, timeout: timeoutMs });
    const [name = ""] = await readdir(into);
    return await readFile(path.join(into, name));
  } catch (cause) {
    const reason =
      cause instanceof Error ? (cause.message.split("\n").at(1) ?? cause.message) : String(cause);
    throw new LabError("NO_TARBALL", `npm pack failed: ${reason}`, "Try npm pack by hand.", { cause });
  } finally {
    await rm(into, { recursive: true, force: true });
  }
}
