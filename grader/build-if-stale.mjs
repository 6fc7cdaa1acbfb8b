// Run by npm as `prepare`: after `npm ci`, and again when npx first runs a command of this folder. The second
// time everything is built, and a build would empty `dist` under whoever uses it.
import { spawnSync } from "node:child_process";
import { readdirSync, statSync } from "node:fs";
import { join, resolve } from "node:path";

const root = resolve(import.meta.dirname, "..");
/** What a build writes last. */
const last = join(root, "dist/jail/evaluator-main.cjs");

const sources = ["src", "grader"].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true })
    // Not what a running test puts there for a moment.
    .filter((path) => /(^|\/)[^./][^/]*\.(ts|mjs|json)$/.test(path))
    .map((path) => join(folder, path)),
);
const inputs = [...sources, "package.json", "tsconfig.json", "tsconfig.build.json"];
const changedMs = Math.max(...inputs.map((path) => statSync(join(root, path)).mtimeMs));
const builtMs = statSync(last, { throwIfNoEntry: false })?.mtimeMs ?? 0;

if (changedMs > builtMs) {
  const { status } = spawnSync("npm", ["run", "build"], { cwd: root, stdio: "inherit" });
  process.exitCode = status ?? 1;
}
