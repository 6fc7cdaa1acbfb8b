/*
 * Asks the real kernel, through Jupyter, what it answers to the conformance cells. As a program it writes
 * the answers to recorded.json, for machines without Jupyter:
 *
 *   npx tsx grader/engine/conformance/record.ts
 */
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { findJupyter, type Jupyter, kernelName } from "../../peers/jupyter.js";
import { type ConformanceNotebook, notebooks } from "./cells.js";
import { type Answer, normalise } from "./normalise.js";

export interface Recording {
  /** What the answers come from, by name. */
  readonly versions: Readonly<Record<string, string>>;
  readonly notebooks: readonly RecordedNotebook[];
}

export interface RecordedNotebook {
  readonly name: string;
  readonly cells: readonly (Answer & { readonly name: string; readonly source: string })[];
}

export const recordedFile = fileURLToPath(new URL("recorded.json", import.meta.url));

/** What the cells import beside Node's own modules. */
export const importedPackages = ["chai", "@msgpack/msgpack", "onnxruntime-node", "@tensorflow/tfjs"] as const;
const linkedPackages = [...importedPackages, "@types/chai"];

const nodeModules = resolve(import.meta.dirname, "../../../node_modules");

/** Runs all notebooks, each in a kernel of its own, in a folder that holds nothing but the packages. */
export async function record(
  jupyter: Jupyter,
  which: readonly ConformanceNotebook[] = notebooks,
): Promise<Recording> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), "edgelab-conformance-")));
  try {
    for (const name of linkedPackages) {
      const link = join(folder, "node_modules", name);
      await mkdir(dirname(link), { recursive: true });
      await symlink(join(nodeModules, name), link);
    }
    const recording = await runInKernel(jupyter, folder, which);
    const notebooks = recording.notebooks.map(({ name, cells }) => ({
      name,
      cells: cells.map((cell) => ({ ...cell, ...normalise(cell, folder) })),
    }));
    return { ...recording, notebooks };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function runInKernel(
  { python, env }: Jupyter,
  cwd: string,
  which: readonly ConformanceNotebook[],
): Promise<Recording> {
  const script = fileURLToPath(new URL("record.py", import.meta.url));
  const options = { cwd, env, maxBuffer: 256 * 1024 * 1024 };
  const running = promisify(execFile)(python, [script], options);
  running.child.stdin?.end(JSON.stringify({ kernel: kernelName, notebooks: which }));
  const { stdout } = await running;
  const recording = JSON.parse(stdout) as Recording;
  return { ...recording, versions: { ...(await versions()), ...recording.versions } };
}

async function versions(): Promise<Record<string, string>> {
  const found: Record<string, string> = { node: process.versions.node };
  const tslab = createRequire(join(nodeModules, "tslab/package.json"));
  const packages = ["tslab", "zeromq", ...importedPackages].map((name) =>
    join(nodeModules, name, "package.json"),
  );
  for (const file of [...packages, tslab.resolve("@tslab/typescript-for-tslab/package.json")]) {
    const { name, version } = JSON.parse(await readFile(file, "utf8")) as { name: string; version: string };
    found[name] = version;
  }
  return found;
}

if (process.argv[1] === import.meta.filename) {
  const jupyter = findJupyter();
  if ("missing" in jupyter) throw new Error(`no Jupyter: ${jupyter.missing}`);
  await writeFile(recordedFile, `${JSON.stringify(await record(jupyter), null, 1)}\n`);
}
