import { courseFiles } from "./course-files.js";
import type { Check, Finding, Place } from "./finding.js";
import { jupyterThere, kernelSpecThere, otherKernels } from "./jupyter.js";
import { kernelAnswers } from "./kernel.js";
import { diskSpace, gitThere, nodeVersion } from "./machine.js";
import { installed, plantedTslab } from "./packages.js";

/** In this order: what comes first can be the reason for what comes after. */
const checks: readonly Check[] = [
  nodeVersion,
  installed,
  plantedTslab,
  jupyterThere,
  kernelSpecThere,
  otherKernels,
  kernelAnswers,
  courseFiles,
  gitThere,
  diskSpace,
];

/** @throws the signal's reason where it was aborted. */
export async function runChecks(place: Place, onCheck: (what: string) => void): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const { what, run } of checks) {
    onCheck(what);
    for (const found of await run(place)) findings.push({ what, ...found });
    place.signal?.throwIfAborted();
  }
  return findings;
}
