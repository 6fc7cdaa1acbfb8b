import { createRequire } from "node:module";
import type ts from "typescript";

export type TypeScript = typeof ts;

let loaded: TypeScript | undefined;

/** The TypeScript that tslab compiles cells with, so that what is read here is what the kernel will read. */
export function kernelTypeScript(): TypeScript {
  if (loaded) return loaded;
  const fromTslab = createRequire(createRequire(import.meta.url).resolve("tslab/package.json"));
  loaded = fromTslab("@tslab/typescript-for-tslab") as TypeScript;
  return loaded;
}

/** A cell as a tree whose nodes know their parents; as a module, or `await (x)` would be a call of "await". */
export function parseTypeScript(text: string): ts.SourceFile {
  const { createSourceFile, ScriptTarget } = kernelTypeScript();
  const options: ts.CreateSourceFileOptions = {
    languageVersion: ScriptTarget.ES2022,
    setExternalModuleIndicator: (file) => Object.assign(file, { externalModuleIndicator: true }),
  };
  return createSourceFile("cell.ts", text, options, true);
}

/** Calls `visit` with a node and all that lies below it, from the front to the back. */
export function walk(node: ts.Node, visit: (node: ts.Node) => void): void {
  visit(node);
  node.forEachChild((child) => walk(child, visit));
}
