import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { bundleEvaluate } from "../bundle-evaluate.js";
import { findLab } from "../find-lab.js";
import { loadLab } from "../load-lab.js";
import { loadMutants, loadTests } from "../load-tests.js";
import type { Subject, VerifyOptions } from "./check.js";
import { loadEquivalents } from "./equivalents.js";
import { checkedMutants } from "./library.js";
import { locateCells } from "./notebook-lines.js";

/**
 * Reads a lab with all that belongs to it.
 *
 * @throws LabError for a lab that can't be loaded.
 */
export async function loadSubject(dir: string, options: VerifyOptions): Promise<Subject> {
  const lab = await loadLab(findLab(dir));
  const text = await readFile(join(lab.dir, "notebook.ts"), "utf8");
  const mutants = await loadMutants(lab);
  return {
    lab,
    text,
    cells: locateCells(text, lab.source.cells),
    tests: await loadTests(lab),
    evaluate: await bundleEvaluate(lab),
    mutants,
    ...(await checkedMutants(lab, mutants)),
    equivalents: await loadEquivalents(lab),
    options,
  };
}
