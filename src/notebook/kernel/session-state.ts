/** A cell whose code the kernel was asked to run. */
export interface ExecutedCell {
  /** The notebook's own id of the cell; absent where the editor sends none, such as classic Jupyter. */
  readonly cellId?: string;
  readonly code: string;
}

/** What edgelab's kernel knows about the session, beyond what tslab offers. */
export interface SessionState {
  /** The cell that runs now; between cells the one that ran last. */
  readonly running: ExecutedCell | undefined;
  /** The code that each cell was last run with, by its id: what is in the editor, saved or not. */
  readonly executed: ReadonlyMap<string, string>;
}

/** Where the state lies on `globalThis`: whoever imports edgelab in a cell may have another copy of this module. */
export const sessionKey = Symbol.for("edgelab.session");

/** The state of this kernel's session; none in a stock tslab kernel, and none outside of a kernel. */
export function sessionState(): SessionState | undefined {
  return (globalThis as { [sessionKey]?: SessionState })[sessionKey];
}

/** Offers a session's state from now on; what it gives back is called as each cell begins. */
export function startSessionState(): (cell: ExecutedCell) => void {
  const executed = new Map<string, string>();
  const state: { running: ExecutedCell | undefined; readonly executed: ReadonlyMap<string, string> } = {
    running: undefined,
    executed,
  };
  Object.defineProperty(globalThis, sessionKey, { value: state, configurable: true });
  return (cell) => {
    state.running = cell;
    if (cell.cellId !== undefined) executed.set(cell.cellId, cell.code);
  };
}
