// Bundles the programs that run inside jails into one file each: a jail then mounts a single file,
// and Node starts it without looking for modules. Run by `npm run build`, after tsc.
import { chmodSync } from "node:fs";
import { build } from "esbuild";

await build({
  entryPoints: ["executor", "compiler", "evaluator"].map((name) => `dist/grader/engine/${name}-main.js`),
  bundle: true,
  platform: "node",
  target: "node20",
  format: "cjs",
  // The module form of a package, where it has one: what is not used stays out.
  mainFields: ["module", "main"],
  outdir: "dist/jail",
  outExtension: { ".js": ".cjs" },
  logLevel: "warning",
});

// npm makes commands executable when it installs, but not when they are built again.
chmodSync("dist/grader/cli.js", 0o755);
chmodSync("dist/src/notebook/cli.js", 0o755);
