import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { broken, type Check, type Finding, fine } from "./finding.js";

const require = createRequire(import.meta.url);
const again = "Run npm install again in the course's folder; where that fails, delete node_modules first.";

export const installed: Check = {
  what: "installation",
  run: async () => {
    const problems = [...missing(), ...wrongTslab(), ...(await unloadable())];
    return problems.length === 0 ? [fine(`edgelab ${ownManifest().version}, complete`)] : problems;
  },
};

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly dependencies: Readonly<Record<string, string>>;
}

function ownManifest(): Manifest {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    const file = join(folder, "package.json");
    if (existsSync(file)) return JSON.parse(readFileSync(file, "utf8"));
  }
}

/** By the folders, since not every package says where its package.json is. */
function folderOf(name: string): string | undefined {
  const places = require.resolve.paths(name) ?? [];
  return places.map((place) => join(place, name)).find((folder) => existsSync(join(folder, "package.json")));
}

function missing(): Omit<Finding, "what">[] {
  const names = Object.keys(ownManifest().dependencies).filter((name) => folderOf(name) === undefined);
  return names.length === 0 ? [] : [broken(`not installed: ${names.join(", ")}`, again)];
}

function wrongTslab(): Omit<Finding, "what">[] {
  const folder = folderOf("tslab");
  if (folder === undefined) return [];
  const { version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const wanted = ownManifest().dependencies.tslab;
  return version === wanted ? [] : [broken(`tslab is ${version}, and has to be ${wanted}`, again)];
}

async function unloadable(): Promise<Omit<Finding, "what">[]> {
  const problems: Omit<Finding, "what">[] = [];
  for (const [name, use] of [
    ["zeromq", "the kernel talks to Jupyter with it"],
    ["@tensorflow/tfjs-backend-wasm", "training runs on it"],
  ] as const) {
    try {
      await import(name);
    } catch (error) {
      const [reason = ""] = String(error instanceof Error ? error.message : error).split("\n");
      problems.push(broken(`${name} does not load (${use}): ${reason}`, again));
    }
  }
  return problems;
}

/** Jupyter starts our launcher, which runs our own tslab; a stock tslab would run what lies beside a notebook. */
export const plantedTslab: Check = {
  what: "tslab's copies",
  run: async ({ course }) => {
    const own = folderOf("tslab");
    const folders = ["labs", ...course.labs.map((lab) => join("labs", lab))];
    const planted = folders
      .map((folder) => join(course.root, folder, "node_modules"))
      .filter((folder) => existsSync(folder));
    return planted.length === 0
      ? [fine(own?.split(sep).includes("node_modules") ? "one, edgelab's own" : "edgelab's own")]
      : planted.map((folder) =>
          broken(
            `there is a second folder of packages, ${folder}: notebooks load from it first`,
            "Delete it, unless you know why it is there, and run npm install in the course's folder only.",
          ),
        );
  },
};
