import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { runExample } from "./run-example.js";

/** Runs the examples in docstrings; what their file exports is there without an import. */
const root = path.join(import.meta.dirname, "..");

interface Example {
  readonly file: string;
  readonly line: number;
  readonly code: string;
}

describe("the examples in docstrings", () => {
  for (const example of sources("src").flatMap(examplesOf)) {
    it(`${path.relative(root, example.file)}:${example.line} does what it says`, async () => {
      await runExample(example.code, await import(pathToFileURL(example.file).href));
    });
  }
});

function sources(folder: string): string[] {
  return readdirSync(path.join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts") && !/\.(test|peer)\.ts$/.test(name))
    .map((name) => path.join(root, folder, name));
}

function examplesOf(file: string): Example[] {
  const text = readFileSync(file, "utf8");
  return [...text.matchAll(/@example\s*\n((?:\s*\*.*\n)*?)\s*\* ```ts\n((?:\s*\*.*\n)*?)\s*\* ```/g)].map(
    (match) => ({
      file,
      line: text.slice(0, match.index).split("\n").length,
      code: (match[2] ?? "").replace(/^\s*\* ?/gm, ""),
    }),
  );
}
