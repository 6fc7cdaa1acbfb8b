import { createRequire } from "node:module";
import { join } from "node:path";
import type * as typescript from "typescript";

/** The TypeScript that tslab brings, 5.0; its interface is the one of the TypeScript that is installed here. */
export type TypeScript = typeof typescript;

const requireTslab = createRequire(createRequire(import.meta.url).resolve("tslab/package.json"));

export const ts = requireTslab("@tslab/typescript-for-tslab") as TypeScript;

/** The options of tslab's converter that decide what an import resolves to, and what is refused. */
const options: typescript.CompilerOptions = {
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Node10,
  esModuleInterop: true,
  target: ts.ScriptTarget.ES2022,
  lib: ["lib.es2022.d.ts"],
  skipLibCheck: true,
};

/** A program of one file in this folder, which need not exist. */
export function programOf(folder: string, source: string): { program: typescript.Program; file: string } {
  const file = join(folder, "__types__.ts");
  const host = ts.createCompilerHost(options);
  const { fileExists, readFile } = host;
  host.fileExists = (name) => name === file || fileExists(name);
  host.readFile = (name) => (name === file ? source : readFile(name));
  host.getCurrentDirectory = () => folder;
  return { program: ts.createProgram([file], options, host), file };
}

interface Diagnostic {
  readonly start: { readonly line: number };
  readonly code: number;
  readonly messageText: string;
}

interface Converter {
  convert(previous: string, source: string): { readonly diagnostics: readonly Diagnostic[] };
  close(): void;
}

/** tslab's own converter, as the kernel makes it for a notebook in this folder. */
export function openConverter(folder: string): Converter {
  const { createConverter } = requireTslab("./dist/converter.js") as {
    createConverter(options: object): Converter;
  };
  const { getCurrentDirectory, watchFile, watchDirectory } = ts.sys;
  const still = { close() {} };
  // Where it works, and what it watches, is asked once.
  Object.assign(ts.sys, {
    getCurrentDirectory: () => folder,
    watchFile: () => still,
    watchDirectory: () => still,
  });
  try {
    return createConverter({ isJS: false, isBrowser: false });
  } finally {
    Object.assign(ts.sys, { getCurrentDirectory, watchFile, watchDirectory });
  }
}
