import { sessionState } from "./kernel/session-state.js";

/** The cell whose code runs now. */
export interface RunningCell {
  /** The same each time the cell is run: its id, else something made of its code; absent where nothing is known. */
  readonly key: string | undefined;
  /** Another one each time a cell is run. */
  readonly execution: unknown;
}

export function runningCell(): RunningCell {
  const running = sessionState()?.running;
  if (running?.cellId !== undefined) return { key: running.cellId, execution: running };
  // tslab gives each execution a function of its own to write with.
  const execution = running ?? process.stdout.write;
  const code = running?.code ?? codeHash();
  return { key: code === undefined ? undefined : `code ${code}`, execution };
}

interface Frame {
  getFileName(): string | null;
  getScriptHash?(): string;
}

/** Of the code of the cell, which tslab compiles without a file name: the outermost such frame of the stack. */
function codeHash(): string | undefined {
  const { prepareStackTrace, stackTraceLimit } = Error;
  try {
    Error.stackTraceLimit = 100;
    Error.prepareStackTrace = (_, frames) => frames;
    const frames = new Error().stack as unknown as readonly Frame[];
    return frames.findLast((frame) => frame.getFileName()?.startsWith("evalmachine."))?.getScriptHash?.();
  } finally {
    Object.assign(Error, { prepareStackTrace, stackTraceLimit });
  }
}
