/*
 * The program that runs a notebook once, without Jupyter: tslab's own converter and executor, as in the kernel.
 * It gets one job from its parent, reports on each step, and ends.
 */
import { writeSync } from "node:fs";
import { setImmediate as nextTurn } from "node:timers/promises";
import { stripVTControlCharacters } from "node:util";
import { createConverter } from "tslab/dist/converter.js";
import { createExecutor } from "tslab/dist/executor.js";
import { JupyterHandlerImpl } from "tslab/dist/jupyter.js";
import { runCheck } from "../check.js";
import { kernelSession } from "../kernel-session.js";
import type { Job, Report } from "./messages.js";

/** More of what a cell wrote says nothing more about why it failed. */
const maxKeptCharacters = 32 * 1024;

const parent = process.send?.bind(process);

/** Waits until it is sent: what comes next may keep this process busy for good. */
function report(message: Report): Promise<void> {
  return new Promise((done) => parent?.(message, undefined, undefined, () => done()));
}

class Notebook {
  #compileCpuMs = 0;
  readonly #handler: JupyterHandlerImpl;

  constructor(folder: string) {
    const converter = createConverter({ isJS: false, isBrowser: false });
    const convert = converter.convert;
    converter.convert = (previous, source) => {
      const start = cpuMs();
      try {
        return convert(previous, source);
      } finally {
        this.#compileCpuMs += cpuMs() - start;
      }
    };
    // Cells for the browser do nothing in this version of tslab.
    const converters = { node: converter, browser: converter, close: () => converter.close() };
    this.#handler = new JupyterHandlerImpl(createExecutor(folder, converters, console), false);
  }

  async run(id: string, code: string): Promise<Report> {
    let written = "";
    const write = (name: string, text: string) => {
      if (name === "stderr") written = `${written}${text}`.slice(0, maxKeptCharacters);
    };
    const start = cpuMs() - this.#compileCpuMs;
    const request = { code, silent: false, store_history: true, user_expressions: {} };
    const { status } = await this.#handler.handleExecute(request, write, () => {});
    await nextTurn();
    const spentMs = cpuMs() - this.#compileCpuMs - start;
    if (status === "ok") return { type: "cell", id, error: "", cpuMs: spentMs };
    // tslab lets the requests that wait fall through for a while; here none waits.
    (this.#handler as unknown as { execQueue: { reset(): void } }).execQueue.reset();
    return { type: "cell", id, error: errorLine(written), cpuMs: spentMs };
  }
}

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Of what tslab writes when a cell fails, the line that says why. */
function errorLine(stderr: string): string {
  const lines = stripVTControlCharacters(stderr).split("\n");
  const [, line, message] = /^(\d+):\d+ - (.*)$/.exec(lines[0] ?? "") ?? [];
  if (line !== undefined) return `line ${line}: ${message}`;
  const thrown = lines.find((text) => /^(Uncaught )?[\w.]*(Error|Exception)\b/.test(text));
  return thrown ?? lines.find((text) => text.trim() !== "") ?? "the cell threw";
}

async function run({ labDir, cells, questions }: Job): Promise<void> {
  process.chdir(labDir);
  const notebook = new Notebook(labDir);
  for (const { id, source } of cells) {
    await report({ type: "begins", step: { kind: "cell", id } });
    await report(await notebook.run(id, source));
  }
  for (const id of questions) {
    await report({ type: "begins", step: { kind: "question", id } });
    const start = performance.now();
    const { outcomes } = await runCheck(id, labDir, kernelSession());
    await report({ type: "question", id, outcomes, durationMs: performance.now() - start });
  }
  await report({ type: "done" });
}

// As in the kernel: neither ends the session.
process.on("uncaughtException", () => {});
process.on("unhandledRejection", () => {});
// Ctrl-C is for the parent, which ends this process.
process.on("SIGINT", () => {});
process.on("disconnect", () => process.exit(1));
process.once("message", (job: Job) => {
  run(job).then(
    () => process.exit(0),
    (error: unknown) => {
      // Past tslab, which takes over the stream and never says that it has written.
      writeSync(2, `${error instanceof Error ? error.message : String(error)}\n`);
      process.exit(1);
    },
  );
});
