import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { expect } from "chai";
import { findJupyter } from "../../peers/jupyter.js";
import { listLabs } from "../find-lab.js";
import { importNotebook } from "../import/import-notebook.js";
import { readNotebook } from "../import/read-notebook.js";
import { exportSource } from "./export-source.js";

/** Reads the first file, does to it what Python says, and writes the second. */
const program = (edit: string): string => `
import nbformat, sys
from nbformat.v4 import new_code_cell, new_markdown_cell
notebook = nbformat.read(sys.argv[1], as_version=nbformat.NO_CONVERT)
nbformat.validate(notebook)
${edit}
nbformat.validate(notebook)
nbformat.write(notebook, sys.argv[2])
`;

const odd = `// Above.

// %%   [markdown]
//a
//   b

// %% written w1 points=2 title="W" rubric="r"
// Why?
// BEGIN SOLUTION
// So.
// END SOLUTION

// %% explore

f();
`;

describe("an exported source in Jupyter", () => {
  const jupyter = findJupyter();
  let dir = "";
  before(function () {
    if ("missing" in jupyter) this.skip();
    dir = mkdtempSync(join(tmpdir(), "exported-"));
  });
  after(() => dir && rmSync(dir, { recursive: true }));

  /** The source that comes back after Python has read, changed and written the notebook. */
  function edited(text: string, edit = ""): string {
    if ("missing" in jupyter) throw new Error(jupyter.missing);
    const [from, to] = [join(dir, "from.ipynb"), join(dir, "to.ipynb")];
    writeFileSync(from, exportSource(text, "05-x"));
    const { status, stderr } = spawnSync(jupyter.python, ["-c", program(edit), from, to], {
      env: jupyter.env,
      encoding: "utf8",
    });
    expect(status, stderr).to.equal(0);
    expect(stderr).to.equal("");
    return importNotebook(readNotebook(readFileSync(to), "to.ipynb"), { file: "to.ipynb" }).text;
  }

  const sources = [
    ...listLabs().map((lab) => [basename(lab), readFileSync(join(lab, "notebook.ts"), "utf8")] as const),
    ["an odd source", odd] as const,
  ];
  for (const [name, text] of sources)
    it(`is read, valid, and imported as it was after Jupyter has written it (${name})`, () => {
      expect(edited(text)).to.equal(text);
    });

  it("loses no cell where an older Jupyter has dropped the cells' ids and all metadata", () => {
    const drop = `
notebook.metadata = {"kernelspec": notebook.metadata["kernelspec"]}
for cell in notebook.cells:
    cell.metadata = {}
    cell.pop("id")
notebook.nbformat_minor = 4`;
    expect(edited("// %% [markdown]\n// # T\n// %% explore\nf();\n", drop)).to.equal(
      "// %% [markdown]\n// # T\n// %% explore\nf();\n",
    );
  });

  it("takes cells that were added and edited there", () => {
    const edit = `
notebook.cells[0].source = "# Title\\n\\nNew text."
notebook.cells.insert(1, new_markdown_cell("Added."))
notebook.cells.append(new_code_cell("// %% explore\\ng();"))`;
    expect(edited("// %% [markdown]\n// # T\n// %%\nf();\n", edit)).to.equal(
      "// %% [markdown]\n// # Title\n//\n// New text.\n// %% [markdown]\n// Added.\n// %%\nf();\n// %% explore\ng();\n",
    );
  });
});
