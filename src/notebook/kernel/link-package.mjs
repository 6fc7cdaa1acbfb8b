// Run after `npm ci`: lets this repository's own notebooks import edgelab. tslab resolves types the way
// Node 10 did, which knows packages in node_modules only, and none that names itself.
import { mkdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { join, relative, resolve } from "node:path";

const root = resolve(import.meta.dirname, "../../..");
const modules = join(root, "node_modules");

function link(target, path, type) {
  rmSync(path, { force: true });
  symlinkSync(target, path, type);
}

link("..", join(modules, "edgelab"), "junction");

// npx keeps a list of a folder's commands, and does not see one that is added later, unless it lies here.
const bin = join(modules, ".bin");
mkdirSync(bin, { recursive: true });
for (const [name, file] of Object.entries(JSON.parse(readFileSync(join(root, "package.json"), "utf8")).bin)) {
  link(relative(bin, join(root, file)), join(bin, name), "file");
}
