import { createHash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Lab } from "./load-lab.js";

const fileOf = (lab: Lab): string => join(lab.dir, "build", "verified.json");

/** Over what was verified: the notebook with its solutions, the tests, the mutants and the manifest. */
function fingerprintOf({ source, testsHash, manifest }: Lab): string {
  return createHash("sha256")
    .update(JSON.stringify([source, testsHash, manifest]))
    .digest("hex");
}

/** Remembers that this very lab, with these very tests, was verified in full. */
export async function markVerified(lab: Lab): Promise<void> {
  await mkdir(join(lab.dir, "build"), { recursive: true });
  await writeFile(fileOf(lab), `${JSON.stringify({ verified: fingerprintOf(lab) })}\n`);
}

/** Whether the lab was verified as it is now: an edit of the notebook, a test or a mutant undoes it. */
export async function isVerified(lab: Lab): Promise<boolean> {
  try {
    const { verified } = JSON.parse(await readFile(fileOf(lab), "utf8")) as { readonly verified?: string };
    return verified === fingerprintOf(lab);
  } catch {
    return false;
  }
}
