import { createRequire } from "node:module";
import path from "node:path";
import { packageRoot } from "../package-root.js";
import type { JailLimits, JailSpec, Mount } from "../sandbox/jail.js";

/** Where the engine's own programs lie inside a jail. Cells live at `/lab`, and import from its node_modules. */
const toolFolder = "/opt/edgelab";
const labFolder = "/lab";

const require = createRequire(import.meta.url);

export type Program = "compiler" | "executor" | "evaluator";

/** Checking a cell makes 50 MB of garbage: with room for it, collecting costs a third less processor time. */
const tuning: Record<Program, readonly string[]> = {
  compiler: ["--max-semi-space-size=64"],
  executor: [],
  evaluator: [],
};

/** A jail that runs one of the engine's programs over what a lab's cells may import. */
export function programSpec(
  program: Program,
  view: readonly Mount[],
  limits: JailLimits,
  heapMb: number,
): JailSpec {
  const file = `${toolFolder}/${program}.cjs`;
  return {
    mounts: [...view, ...tslabMounts(program), { source: bundle(program), target: file }],
    cwd: labFolder,
    nodeArgs: [`--max-old-space-size=${heapMb}`, ...tuning[program], file],
    env: {
      EDGELAB_TSLAB: `${toolFolder}/node_modules/tslab`,
      HOME: "/tmp",
      TMPDIR: "/tmp",
      ORT_DISABLE_TELEMETRY: "1",
    },
    limits,
  };
}

/** The executor needs tslab's executor only; the converter also its TypeScript, and Node's types. */
function tslabMounts(program: Program): readonly Mount[] {
  if (program === "evaluator") return [];
  const tslab = path.dirname(require.resolve("tslab/package.json"));
  const mounts: Mount[] = [{ source: tslab, target: `${toolFolder}/node_modules/tslab` }];
  if (program === "executor") return mounts;
  const fromTslab = createRequire(path.join(tslab, "package.json"));
  for (const name of ["@tslab/typescript-for-tslab", "semver", "@types/node", "undici-types"]) {
    const source = path.dirname(fromTslab.resolve(`${name}/package.json`));
    if (source.startsWith(`${tslab}${path.sep}`)) continue;
    // Types are looked for from the cell's folder; the converter's own modules from tslab's.
    const isTypes = name === "@types/node" || name === "undici-types";
    mounts.push({ source, target: `${isTypes ? labFolder : toolFolder}/node_modules/${name}` });
  }
  return mounts;
}

function bundle(program: Program): string {
  return path.join(packageRoot(), "dist", "jail", `${program}-main.cjs`);
}
