/**
 * The program of the compiler's jail: tslab's own converter, kept warm. It executes nothing of what it
 * reads, and sees of the disk what a cell could import, no more.
 */
import { createRequire } from "node:module";
import { Socket } from "node:net";
import { decode as decodeMessage, encode as encodeMessage } from "@msgpack/msgpack";
import { receiveFrames, sendFrame } from "./frames.js";
import type { CellMeta, CompiledCell, Diagnostic } from "./messages.js";
import { type BuilderTypeScript, rememberReferences } from "./remember-references.js";

const tslabFolder = process.env.EDGELAB_TSLAB ?? "";
const requireTslab = createRequire(`${tslabFolder}/dist/`);

interface Converter {
  convert(previous: string, source: string): Omit<CompiledCell, "meta">;
  addModule(name: string, source: string, meta: CellMeta): Diagnostic[];
}

function createConverter(): { converter: Converter; metadata: (source: string) => CellMeta } {
  const ts = requireTslab("@tslab/typescript-for-tslab") as BuilderTypeScript & {
    sys: { watchFile?: () => { close(): void }; watchDirectory?: () => { close(): void } };
  };
  rememberReferences(ts);
  // Nothing that the converter can see ever changes: polling would only cost time. Must come first.
  ts.sys.watchFile = () => ({ close() {} });
  ts.sys.watchDirectory = () => ({ close() {} });
  const tslab = requireTslab("./converter.js") as { createConverter(options: object): Converter };
  const { getCodeMetadata } = requireTslab("./metadata.js") as { getCodeMetadata(source: string): CellMeta };
  return {
    converter: tslab.createConverter({ isJS: false, isBrowser: false }),
    metadata: getCodeMetadata,
  };
}

function main(): void {
  const pipe = new Socket({ fd: 3 });
  const { converter, metadata } = createConverter();
  const compile = (previous: string, source: string): CompiledCell => {
    const meta = metadata(source);
    if (meta.module) return { diagnostics: converter.addModule(meta.module, source, meta), meta };
    if (meta.mode === "browser") return { diagnostics: [], meta };
    return { ...converter.convert(previous, source), meta };
  };
  const onRequest = (body: Buffer): void => {
    const [id, previous, source] = decodeMessage(body) as [string, string, string];
    sendFrame(pipe, encodeMessage([id, compile(previous, source)], { ignoreUndefined: true }));
  };
  receiveFrames(pipe, 16 * 1024 * 1024, onRequest, (error) => {
    throw error;
  });
  pipe.on("end", () => process.exit(0));
  sendFrame(pipe, encodeMessage(["ready"]));
}

main();
