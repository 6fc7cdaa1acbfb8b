import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Jupyter } from "../jupyter.js";
import { freePort } from "./free-port.js";

/** A JupyterLab that runs on this machine's loopback, with settings, trust and workspaces of its own. */
export interface LabServer {
  /** With the token, so that a browser gets in: `page(path)` of "labs/x.ipynb". */
  page(path: string): string;
  /** What its REST interface answers, as "api/kernels". */
  get(path: string): Promise<unknown>;
  /** Ends all kernels, as a machine does that is switched off: what is shown afterwards stands in files. */
  endKernels(): Promise<void>;
  /** Everything that it printed so far. */
  log(): string;
  stop(): Promise<void>;
}

export interface LabStart {
  readonly jupyter: Jupyter;
  /** The top of what it serves. */
  readonly folder: string;
  /** How it is started, with these arguments and this environment; without it, as `python -m jupyterlab`. */
  readonly start?: (args: readonly string[], env: NodeJS.ProcessEnv) => ChildProcess;
}

const startMs = 60_000;

export async function startLab({ jupyter, folder, start }: LabStart): Promise<LabServer> {
  const own = await mkdtemp(join(tmpdir(), "edgelab-lab-"));
  await writeSettings(join(own, "config"));
  const env = {
    ...jupyter.env,
    JUPYTER_CONFIG_DIR: join(own, "config"),
    JUPYTER_DATA_DIR: join(own, "data"),
    JUPYTER_RUNTIME_DIR: join(own, "runtime"),
  };
  const token = randomBytes(16).toString("hex");
  const port = await freePort();
  const args = labArguments(port, token);
  const child = start
    ? start(args, env)
    : spawn(jupyter.python, ["-m", "jupyterlab", "--no-browser", ...rootArguments(), ...args], {
        cwd: folder,
        env,
      });
  let printed = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (text: string) => {
      printed += text;
    });
  }
  const base = `http://127.0.0.1:${port}`;
  const ask = async (path: string, method: string): Promise<unknown> => {
    const reply = await fetch(`${base}/${path}`, { method, headers: { authorization: `token ${token}` } });
    if (!reply.ok) throw new Error(`${method} ${path}: ${reply.status}`);
    return reply.status === 204 ? undefined : reply.json();
  };
  const get = (path: string) => ask(path, "GET");
  await untilReady(child, get, () => printed);
  return {
    page: (path) => `${base}/lab/tree/${path}?token=${token}`,
    get,
    log: () => printed,
    async endKernels() {
      for (const { id } of (await get("api/sessions")) as { id: string }[])
        await ask(`api/sessions/${id}`, "DELETE");
    },
    async stop() {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill("SIGTERM");
        await once(child, "exit");
      }
      await rm(own, { recursive: true, force: true });
    },
  };
}

/** Nothing is asked of the network: no news, no updates, no extensions. */
function labArguments(port: number, token: string): readonly string[] {
  return [
    `--ServerApp.ip=127.0.0.1`,
    `--ServerApp.port=${port}`,
    "--ServerApp.port_retries=0",
    `--IdentityProvider.token=${token}`,
    "--LabApp.news_url=None",
    "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    "--LabApp.extension_manager=readonly",
  ];
}

const rootArguments = (): readonly string[] => (process.getuid?.() === 0 ? ["--allow-root"] : []);

/** Answers in advance the question whether to fetch news. */
async function writeSettings(config: string): Promise<void> {
  const folder = join(config, "labconfig");
  await mkdir(folder, { recursive: true });
  const settings = {
    "@jupyterlab/apputils-extension:notification": { fetchNews: "false", checkForUpdates: false },
  };
  await writeFile(join(folder, "default_setting_overrides.json"), JSON.stringify(settings));
}

async function untilReady(
  child: ChildProcess,
  get: (path: string) => Promise<unknown>,
  printed: () => string,
): Promise<void> {
  const end = Date.now() + startMs;
  for (;;) {
    try {
      await get("api/status");
      return;
    } catch (error) {
      if (child.exitCode !== null || child.signalCode !== null || Date.now() > end) {
        child.kill("SIGKILL");
        throw new Error(`JupyterLab did not start: ${printed().slice(-2000)}`, { cause: error });
      }
      await sleep(200);
    }
  }
}
