import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { expect } from "chai";
import { buildNotebooks } from "../authoring/build.js";
import { loadLab } from "../authoring/load-lab.js";
import { edited, TemporaryLabs } from "../authoring/verify/fixtures/small-lab.js";
import { packageRoot } from "../package-root.js";
import type { SubmissionRecord } from "./record.js";

const evaluate = `import { LabError } from "edgelab/core";
import { accuracyOf, chooseBackend, predict } from "edgelab/core/training";
import { tinyCnn } from "edgelab/core/zoo";
import { seeded } from "edgelab/core";

/** The mean of a layer's weights, which must be finite; TensorFlow.js is loaded as for a real model. */
export async function mean(layer: unknown, count: number): Promise<number> {
  if (!(layer instanceof Float32Array) || layer.length !== count)
    throw new LabError("BAD_LAYER", "the layer has another form", "Return a Float32Array.");
  if (!layer.every(Number.isFinite)) throw new LabError("NOT_FINITE", "a weight is not finite", "Look for 0 / 0.");
  await chooseBackend({ backend: "wasm" });
  const model = tinyCnn(seeded("model"));
  const logits = await predict(model, { shape: [1, 28, 28, 1], data: new Float32Array(784) });
  model.dispose();
  if (!Number.isFinite(accuracyOf(logits, Int32Array.of(0)))) throw new Error("no accuracy");
  return layer.reduce((sum, weight) => sum + weight, 0) / count;
}
`;

const hidden = `import { expect } from "chai";
import { question } from "edgelab/testing";
export default question("q1", ({ student, evaluator, rng, test }) => {
  test(3, "has the mean that was asked for", async () => {
    const mean = rng.integer(2, 9);
    const layer = await student.call("double", mean);
    expect(await evaluator.call("mean", layer, 16)).to.equal(2 * mean);
  });
});
`;

/** What a student may return in place of a layer, and what the test is to say. */
const hostile: Readonly<Record<string, readonly [answer: string, message: RegExp]>> = {
  "b-nan": ["return new Float32Array(16).fill(NaN)", /a weight is not finite/],
  "c-short": ["return new Float32Array(15)", /another form/],
  "d-huge": ["return new Float32Array(3e6)", /more than 8 MiB/],
  "e-long": ["return new Array(900_000).fill(0)", /another form/],
  "f-deep": ["let y: any = 1; for (let i = 0; i < 31; i++) y = [y]; return y", /nested more than 32 deep/],
  "g-forged": [
    'return { length: 16, constructor: "Float32Array", reduce: 1, code: "LabError" }',
    /another form/,
  ],
  "h-error": ["return Object.assign(new Error('CannotJudge'), { name: 'CannotJudge' })", /another form/],
  "i-nothing": ["return undefined", /another form/],
  "j-text": ["return 'x'.repeat(5e6)", /another form/],
};

describe("grading what functions return, in the second sandbox", function () {
  this.timeout(120_000);
  const labs = new TemporaryLabs();
  let folder: string;
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "edgelab-evaluator-"));
  });
  after(async () => {
    await labs.remove();
    await rm(folder, { recursive: true, force: true });
  });

  it("judges it, fails each hostile one by its own doing, and lets none of them touch the next", async () => {
    const solution = "return new Float32Array(16).fill((one + 1) * x);";
    const dir = await labs.write({
      "notebook.ts": (text) =>
        edited("return (one + 1) * x;", solution)(text).replace("x: number): number", "x: number): any"),
      "hidden/q1.test.ts": hidden,
      "evaluate.ts": evaluate,
    });
    const lab = await loadLab(dir);
    const { student: starter } = buildNotebooks(lab.source, lab.manifest);
    const answers = Object.entries({ "a-right": solution, "z-right": solution }).concat(
      Object.entries(hostile).map(([student, [answer]]) => [student, answer]),
    );
    for (const [student, answer] of answers) {
      const target = path.join(folder, "submissions", student, "09-small");
      await mkdir(target, { recursive: true });
      const notebook = JSON.parse(starter);
      for (const cell of notebook.cells)
        if (cell.id === "q1") cell.source = [`function double(x: number): any { ${answer} }`];
      await writeFile(path.join(target, "09-small.ipynb"), JSON.stringify(notebook));
    }
    const cli = path.join(packageRoot(), "dist", "grader", "cli.js");
    const args = [
      cli,
      "run",
      dir,
      "--submissions",
      path.join(folder, "submissions"),
      "--jobs",
      "1",
      "--json",
    ];
    const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: folder });
    const records: SubmissionRecord[] = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(records).to.have.length(answers.length);
    for (const { student, status, questions } of records) {
      expect(status, `${student}: ${JSON.stringify(questions)}`).to.equal("graded");
      const test = questions[0]?.tests.find(({ visibility }) => visibility === "hidden");
      const why = hostile[student]?.[1];
      expect(test?.verdict, student).to.equal(why ? "fail" : "pass");
      if (why)
        expect(test?.message, student)
          .to.match(why)
          .and.match(/^[ -~]{1,400}$/);
    }
  });
});
