import path from "node:path";
import { LabError } from "../../src/core/errors.js";
import { importedModules } from "../../src/lab/imports.js";
import { type Lab, loadLab } from "../authoring/load-lab.js";
import { isVerified } from "../authoring/verified.js";
import { build } from "../commands/build.js";
import { type LabContent, readLabContent } from "./content/lab-content.js";
import { extraPackages } from "./content/versions.js";
import type { PackedEdgelab } from "./edgelab/pack.js";
import { findLeaksInPackage, type Leak, privateFiles } from "./secrets/scan.js";
import { type Secret, secretsOf } from "./secrets/secrets.js";

/** All of the instructor's side of a publication, before anything is known of the remote. */
export interface Prepared {
  readonly lab: Lab;
  readonly content: LabContent;
  readonly packages: Readonly<Record<string, string>>;
  readonly edgelab: PackedEdgelab;
  readonly secrets: readonly Secret[];
  readonly privates: ReadonlyMap<string, string>;
}

/**
 * Reads a lab for publishing.
 *
 * @throws LabError NOT_VERIFIED, STALE_NOTEBOOK, PRIVATE_IMPORT, LEAK where it is not fit for students.
 */
export async function prepare(labDir: string, pack: () => Promise<PackedEdgelab>): Promise<Prepared> {
  const lab = await loadLab(labDir);
  const { id, packages } = lab.manifest;
  if (!/^\w[\w.-]*$/.test(id) || id.includes("..") || /\.(lock)?$/.test(id))
    throw new LabError(
      "BAD_LAB_NAME",
      `a lab named ${JSON.stringify(id)} gives no tag`,
      "Use letters, digits and -.",
    );
  if (!(await isVerified(lab)))
    throw new LabError(
      "NOT_VERIFIED",
      `${id} was not verified as it is now`,
      `Run npx --no-install grader verify ${id} without --sample, and publish when it passes.`,
    );
  await build(labDir, { check: true });
  const content = await readLabContent(lab);
  refusePrivateImports(content, id);
  const edgelab = await pack();
  const secrets = await secretsOf(lab);
  refuseLeaks(findLeaksInPackage(edgelab.files, secrets), "edgelab's package");
  const privates = await privateFiles(lab);
  return { lab, content, packages: extraPackages(packages, edgelab.folder), edgelab, secrets, privates };
}

/** Public tests run at the students', where nothing but the public tests is. */
function refusePrivateImports({ files }: LabContent, lab: string): void {
  for (const [file, content] of files) {
    if (!file.endsWith(".ts")) continue;
    const code = Buffer.from(content).toString("utf8");
    for (const specifier of importedModules(code).filter((name) => name.startsWith("."))) {
      const target = path.posix.join(path.posix.dirname(file), specifier).replace(/\.js$/, ".ts");
      if (!files.has(target))
        throw new LabError(
          "PRIVATE_IMPORT",
          `${lab}/${file} imports ${JSON.stringify(specifier)}, which students don't get`,
          "Write what it needs into the public test itself, or import it from edgelab.",
        );
    }
  }
}

const shownLeaks = 6;

/** @throws LabError LEAK with each place. */
export function refuseLeaks(leaks: readonly Leak[], what: string): void {
  if (leaks.length === 0) return;
  const lines = leaks.slice(0, shownLeaks).map(({ file, place, what }) => `  ${file}, ${place}: ${what}`);
  if (leaks.length > shownLeaks) lines.push(`  and ${leaks.length - shownLeaks} more`);
  throw new LabError(
    "LEAK",
    `${what} would tell students what only the grader's side knows:\n${lines.join("\n")}\nNothing was published`,
    "Take it out. Where students may know it, end its line in the hidden test or in the solution with // public.",
  );
}
