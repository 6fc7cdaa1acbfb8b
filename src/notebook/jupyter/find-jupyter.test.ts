import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { findJupyter } from "./find-jupyter.js";
import { howToGetJupyter } from "./how-to-get.js";

describe("the Jupyter that is started", () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), "edgelab-jupyter-"));
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  /** A program below the folder that prints a text, as `python3 -c` or `jupyter-lab --version` would. */
  const program = (path: string, prints: string, exit = 0) => {
    const file = join(dir, path);
    mkdirSync(join(file, ".."), { recursive: true });
    writeFileSync(file, `#!/bin/sh\nprintf '%s\\n' ${prints}\nexit ${exit}\n`);
    chmodSync(file, 0o755);
    return file;
  };
  /** Of what was found, what lies below the folder: this machine may have a Jupyter of its own. */
  const found = async (env: Readonly<Record<string, string>> = {}) => {
    const all = await findJupyter({ env: { PATH: join(dir, "bin"), ...env }, root: join(dir, "course") });
    return all.filter(({ command: [first] }) => first.startsWith(dir));
  };

  it("is what a Python has: JupyterLab from 4 on, Notebook 7, the classic one of 6, and nothing older", async () => {
    const versions = {
      "'jupyterlab 4.2.1'": [["lab", "4.2.1"]],
      "'notebook 7.2.0'": [["notebook", "7.2.0"]],
      "'notebook 6.5.2'": [["classic", "6.5.2"]],
      "'jupyterlab 3.6.3' 'notebook 6.5.2'": [["classic", "6.5.2"]],
      "'jupyterlab 4.0.0b1' 'notebook 7.0.0'": [
        ["lab", "4.0.0b1"],
        ["notebook", "7.0.0"],
      ],
      "'notebook 5.7.8'": [],
      "''": [],
    };
    for (const [prints, expected] of Object.entries(versions)) {
      const python = program("bin/python3", prints);
      const all = await found();
      expect(
        all.map((jupyter) => [jupyter.interface, jupyter.version]),
        prints,
      ).to.deep.equal(expected);
      for (const { command } of all) expect(command.slice(0, 2)).to.deep.equal([python, "-m"]);
    }
  });

  it("is the active environment's, then the course's own, then what is on PATH", async () => {
    program("active/bin/python3", "'notebook 6.5.2'");
    program("course/.venv/bin/python3", "'notebook 7.2.0'");
    program("bin/python3", "'jupyterlab 4.2.1'");
    const order = async (env = {}) => (await found(env)).map((jupyter) => jupyter.interface);
    expect(await order({ VIRTUAL_ENV: join(dir, "active") })).to.deep.equal(["classic", "notebook", "lab"]);
    expect(await order()).to.deep.equal(["notebook", "lab"]);
  });

  it("may be a program alone, whose Python lies elsewhere, and is none that fails", async () => {
    const lab = program("bin/jupyter-lab", "4.1.0");
    program("bin/jupyter-notebook", "7.1.0", 1);
    expect(await found()).to.deep.equal([{ interface: "lab", version: "4.1.0", command: [lab] }]);
  });

  it("is named once where a Python and its program are the same", async () => {
    const python = program("bin/python3", "'jupyterlab 4.2.1'");
    program("bin/jupyter-lab", "4.2.1");
    expect((await found()).map(({ command }) => command[0])).to.deep.equal([python]);
  });

  it("can be had with pip and conda, and first with conda where that is active", () => {
    const [pip = "", conda = ""] = howToGetJupyter({});
    expect(pip).to.match(/with pip.* pip install jupyterlab$|pip install jupyterlab$/);
    expect(conda).to.contain("conda install");
    expect(howToGetJupyter({ CONDA_PREFIX: "/opt/conda" })[0]).to.equal(conda);
  });
});
