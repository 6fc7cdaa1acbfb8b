import type { LabSource } from "../../src/lab/cells.js";
import * as answers from "./answers.js";
import { change, type Edit, edited, linesOf, referenceOf, replace, write } from "./notebook-file.js";

/** The 16 students of the example cohort: each one's folder, and the file that lies in it. */
export function cohort(lab: LabSource, starter: string): Map<string, string> {
  const q1 = referenceOf(lab, "q1");
  const q2 = referenceOf(lab, "q2");
  const q3 = referenceOf(lab, "q3");
  const helpers = lab.cells.find(({ role }) => role === "code")?.id ?? "";
  const answered = lab.cells
    .filter(({ role }) => role === "answer" || role === "written")
    .map(({ id, reference }) => write(id, reference));
  const handIn = (...edits: readonly Edit[]) => edited(starter, ...answered, ...edits);

  return new Map(
    Object.entries({
      perfect: handIn(),
      "rounding-mistakes": handIn(
        write(
          "q1",
          change(q1, [
            "roundHalfToEven(-low / scale)",
            "high === 0 ? 2 ** bits - 1 : Math.trunc(-low / scale)",
          ]),
        ),
        write("q2", change(q2, ["roundHalfToEven(value / scale)", "Math.round(value / scale)"])),
        write("q3", change(q3, ["roundHalfToEven(weight / scale)", "Math.trunc(weight / scale)"])),
      ),
      "range-mistakes": handIn(
        write("q1", change(q1, ["Math.min(min, 0)", "min"], ["Math.max(max, 0)", "max"])),
        write("q2", change(q2, ["Math.min(Math.max(code, -127), 127)", "code"])),
        write("q3", change(q3, ["weights.subarray(c * size, (c + 1) * size)", "weights"])),
      ),
      untouched: edited(starter),
      "type-error": handIn(write("q2", change(q2, ["let largest = 0;", 'let largest: number = "0";']))),
      "throwing-cell": handIn(
        write("q2", answers.throwsBeforeItDefines),
        write("q3", `${q3}\n\nconsole.log(channelScales(undefined, [2, 1, 1, 3]));`),
      ),
      "infinite-loop": handIn(
        write("q2", `${q2.slice(0, q2.indexOf("/** Signal-to"))}${answers.neverEndingSqnr}`),
      ),
      "process-exit": handIn(write("q1", `${q1}\n\nprocess.exit(0);`)),
      "forged-result": handIn(write("q1", answers.forgesResults)),
      "patched-chai": handIn(write("q1", answers.patchesTheTools)),
      "deleted-test-cell": handIn(
        replace("check-q1", () => []),
        replace(helpers, (cell) => [
          {
            ...cell,
            source: linesOf(
              change(cell.source.join(""), [
                "return below % 2 === 0 ? below : below + 1;",
                "return below + 1;",
              ]),
            ),
          },
        ]),
      ),
      "duplicated-cell-ids": handIn(
        replace("q1", (cell) => [{ ...cell, source: linesOf("function affineParams() {}") }, cell]),
        replace("q2", (cell) => [
          cell,
          {
            ...cell,
            source: linesOf(change(q2, ["roundHalfToEven(value / scale)", "Math.round(value / scale)"])),
          },
        ]),
        // A copy made in Jupyter: a new id, and the metadata of the cell that was copied.
        replace("q3", (cell) => [cell, { ...cell, id: "8f14e45f", source: linesOf(q3) }]),
      ),
      "not-json":
        "<!DOCTYPE html>\n<html><head><title>Log in</title></head><body>Your session has ended.</body></html>\n",
      "three-thousand-lines": handIn(
        write(
          "q2",
          `${q2}\n\nfor (let i = 0; i < 3000; i++) console.log("weight", i, symmetricScale(Float32Array.of(i)));`,
        ),
      ),
      "imports-hidden-tests": handIn(
        write("q1", `import hidden from "./hidden/q1.test";\n\n${q1}\n\nconsole.log(hidden);`),
        write(
          "q2",
          `import hidden from "edgelab/labs/01-quantization/hidden/q2.test";\n\n${q2}\n\nconsole.log(hidden);`,
        ),
      ),
      "odd-values": handIn(
        write("q1", answers.handsOverOddValues.q1),
        write("q2", answers.handsOverOddValues.q2),
        write(
          "q3",
          change(
            q3,
            [
              ": number[] {\n  const [channels = 1] = shape;\n  const size",
              ": any {\n  const [channels = 1] = shape;\n  const size",
            ],
            ["return Array.from({ length: channels }", "return Float32Array.from({ length: channels }"],
          ),
        ),
      ),
    }),
  );
}
