import { type ChildProcess, spawn } from "node:child_process";
import { createHmac, randomBytes, randomUUID } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Dealer, Subscriber } from "zeromq";

export interface KernelOptions {
  /** The kernel's command, as in a kernel.json: "{connection_file}" stands for the file that is written here. */
  readonly argv: readonly string[];
  readonly cwd: string;
  /** How long any answer may take. */
  readonly timeoutMs: number;
  /** Ends the kernel, which Ctrl-C alone does not: it takes that for the end of a cell. */
  readonly signal?: AbortSignal;
}

export interface Executed {
  /** "ok", "error" or "abort". */
  readonly status: string;
  /** What the cell wrote to stdout and stderr. */
  readonly text: string;
}

interface Message {
  readonly type: string;
  readonly parentId: string;
  readonly content: Readonly<Record<string, unknown>>;
}

const delimiter = "<IDS|MSG>";
const host = "127.0.0.1";

/** Talks to a kernel that it starts, as Jupyter does: enough of the protocol to run a cell and see what it prints. */
export class KernelClient {
  readonly #options: KernelOptions;
  readonly #key = randomBytes(16).toString("hex");
  readonly #shell: Dealer;
  readonly #iopub: Subscriber;
  #folder = "";
  #kernel: ChildProcess | undefined;
  #said = "";

  private constructor(options: KernelOptions) {
    this.#options = options;
    this.#shell = new Dealer({ linger: 0, receiveTimeout: options.timeoutMs });
    this.#iopub = new Subscriber({ linger: 0, receiveTimeout: options.timeoutMs });
    options.signal?.addEventListener("abort", () => void this.close(), { once: true });
  }

  /** Starts a kernel and waits until it answers. */
  static async start(options: KernelOptions): Promise<KernelClient> {
    const client = new KernelClient(options);
    try {
      await client.#begin();
      return client;
    } catch (cause) {
      await client.close();
      throw new Error(`the kernel did not start: ${client.#said.trim().split("\n").at(-1) || cause}`, {
        cause,
      });
    }
  }

  async #begin(): Promise<void> {
    const [shell_port = 0, iopub_port = 0, stdin_port, control_port, hb_port] = await freePorts(5);
    this.#folder = await mkdtemp(join(tmpdir(), "edgelab-kernel-"));
    const file = join(this.#folder, "connection.json");
    const ports = { shell_port, iopub_port, stdin_port, control_port, hb_port };
    const connection = {
      ...ports,
      ip: host,
      transport: "tcp",
      key: this.#key,
      signature_scheme: "hmac-sha256",
    };
    await writeFile(file, JSON.stringify(connection), { mode: 0o600 });
    const [command = "", ...args] = this.#options.argv.map((arg) => arg.replace("{connection_file}", file));
    const kernel = spawn(command, args, { cwd: this.#options.cwd, stdio: ["ignore", "ignore", "pipe"] });
    this.#kernel = kernel;
    if (this.#options.signal?.aborted) kernel.kill("SIGKILL");
    kernel.stderr?.on("data", (chunk) => {
      this.#said = `${this.#said}${chunk}`.slice(-2000);
    });
    // A kernel that ended will never answer.
    const ended = new Promise<never>((_, reject) => {
      kernel.once("error", reject);
      kernel.once("exit", (code) => reject(new Error(`it ended with exit code ${code}`)));
    });
    ended.catch(() => {});
    this.#shell.connect(`tcp://${host}:${shell_port}`);
    this.#iopub.connect(`tcp://${host}:${iopub_port}`);
    this.#iopub.subscribe();
    await Promise.race([this.#handshake(), ended]);
  }

  // The first messages on the publishing socket are lost until the subscription has arrived there.
  async #handshake(): Promise<void> {
    for (;;) {
      const id = await this.#send("kernel_info_request", {}, {});
      await this.#receive(this.#shell);
      const heard = await this.#idleAfter(id, 300);
      if (heard) return;
    }
  }

  async #idleAfter(id: string, waitMs: number): Promise<boolean> {
    this.#iopub.receiveTimeout = waitMs;
    try {
      for (;;) if (isIdle(await this.#receive(this.#iopub), id)) return true;
    } catch {
      return false;
    } finally {
      this.#iopub.receiveTimeout = this.#options.timeoutMs;
    }
  }

  /** Runs a cell; `cellId` is what an editor would say of it. */
  async execute(code: string, cellId?: string): Promise<Executed> {
    const metadata = cellId === undefined ? {} : { cellId };
    const content = { code, silent: false, store_history: true, user_expressions: {}, allow_stdin: false };
    const id = await this.#send("execute_request", content, metadata);
    let text = "";
    for (;;) {
      const message = await this.#receive(this.#iopub);
      if (message.parentId !== id) continue;
      if (message.type === "stream") text += String(message.content.text);
      if (isIdle(message, id)) break;
    }
    const { content: reply } = await this.#receive(this.#shell);
    return { status: String(reply.status), text };
  }

  async #send(type: string, content: object, metadata: object): Promise<string> {
    const id = randomUUID();
    const date = new Date().toISOString();
    const header = {
      msg_id: id,
      session: this.#key,
      username: "edgelab",
      date,
      msg_type: type,
      version: "5.3",
    };
    const parts = [header, {}, metadata, content].map((part) => JSON.stringify(part));
    const hmac = createHmac("sha256", this.#key);
    for (const part of parts) hmac.update(part);
    await this.#shell.send([delimiter, hmac.digest("hex"), ...parts]);
    return id;
  }

  async #receive(socket: Dealer | Subscriber): Promise<Message> {
    const frames = (await socket.receive()).map(String);
    const [, header = "", parent = "", , content = ""] = frames.slice(frames.indexOf(delimiter) + 1);
    return {
      type: JSON.parse(header).msg_type,
      parentId: JSON.parse(parent).msg_id ?? "",
      content: JSON.parse(content),
    };
  }

  /** Ends the kernel. */
  async close(): Promise<void> {
    this.#shell.close();
    this.#iopub.close();
    this.#kernel?.kill("SIGKILL");
    if (this.#folder) await rm(this.#folder, { recursive: true, force: true });
  }
}

function isIdle({ type, parentId, content }: Message, id: string): boolean {
  return type === "status" && parentId === id && content.execution_state === "idle";
}

/** All are taken before the first is given back, so that they differ. */
async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer();
      await new Promise<void>((done, reject) => server.once("error", reject).listen(0, host, done));
      return server;
    }),
  );
  return Promise.all(
    servers.map(async (server) => {
      const address = server.address();
      await new Promise((done) => server.close(done));
      if (address === null || typeof address === "string") throw new Error("no free port");
      return address.port;
    }),
  );
}
