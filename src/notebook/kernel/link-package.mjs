// Run after `npm ci`: lets this repository's own notebooks import edgelab. tslab resolves types the way
// Node 10 did, which knows packages in node_modules only, and none that names itself.
import { rmSync, symlinkSync } from "node:fs";
import { join, resolve } from "node:path";

const root = resolve(import.meta.dirname, "../../..");
const link = join(root, "node_modules", "edgelab");
rmSync(link, { force: true });
symlinkSync("..", link, "junction");
