import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect } from "chai";
import { buildNotebooks } from "../../../grader/authoring/build.js";
import { loadLab } from "../../../grader/authoring/load-lab.js";
import { LabError } from "../../core/errors.js";
import type { ReleaseCell } from "../../lab/cells.js";
import { defaultLimits } from "../../lab/manifest.js";
import type { Release } from "../../lab/release.js";
import { type Validation, validateNotebook } from "./validate.js";

const cells: readonly ReleaseCell[] = [
  { id: "c-1", role: "code", source: "const twice = (x: number): number => 2 * x;" },
  {
    id: "q1",
    role: "answer",
    source: 'function f(): number { throw new Error("q1: write f"); }',
    question: "q1",
  },
  { id: "check-q1", role: "check", source: 'throw new Error("the grader skips this")', question: "q1" },
  { id: "e-1", role: "explore", source: 'throw new Error("and this")' },
  {
    id: "q2",
    role: "answer",
    source: 'function g(): number { throw new Error("q2: write g"); }',
    question: "q2",
  },
];
const release: Release = {
  id: "01-x",
  title: "X",
  packages: [],
  withheld: [],
  limits: { ...defaultLimits, cellCpuMs: 1500 },
  release: "abc",
  questions: [
    { id: "q1", title: "First", points: 5 },
    { id: "q2", title: "Second", points: 5 },
  ],
  written: [],
  cells,
};

/** As `for (;;);` it never gives the thread back, and takes no processor from the tests beside it. */
const blocking = "Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);";

/** A question's public test: its function returns this. */
const publicTest = (id: string, name: string, value: number) => `export default {
  id: "${id}",
  define: ({ student, test }: any) => test(2, "returns ${value}", async () => {
    const value = await student.call("${name}");
    if (value !== ${value}) throw new Error("got " + value);
  }, { hint: "Look at twice." }),
};`;

describe("validateNotebook", function () {
  this.timeout(60_000);
  let folder: string;
  beforeEach(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), "edgelab-validate-")));
    mkdirSync(join(folder, "public"));
    writeFileSync(join(folder, "public/q1.test.ts"), publicTest("q1", "f", 6));
    writeFileSync(join(folder, "public/q2.test.ts"), publicTest("q2", "g", 8));
    writeFileSync(join(folder, "release.json"), JSON.stringify(release));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** Writes a notebook with these answers; other cells are as handed out. */
  const write = (answers: Record<string, string>): string => {
    const notebook = cells.map(({ id, source }) => {
      return { cell_type: "code", id, source: answers[id] ?? source, metadata: { edgelab: { id } } };
    });
    const notebookPath = join(folder, "01-x.ipynb");
    writeFileSync(
      notebookPath,
      JSON.stringify({ nbformat: 4, nbformat_minor: 5, metadata: {}, cells: notebook }),
    );
    return notebookPath;
  };
  const validate = (answers: Record<string, string>, cellTimeoutMs = 30_000): Promise<Validation> =>
    validateNotebook({ notebookPath: write(answers), labDir: folder, cellTimeoutMs });
  const verdicts = ({ questions }: Validation) =>
    questions.map(({ outcomes }) => outcomes.map(({ verdict }) => verdict).join());

  it("runs what the grader runs, and the public tests of each question", async () => {
    const result = await validate({ q1: "const f = () => twice(3);", q2: "const g = () => twice(3);" });
    expect(verdicts(result)).to.deep.equal(["pass", "fail"]);
    expect(result.questions[0]).to.include({ id: "q1", title: "First", cellError: "" });
    expect(result.questions[1]?.outcomes[0]).to.include({
      title: "returns 8",
      hint: "Look at twice.",
      points: 2,
    });
    expect(result.notices).to.deep.equal([]);
    expect(result).to.not.have.property("problem");
  });

  it("says why answer cells did not run", async () => {
    const { questions } = await validate({
      q1: "const f = (): number => 'six';",
      q2: "throw new TypeError('not\\nyet');",
    });
    expect(questions.map(({ cellError }) => cellError)).to.deep.equal([
      "line 1: Type 'string' is not assignable to type 'number'.",
      "TypeError: not",
    ]);
  });

  it("puts locked cells back and says so, and runs the others where an answer cell did not run", async () => {
    const result = await validate({
      "c-1": "const twice = (x: number): number => 3 * x;",
      q1: "const f = (): number => 'six';",
      q2: "const g = () => twice(4);",
    });
    expect(verdicts(result)).to.deep.equal(["fail", "pass"]);
    expect(result.notices).to.deep.equal(["The locked cell c-1 was edited; the release's text was run."]);
  });

  it("leaves out a cell that ends the process, and one that never ends", async () => {
    const result = await validate({ q1: "process.exit(0);", q2: "const g = () => twice(4);" });
    expect(verdicts(result)).to.deep.equal(["fail", "pass"]);
    expect(result.questions[0]?.cellError).to.equal("it ended the notebook's process");
    const endless = await validate({ q1: blocking, q2: "const g = () => twice(4);" }, 8000);
    expect(verdicts(endless)).to.deep.equal(["fail", "pass"]);
    expect(endless.questions[0]?.cellError).to.equal("it took longer than 8 s");
  });

  it("stops the tests of a function that never returns, and goes on with the next question", async () => {
    const result = await validate(
      { q1: `const f = () => { ${blocking} };`, q2: "const g = () => twice(4);" },
      8000,
    );
    expect(verdicts(result)).to.deep.equal(["", "pass"]);
    expect(result.questions[0]?.cellError).to.equal("its public tests were stopped: it took longer than 8 s");
  });

  it("warns of a cell that takes longer than the grader allows", async () => {
    // By the processor's clock: on a busy machine two seconds pass without two seconds of work.
    const busy = `const spent = () => { const { user, system } = process.cpuUsage(); return user + system; };
      for (const begin = spent(); spent() < begin + 2e6; );`;
    const { notices } = await validate({ q1: busy });
    expect(notices.join()).to.match(
      /^The cell q1 took [\d.]+ s of processor time; the grader stops it after 1\.5 s\.$/,
    );
  });

  it("throws what the grader would refuse, and what aborts it", async () => {
    writeFileSync(join(folder, "not.ipynb"), "<!DOCTYPE html>");
    const refusal = (name: string, signal?: AbortSignal): Promise<unknown> =>
      validateNotebook({
        notebookPath: join(folder, name),
        labDir: folder,
        ...(signal ? { signal } : {}),
      }).then(
        () => undefined,
        (error: unknown) => error,
      );
    expect(await refusal("not.ipynb"))
      .to.be.instanceOf(LabError)
      .with.property("code", "NOTEBOOK_NOT_JSON");
    expect(await refusal("none.ipynb"))
      .to.be.instanceOf(LabError)
      .with.property("code", "NO_NOTEBOOK");
    write({ q1: blocking });
    const reason = new Error("Ctrl-C");
    expect(await refusal("01-x.ipynb", AbortSignal.abort(reason))).to.equal(reason);
    const controller = new AbortController();
    setTimeout(() => controller.abort(reason), 1000);
    expect(await refusal("01-x.ipynb", controller.signal)).to.equal(reason);
  });

  it("passes the reference of a real lab, run as any notebook where no release is known", async () => {
    const lab = resolve(import.meta.dirname, "../../../bench/fixtures/01-quantization");
    const { source, manifest } = await loadLab(lab);
    const notebookPath = join(folder, "reference.ipynb");
    writeFileSync(notebookPath, buildNotebooks(source, manifest).reference);
    const { questions, problem } = await validateNotebook({ notebookPath, labDir: lab });
    expect(problem).to.equal(undefined);
    expect(questions.map(({ id, cellError }) => `${id}${cellError}`)).to.deep.equal(["q1", "q2", "q3"]);
    for (const { outcomes } of questions) {
      expect(outcomes).to.not.have.length(0);
      for (const { verdict, title } of outcomes) expect(verdict, title).to.equal("pass");
    }
  });
});
