import { JupyterHandlerImpl, ZmqServer } from "tslab/dist/jupyter.js";
import { startSessionState } from "./session-state.js";

/** What tslab hides of itself in its types. */
interface ServerInside {
  handleExecute(socket: unknown, message: ExecuteMessage): Promise<void>;
}

interface HandlerInside {
  handleExecuteImpl(request: ExecuteMessage["content"], ...writers: unknown[]): Promise<unknown>;
}

interface ExecuteMessage {
  /** JupyterLab 4 and Notebook 7 name the cell here. */
  readonly metadata: { readonly cellId?: unknown };
  readonly content: { readonly code: string };
}

/**
 * Has the kernel note which cell runs. A request waits in a queue for those before it, so that its cell's id is
 * kept until the code begins.
 */
export function recordSession(): void {
  const begins = startSessionState();
  const cellIds = new WeakMap<object, string>();
  const server = ZmqServer.prototype as unknown as ServerInside;
  const handleExecute = server.handleExecute;
  server.handleExecute = function (socket, message) {
    const { cellId } = message.metadata;
    if (typeof cellId === "string") cellIds.set(message.content, cellId);
    return handleExecute.call(this, socket, message);
  };
  const handler = JupyterHandlerImpl.prototype as unknown as HandlerInside;
  const handleExecuteImpl = handler.handleExecuteImpl;
  handler.handleExecuteImpl = function (request, ...writers) {
    const cellId = cellIds.get(request);
    begins({ code: request.code, ...(cellId === undefined ? {} : { cellId }) });
    return handleExecuteImpl.call(this, request, ...writers);
  };
}
