import type { Finding, Workshop } from "../check.js";
import { runnable } from "../slice.js";

/** Above this a course of two hundred takes a processor more than a quarter of an hour. */
const maxCpuSeconds = 5;

/**
 * What grading a whole notebook takes of the processors, where compiler and evaluator are running already. Nothing
 * else runs meanwhile: the judge's share is that of this process.
 */
export async function checkCost({ judges, lab }: Workshop): Promise<Finding[]> {
  const cells = runnable(lab.source.cells, "reference");
  const grade = (name: string) =>
    // Another text of each answer, as from another student: it is compiled anew, and the lab's own cells are not.
    judges.measure({
      cells: cells.map((cell) =>
        cell.role === "answer" ? { ...cell, source: `${cell.source}\n// ${name}` } : cell,
      ),
      seeds: ["seed 1"],
    });
  await grade("warms up");
  const cpuSeconds = (await grade("is measured")) / 1000;
  const shown = cpuSeconds.toFixed(1);
  const [parts, started] =
    lab.files.evaluate.length > 0
      ? ["compiler, sandbox, evaluator and judge", "compiler and evaluator"]
      : ["compiler, sandbox and judge", "the compiler"];
  return [
    {
      title: `grading the reference costs ${shown} CPU seconds (${parts}; starting ${started} is not counted)`,
      problems:
        cpuSeconds > maxCpuSeconds
          ? [`more than ${maxCpuSeconds}: take training to explore cells, and make inputs smaller`]
          : [],
    },
  ];
}
