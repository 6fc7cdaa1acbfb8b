/**
 * The program of the sandbox: tslab's own executor, without TypeScript. It shares its realm with the
 * student's code, so nothing that it reports is believed but the values of calls.
 */
import { createRequire, Module } from "node:module";
import { Socket } from "node:net";
import { decode as decodeMessage, encode as encodeMessage } from "@msgpack/msgpack";
import { CallServer } from "../../src/lab/serve-call.js";
import { receiveFrames, sendFrame } from "./frames.js";
import type { CellMeta, Command, CompiledCell, Report } from "./messages.js";
import { OutputCollector } from "./outputs.js";

const tslabFolder = process.env.EDGELAB_TSLAB ?? "";
const requireTslab = createRequire(`${tslabFolder}/dist/`);
const outputs = new OutputCollector();
let current: CompiledCell = { diagnostics: [], meta: {} };

let displays = 0;

interface Executor {
  execute(source: string): Promise<boolean>;
  readonly locals: Record<string, unknown>;
}

/** tslab's display API: same names, same mime types, same updates by id. */
class Display {
  #shown = false;
  readonly #id: string | undefined;

  constructor(id?: string) {
    this.#id = id;
  }

  raw(contentType: string, content: string | Uint8Array): void {
    const data = content instanceof Uint8Array ? Buffer.from(content).toString("base64") : String(content);
    outputs.display({ [contentType]: data }, this.#id, this.#shown);
    this.#shown = this.#id !== undefined;
  }
}

const mimeTypes = {
  javascript: "text/javascript",
  html: "text/html",
  markdown: "text/markdown",
  latex: "text/latex",
  svg: "image/svg+xml",
  png: "image/png",
  jpeg: "image/jpeg",
  gif: "image/gif",
  pdf: "application/pdf",
  text: "text/plain",
} as const;

for (const [method, contentType] of Object.entries(mimeTypes)) {
  Object.defineProperty(Display.prototype, method, {
    value(this: Display, content: string | Uint8Array) {
      this.raw(contentType, content);
    },
  });
}

/** tslab's own modules that would load TypeScript or zeromq are put into the module cache as these. */
function provide(specifier: string, exports: object): void {
  const filename = requireTslab.resolve(specifier);
  const stub = new Module(filename);
  Object.assign(stub, { filename, loaded: true, exports });
  requireTslab.cache[filename] = stub;
}

function createExecutor(): Executor {
  const version = (requireTslab("../package.json") as { version: string }).version;
  provide("./public.js", {
    __esModule: true,
    versions: { tslab: version, typescript: "5.0.4", node: process.version },
    // An id that only has to differ from the others; node:crypto would cost every start its loading.
    newDisplay: () => new Display(`display-${++displays}`),
    display: new Display(),
  });
  provide("./metadata.js", { getCodeMetadata: (): CellMeta => current.meta });
  const tslab = requireTslab("./executor.js") as {
    createExecutor(root: string, converters: object, console: object): Executor;
  };
  const node = { convert: () => current, addModule: () => current.diagnostics };
  return tslab.createExecutor(
    process.cwd(),
    { node, close() {} },
    { log: console.log, error: console.error },
  );
}

function collect(name: "stdout" | "stderr"): typeof process.stdout.write {
  const decoder = new TextDecoder();
  return ((chunk: string | Uint8Array) => {
    outputs.write(name, typeof chunk === "string" ? chunk : decoder.decode(chunk));
    return true;
  }) as typeof process.stdout.write;
}

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function main(): void {
  const pipe = new Socket({ fd: 3 });
  const send = (report: Report): void => sendFrame(pipe, encodeMessage(report));
  const executor = createExecutor();
  const server = new CallServer(executor.locals);
  process.stdout.write = collect("stdout");
  process.stderr.write = collect("stderr");
  process.on("uncaughtException", (error) => console.error("UncaughtException:", error));
  process.on("unhandledRejection", (reason) => console.error("UnhandledPromiseRejection:", reason));

  const perform = async (command: Command): Promise<Report> => {
    if (command[0] === "cell") {
      current = command[2];
      const ok = await executor.execute("");
      // One turn, so that a rejection which nobody handled is reported with its cell.
      await nextTurn();
      return ["cell", command[1], ok, outputs.take()];
    }
    const reply = await server.serve(command[2]);
    return ["call", command[1], reply, outputs.take()];
  };
  // One at a time, in the order of arrival.
  let last: Promise<void> = Promise.resolve();
  const onCommand = (body: Buffer): void => {
    const command = decodeMessage(body) as Command;
    last = last.then(async () => send(await perform(command)));
  };
  receiveFrames(pipe, 64 * 1024 * 1024, onCommand, () => process.exit(1));
  pipe.on("end", () => process.exit(0));
  send(["ready"]);
}

main();
