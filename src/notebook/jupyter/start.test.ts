import { expect } from "chai";
import type { Interface } from "./find-jupyter.js";
import { jupyterLog } from "./log.js";
import { jupyterArguments, jupyterEnvironment } from "./start.js";

const root = "/home/s12345/my course";
const argumentsFor = (kind: Interface, open: string, more: object = {}) =>
  jupyterArguments({
    jupyter: { interface: kind, version: "0.0", command: ["jupyter"] },
    ...{ root, open: `${root}/${open}`, browser: true, extra: [], isRoot: false },
    ...more,
  });

describe("what Jupyter is started with", () => {
  it("is the course as its folder, and the notebook as its page, in the words of each version", () => {
    const notebook = "labs/01 é/01 é.ipynb";
    expect(argumentsFor("lab", notebook)).to.deep.equal([
      `--ServerApp.root_dir=${root}`,
      "--LabApp.default_url=/lab/tree/labs/01%20%C3%A9/01%20%C3%A9.ipynb",
    ]);
    expect(argumentsFor("notebook", "labs")).to.deep.equal([
      `--ServerApp.root_dir=${root}`,
      "--JupyterNotebookApp.default_url=/tree/labs",
    ]);
    expect(argumentsFor("classic", notebook)).to.deep.equal([
      `--NotebookApp.notebook_dir=${root}`,
      "--NotebookApp.default_url=/notebooks/labs/01%20%C3%A9/01%20%C3%A9.ipynb",
    ]);
  });

  it("allows root to root alone, and lets what the user gave come last", () => {
    expect(argumentsFor("lab", "labs")).to.not.include("--allow-root");
    const all = argumentsFor("lab", "labs", { isRoot: true, browser: false, extra: ["--port", "9999"] });
    expect(all.slice(2)).to.deep.equal(["--no-browser", "--allow-root", "--port", "9999"]);
  });

  it("names the project's kernels before the user's own", () => {
    const { JUPYTER_PATH, HOME } = jupyterEnvironment({
      root,
      env: { HOME: "/home/s12345", JUPYTER_PATH: "/mine" },
    });
    expect(JUPYTER_PATH).to.equal(`${root}/.jupyter/share/jupyter:/mine`);
    expect(HOME).to.equal("/home/s12345");
    expect(jupyterEnvironment({ root, env: {} }).JUPYTER_PATH).to.equal(`${root}/.jupyter/share/jupyter`);
  });
});

describe("what is shown of Jupyter's log", () => {
  const log = [
    "[I 2026-11-23 10:50:30.123 ServerApp] jupyter_lsp | extension was successfully linked.",
    "\u001b[33m[W 2026-11-23 10:50:30.500 ServerApp]\u001b[m The port 8888 is already in use, trying another port.",
    "[I 2026-11-23 10:50:31.000 ServerApp] Jupyter Server 2.21.1 is running at:",
    "[I 2026-11-23 10:50:31.000 ServerApp] http://localhost:8889/lab/tree/labs?token=abc",
    "[I 2026-11-23 10:50:31.000 ServerApp]     http://127.0.0.1:8889/lab/tree/labs?token=abc",
    "[C 2026-11-23 10:50:31.100 ServerApp] ",
    "    To access the server, open this file in a browser:",
    "        http://localhost:8889/lab/tree/labs?token=abc",
    "[E 2026-11-23 10:51:00.000 ServerApp] Uncaught exception GET /x",
    "    Traceback (most recent call last):",
    "[I 2026-11-23 10:51:01.000 ServerApp] Saving file at /labs/a.ipynb",
  ];
  const read = jupyterLog();
  const lines = log.map((line) => ({ line, ...read(line) }));

  it("leaves out what JupyterLab says of yarn when it is installed into the course", () => {
    const read = jupyterLog();
    const lines = [
      "Fail to get yarn configuration. file:///c/.venv/yarn.js:4",
      "(()=>{var N=1;",
      'Error: Dynamic require of "util" is not supported',
    ];
    expect(lines.map((line) => read(line).show)).to.deep.equal([false, false, false]);
    expect(read("[W 2026-11-23 10:50:30.500 ServerApp] The port 8888 is already in use.").show).to.equal(
      true,
    );
  });

  it("is what went wrong, with all of its lines", () => {
    expect(lines.filter(({ show }) => show).map(({ line }) => log.indexOf(line))).to.deep.equal([1, 8, 9]);
  });

  it("gives the address, and takes none from a warning", () => {
    expect(lines.find(({ url }) => url)?.url).to.equal("http://localhost:8889/lab/tree/labs?token=abc");
    expect(jupyterLog()("[W 10:50:31.000 LabApp] see https://example.org/lab?token=x")).to.deep.equal({
      show: true,
    });
  });
});
