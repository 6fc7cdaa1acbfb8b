import { type ChildProcess, spawn } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { Request } from "zeromq";
import { freePort } from "../../../grader/peers/e2e/free-port.js";
import { environment } from "../../../grader/peers/jupyter.js";
import { canImport, pythonOf } from "../../../grader/peers/python-environment.js";

const repository = resolve(import.meta.dirname, "../../..");
const cli = join(repository, "src/notebook/cli.ts");
const python = pythonOf(environment);

describe("edgelab jupyter", function () {
  this.timeout(180_000);
  let root: string;
  let home: string;
  let running: ChildProcess | undefined;
  let said: string;
  let port: number;

  before(function () {
    if (!canImport(python, ["jupyterlab"])) this.skip();
  });

  /** A course and a home of its own, with a kernel of the same name that its user installed once. */
  beforeEach(async () => {
    port = await freePort();
    root = realpathSync(mkdtempSync(join(tmpdir(), "edgelab-course-")));
    home = realpathSync(mkdtempSync(join(tmpdir(), "edgelab-home-")));
    const put = (folder: string, path: string, text: string) => {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    };
    put(root, "course.json", '{ "title": "T", "submit": "zip", "labs": [] }');
    put(root, "labs/01-x/01-x.ipynb", '{ "nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [] }');
    symlinkSync(join(repository, "node_modules"), join(root, "node_modules"));
    const planted = { argv: ["/bin/false", "{connection_file}"], display_name: "planted", language: "x" };
    put(home, ".local/share/jupyter/kernels/tslab/kernel.json", JSON.stringify(planted));
    said = "";
  });

  afterEach(async () => {
    if (running && !hasEnded(running)) {
      const ended = closed();
      running.kill("SIGTERM");
      // A second time it ends Jupyter at once.
      const again = setTimeout(() => running?.kill("SIGTERM"), 20_000);
      await ended;
      clearTimeout(again);
    }
    running = undefined;
    for (const folder of [root, home]) rmSync(folder, { recursive: true, force: true });
  });

  const start = (...args: string[]): void => {
    const path = [dirname(python), process.env.PATH].join(delimiter);
    const env = { PATH: path, HOME: home, LANG: "C.UTF-8" };
    const loader = ["--import", createRequire(import.meta.url).resolve("tsx")];
    running = spawn(process.execPath, [...loader, cli, "jupyter", ...args], {
      cwd: join(root, "labs/01-x"),
      env,
      stdio: ["ignore", "pipe", "pipe"],
    });
    for (const stream of [running.stdout, running.stderr])
      stream?.on("data", (chunk) => {
        said += chunk;
      });
  };

  /** On a port of its own: neither a server that somebody runs here nor one of another test answers there. */
  const serve = (...args: string[]): void =>
    start(...args, "--no-browser", "--", `--ServerApp.port=${port}`, "--ServerApp.port_retries=0");

  const hasEnded = ({ exitCode, signalCode }: ChildProcess): boolean =>
    exitCode !== null || signalCode !== null;

  const closed = () => new Promise((done) => running?.once("close", done));

  /** The address that is printed, once the server answers there: Jupyter prints it before it listens. */
  const address = async (): Promise<{ readonly base: string; readonly token: string }> => {
    const end = Date.now() + 90_000;
    while (Date.now() < end && running && !hasEnded(running)) {
      const [, base, token] = /(http:\/\/[^/\s]+)\/\S*[?&]token=(\w+)/.exec(said) ?? [];
      if (base && token && (await isReached(base))) return { base, token };
      await sleep(100);
    }
    throw new Error(`nothing answers: ${said}`);
  };

  const isReached = (base: string): Promise<boolean> =>
    fetch(`${base}/api`).then(
      ({ ok }) => ok,
      () => false,
    );

  /** Asks the running server. */
  const ask = async (path: string, init: { method?: string; body?: string } = {}): Promise<unknown> => {
    const { base, token } = await address();
    const headers = { Authorization: `token ${token}`, "Content-Type": "application/json" };
    const response = await fetch(`${base}/api/${path}`, { ...init, headers });
    expect(response.ok, `${path}: ${response.status}`).to.equal(true);
    return response.json();
  };

  it("opens the lab with the project's kernel, not the one of that name in the user's folder", async () => {
    serve("1");
    const { kernelspecs } = (await ask("kernelspecs")) as {
      kernelspecs: Record<string, { spec: { argv: string[]; display_name: string } }>;
    };
    const spec = kernelspecs.tslab?.spec;
    expect(spec?.display_name).to.equal("TypeScript");
    expect(spec?.argv[0]).to.equal(process.execPath);
    const file = join(root, ".jupyter/share/jupyter/kernels/tslab/kernel.json");
    expect(JSON.parse(readFileSync(file, "utf8")).argv).to.deep.equal(spec?.argv);
    expect(said).to.include("/lab/tree/labs/01-x/01-x.ipynb");
    const { id } = (await ask("kernels", {
      method: "POST",
      body: '{ "name": "tslab", "path": "labs/01-x" }',
    })) as {
      id: string;
    };
    const connection = join(home, ".local/share/jupyter/runtime", `kernel-${id}.json`);
    const { hb_port } = JSON.parse(readFileSync(connection, "utf8"));
    const heart = new Request({ receiveTimeout: 60_000, linger: 0 });
    heart.connect(`tcp://127.0.0.1:${hb_port}`);
    await heart.send("alive?");
    expect(String((await heart.receive())[0])).to.equal("alive?");
    heart.close();
  });

  it("ends with one Ctrl-C, with exit code 0, and the kernels with it", async () => {
    serve();
    await ask("kernels", { method: "POST", body: '{ "name": "tslab" }' });
    const { base } = await address();
    const ended = closed();
    running?.kill("SIGINT");
    const code = await ended;
    expect(code, said).to.equal(0);
    expect(await isReached(base)).to.equal(false);
  });

  it("hands on what stands behind --, and Jupyter's exit code", async () => {
    start("--", "--no-browser", "--ServerApp.no_such=1", "--no-such-option");
    const code = await closed();
    expect(code, said).to.equal(2);
  });
});
