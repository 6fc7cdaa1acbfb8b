import { spawnSync } from "node:child_process";
import { readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect } from "chai";
import type { LabCell } from "../../src/lab/cells.js";
import { buildNotebooks } from "../authoring/build.js";
import { loadLab } from "../authoring/load-lab.js";
import { packageRoot } from "../package-root.js";
import { copyOfRepository } from "./e2e/places.js";
import { findJupyter, type Jupyter } from "./jupyter.js";

const goalSeconds = 120;

/**
 * Executes a notebook cell by cell, goes on after errors (tslab refuses cells for 200 ms after one), and tells what
 * each cell answered and how long it took, and how much time of processors the kernel took, which does not depend on what
 * else the machine does.
 */
const program = `
import json, nbclient, nbformat, os, resource, sys, time
notebook = nbformat.read(sys.argv[1], 4)
client = nbclient.NotebookClient(notebook, timeout=300, allow_errors=True)
cells = {}
with client.setup_kernel(cwd=os.path.dirname(sys.argv[1])):
    for index, cell in enumerate(notebook.cells):
        start = time.monotonic()
        client.execute_cell(cell, index)
        seconds = time.monotonic() - start
        outputs = cell.get("outputs", [])
        if any(output.get("name") == "stderr" for output in outputs): time.sleep(0.4)
        cells[cell.id] = dict(seconds=seconds, outputs=[dict(output) for output in outputs])
kernel = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps(dict(cells=cells, cpuSeconds=kernel.ru_utime + kernel.ru_stime)))
`;

const missing = /^q\d+: write .+ This cell uses it/;
const goesOn = /^q\d+: write .+ This cell uses it|^\d+:\d+ - Cannot find name /;

interface Output {
  readonly name?: string;
  readonly text?: string;
  readonly data?: Readonly<Record<string, string>>;
}

type Cells = Readonly<Record<string, { readonly seconds: number; readonly outputs: readonly Output[] }>>;

interface Run {
  readonly cells: Cells;
  readonly cpuSeconds: number;
}

/** In a network of its own, which has loopback only: what asks for anything else fails. */
function run({ python, env }: Jupyter, file: string): Run {
  const options = { env, cwd: dirname(file), encoding: "utf8", maxBuffer: 2 ** 28 } as const;
  const offline = ["--dev-bind", "/", "/", "--unshare-net", "--die-with-parent"];
  const { status, stdout, stderr } = spawnSync("bwrap", [...offline, python, "-c", program, file], options);
  expect(status, stderr).to.equal(0);
  return JSON.parse(stdout.trim().split("\n").at(-1) ?? "");
}

const written = (outputs: readonly Output[], stream: string): string =>
  outputs.map(({ name, text }) => (name === stream ? text : "")).join("");
const html = (outputs: readonly Output[]): string =>
  outputs.map(({ data }) => data?.["text/html"] ?? "").join("");

for (const lab of readdirSync(join(packageRoot(), "labs"))) {
  describe(`lab ${lab} in the real kernel, without a network`, function () {
    this.timeout(600_000);
    let folder: string;
    let cells: readonly LabCell[];
    let built: ReturnType<typeof buildNotebooks>;

    before(async () => {
      const { source, manifest } = await loadLab(join(packageRoot(), "labs", lab));
      cells = source.cells;
      built = buildNotebooks(source, manifest);
      folder = copyOfRepository(lab);
    });
    after(() => rmSync(folder, { recursive: true, force: true }));

    const execute = (test: Mocha.Context, notebook: string): Run => {
      const jupyter = findJupyter();
      if ("missing" in jupyter) test.skip();
      const file = join(folder, "labs", lab, `${lab}.ipynb`);
      writeFileSync(file, notebook);
      return run(jupyter as Jupyter, file);
    };

    it("the reference runs to its end: every check is passed, every cell to explore shows something", function () {
      const { cells: ran, cpuSeconds } = execute(this, built.reference);
      let seconds = 0;
      for (const { id, role, reference } of cells) {
        const { outputs, ...cell } = ran[id] ?? { outputs: [], seconds: 0 };
        seconds += cell.seconds;
        expect(written(outputs, "stderr"), id).to.equal("");
        if (role === "check") expect(html(outputs), id).to.match(/(\d+) of \1 points of the public tests/);
        // Some only prepare what the next one draws.
        if (role === "explore" && /\b(plot|table|log|\w+Table)\(/.test(reference))
          expect(html(outputs) + written(outputs, "stdout"), id).not.to.equal("");
      }
      const times = `${seconds.toFixed(0)} s (goal: ${goalSeconds} s on 2 cores), ${cpuSeconds.toFixed(0)} s of CPU`;
      console.log(`      ${lab}: all cells in ${times}`);
    });

    it("the starter runs too: what is not written yet is named, and nothing else goes wrong", function () {
      const { cells: ran } = execute(this, built.student);
      let waiting = false;
      for (const { id, role, question } of cells) {
        const { outputs } = ran[id] ?? { outputs: [] };
        const error = written(outputs, "stderr");
        if (role === "check") expect(html(outputs), id).to.include("0 of ");
        if (role === "check") waiting = false;
        // A cell to explore may use an answer: then the error says which one is missing. One behind it that goes on
        // with what it would have made does not find that.
        if (error !== "") expect(error, id).to.match(waiting ? goesOn : missing);
        waiting ||= error !== "";
        if (role === "code" || role === "answer") expect(error, `${id} ${question ?? ""}`).to.equal("");
      }
    });
  });
}
