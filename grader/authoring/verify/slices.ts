import { readFile } from "node:fs/promises";
import type { RunCell } from "../../../src/lab/restore/restore.js";
import type { Lab } from "../load-lab.js";
import type { LabTests } from "../load-tests.js";
import type { Judges, TimeLimits } from "./judges.js";
import { quotedIn, runnable, sliceOf } from "./slice.js";

/** What a question's mutants run in. */
export interface Slice {
  /** Reference cells: the question's own, and those that it needs. */
  readonly cells: readonly RunCell[];
  /** A mutant may loop for ever: what it gets is as short as the reference can do with, twice over. */
  readonly limits: TimeLimits;
}

/** Finds each question's slice, and makes sure that its reference passes there as it does in the whole notebook. */
export async function findSlices(
  lab: Lab,
  tests: LabTests,
  judges: Judges,
): Promise<ReadonlyMap<string, Slice>> {
  const all = runnable(lab.source.cells, "reference");
  const slices = lab.source.questions.map(async ({ id }): Promise<[string, Slice]> => {
    const called = await calledBy(lab, tests, id);
    const sliced = sliceOf(all, id, called);
    const quick = divided(lab.manifest.limits, 10);
    const passes = (cells: readonly RunCell[], limits: TimeLimits) => holds(judges, { cells, limits, id });
    if (await passes(sliced, quick)) return [id, { cells: sliced, limits: divided(lab.manifest.limits, 5) }];
    const isEnough = await passes(sliced, lab.manifest.limits);
    return [id, { cells: isEnough ? sliced : all, limits: lab.manifest.limits }];
  });
  return new Map(await Promise.all(slices));
}

async function holds(
  judges: Judges,
  { cells, limits, id }: { cells: readonly RunCell[]; limits: TimeLimits; id: string },
): Promise<boolean> {
  const { seeds } = await judges.judge({ cells, seeds: ["seed 1"], question: id, limits });
  return seeds.every(({ questions }) =>
    questions.every(({ record }) => record.tests.every(({ verdict }) => verdict === "pass")),
  );
}

/** All texts in quotes of a question's tests: the names of the functions that they call are among them. */
export async function calledBy(lab: Lab, tests: LabTests, question: string): Promise<Set<string>> {
  // The test files were loaded one by one, in the order of their paths.
  const files = (["public", "hidden"] as const).flatMap((kind) =>
    lab.files[kind].filter((_, index) => tests[kind][index]?.id === question),
  );
  const texts = await Promise.all(files.map((file) => readFile(file, "utf8")));
  return new Set(texts.flatMap((text) => [...quotedIn(text)]));
}

function divided({ cellCpuMs, callCpuMs }: TimeLimits, by: number): TimeLimits {
  return { cellCpuMs: Math.ceil(cellCpuMs / by), callCpuMs: Math.ceil(callCpuMs / by) };
}
