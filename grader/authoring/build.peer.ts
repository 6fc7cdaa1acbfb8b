import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { expect } from "chai";
import { findJupyter } from "../peers/jupyter.js";
import { buildNotebooks } from "./build.js";
import { listLabs } from "./find-lab.js";
import { loadLab } from "./load-lab.js";

const program = `
import nbformat, sys
notebook = nbformat.read(sys.argv[1], as_version=nbformat.NO_CONVERT)
nbformat.validate(notebook)
nbformat.write(notebook, sys.argv[1] + ".saved")
print(open(sys.argv[1]).read() == open(sys.argv[1] + ".saved").read())
`;

describe("a built notebook", () => {
  const jupyter = findJupyter();
  let dir = "";
  before(function () {
    if ("missing" in jupyter) this.skip();
    dir = mkdtempSync(join(tmpdir(), "built-"));
  });
  after(() => dir && rmSync(dir, { recursive: true }));

  for (const labDir of listLabs())
    for (const kind of ["student", "reference"] as const)
      it(`(${basename(labDir)}, ${kind}) is valid to Jupyter, which saves it as the same bytes`, async () => {
        if ("missing" in jupyter) throw new Error(jupyter.missing);
        const { source, manifest } = await loadLab(labDir);
        const file = join(dir, `${kind}.ipynb`);
        writeFileSync(file, buildNotebooks(source, manifest)[kind]);
        const { stdout, stderr } = spawnSync(jupyter.python, ["-c", program, file], {
          env: jupyter.env,
          encoding: "utf8",
        });
        expect(stdout.trim(), stderr).to.equal("True");
      });
});
