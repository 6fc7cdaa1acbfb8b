import { parseArgs } from "node:util";
import { JupyterHandlerImpl } from "tslab/dist/jupyter.js";
import { startKernel } from "tslab/dist/main.js";
import { coalesce } from "./coalesce.js";
import { nameMissingAnswers } from "./missing-answer.js";
import { publishPatiently } from "./patient-publisher.js";
import { recordSession } from "./record-session.js";

/*
 * The `tslab` kernel that students get: `node launcher.js kernel --config-path {connection_file}`.
 *
 * It is tslab, with four differences: no output is lost (see patient-publisher.ts), cells can ask which of
 * them runs (session-state.ts), an answer that is not written yet is named without a stack, and the tslab that runs is the one that edgelab depends on. tslab's own command
 * looks for `node_modules/tslab` beside the notebook first, so that whoever can put a folder there runs code in
 * the kernel before the first cell.
 */

function coalesceStreams(): void {
  const handleExecute = JupyterHandlerImpl.prototype.handleExecute;
  JupyterHandlerImpl.prototype.handleExecute = async function (request, writeStream, writeDisplayData) {
    const { write, flush } = coalesce((name, text) =>
      writeStream(name, name === "stderr" ? nameMissingAnswers(text) : text),
    );
    try {
      return await handleExecute.call(this, request, write, (data, update) => {
        flush();
        writeDisplayData(data, update);
      });
    } finally {
      flush();
    }
  };
}

function connectionFile(): string | undefined {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { "config-path": { type: "string" } },
    });
    return positionals.join() === "kernel" ? values["config-path"] : undefined;
  } catch {
    return undefined;
  }
}

const configPath = connectionFile();
if (configPath === undefined) {
  console.error(
    "usage: launcher.js kernel --config-path FILE. Jupyter fills FILE in; start Jupyter instead.",
  );
  process.exitCode = 1;
} else {
  publishPatiently();
  coalesceStreams();
  recordSession();
  startKernel({ configPath, enableFindLocal: false });
}
