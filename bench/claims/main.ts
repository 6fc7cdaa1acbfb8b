/*
 * Sets each claim of the lecture beside what was measured, recorded, computed or published:
 *
 *   npm run claims
 *
 * Writes docs/claims.md, in about two minutes; the page is replaced only when all of it is done.
 */
import { renameSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { chooseBackend } from "../../src/core/training/index.js";
import { architectures } from "./architectures.js";
import type { Claim } from "./claim.js";
import { claimsPage } from "./page.js";
import { pruning } from "./pruning.js";
import { quantization } from "./quantization.js";
import { recorded } from "./recorded.js";
import { tables } from "./tables.js";

const start = performance.now();
const say = (text: string): void => {
  process.stderr.write(`${((performance.now() - start) / 1000).toFixed(0).padStart(5)} s  ${text}\n`);
};

await chooseBackend({ backend: "wasm" });
const claims: readonly Claim[] = [
  ...(await quantization(say)),
  ...(await pruning(say)),
  ...recorded(),
  ...architectures(),
  ...tables(),
];
const page = join(import.meta.dirname, "..", "..", "docs", "claims.md");
const machine = `${cpus().length} × ${cpus()[0]?.model.trim()}, Node ${process.versions.node}`;
writeFileSync(`${page}.new`, claimsPage(claims, machine));
renameSync(`${page}.new`, page);
say(`wrote docs/claims.md: ${claims.length} claims`);
