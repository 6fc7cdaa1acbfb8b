import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { Request } from "zeromq";

const launcher = fileURLToPath(new URL("launcher.ts", import.meta.url));
const require = createRequire(import.meta.url);
const loader = ["--import", import.meta.resolve("tsx")];

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const address = server.address();
  await new Promise((done) => server.close(done));
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

describe("the kernel launcher", function () {
  this.timeout(60_000);
  let folder: string;
  let marker: string;
  let heartbeat: string;
  let kernel: ChildProcess;

  /** A notebook's folder with a planted tslab, and the file with which Jupyter tells a kernel its ports. */
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "edgelab-kernel-"));
    marker = join(folder, "planted-code-ran");
    const planted = join(folder, "node_modules/tslab/dist");
    await mkdir(planted, { recursive: true });
    const code = `require("fs").writeFileSync(${JSON.stringify(marker)}, ""); exports.startKernel = () => {};`;
    await writeFile(join(planted, "main.js"), code);
    await writeFile(join(planted, "jupyter.js"), code);
    const [shell_port, iopub_port, stdin_port, control_port, hb_port] = await Promise.all(
      Array.from({ length: 5 }, freePort),
    );
    const ports = { shell_port, iopub_port, stdin_port, control_port, hb_port };
    const connection = {
      ...ports,
      ip: "127.0.0.1",
      transport: "tcp",
      key: "k",
      signature_scheme: "hmac-sha256",
    };
    await writeFile(join(folder, "connection.json"), JSON.stringify(connection));
    heartbeat = `tcp://127.0.0.1:${hb_port}`;
  });

  afterEach(async () => {
    kernel.kill("SIGKILL");
    await rm(folder, { recursive: true, force: true });
  });

  const start = (...args: string[]): void => {
    kernel = spawn(process.execPath, args, { cwd: folder, stdio: "ignore" });
  };

  it("starts a kernel that answers, and no tslab that was planted beside the notebook", async () => {
    start(...loader, launcher, "kernel", "--config-path", join(folder, "connection.json"));
    const client = new Request({ receiveTimeout: 50_000, linger: 0 });
    client.connect(heartbeat);
    await client.send("alive?");
    expect(String((await client.receive())[0])).to.equal("alive?");
    client.close();
    expect(existsSync(marker)).to.equal(false);
  });

  it("is needed: tslab's own command runs what was planted", async () => {
    start(require.resolve("tslab/bin/tslab"), "kernel", "--config-path", join(folder, "connection.json"));
    for (let tries = 0; tries < 300 && !existsSync(marker); tries++) await sleep(100);
    expect(existsSync(marker)).to.equal(true);
  });

  it("says in one line how it is used, when it is used wrongly", async () => {
    kernel = spawn(process.execPath, [...loader, launcher, "--config-path"], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    let said = "";
    kernel.stderr?.on("data", (chunk) => {
      said += chunk;
    });
    const code = await new Promise((done) => kernel.on("close", done));
    expect(code).to.equal(1);
    expect(said.trim()).to.match(/^usage: .*--config-path FILE.*$/);
  });
});
