import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { expect } from "chai";
import { transformSync } from "esbuild";

/**
 * Runs the examples in docstrings. A line `expression; // value` promises that value, and
 * `expression; // throws "message"` that error; what else stands in an example only has to run.
 */
const root = path.join(import.meta.dirname, "..");

interface Example {
  readonly file: string;
  readonly line: number;
  readonly code: string;
}

const promise = /^(?!const |let |\/\/)(.+);\s*\/\/ (.+)$/;
const AsyncFunction = (async () => {}).constructor as new (
  ...args: string[]
) => (...args: unknown[]) => Promise<unknown>;

describe("the examples in docstrings", () => {
  for (const example of sources("src").flatMap(examplesOf)) {
    it(`${path.relative(root, example.file)}:${example.line} does what it says`, () => run(example));
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

async function run({ file, code }: Example): Promise<void> {
  const module: Record<string, unknown> = await import(pathToFileURL(file).href);
  const lines = code.split("\n").map((line) => (line.startsWith("import ") ? imported(line) : checked(line)));
  const { code: script } = transformSync(lines.join("\n"), { loader: "ts" });
  const same = (actual: unknown, expected: unknown): void => {
    expect(actual).to.deep.equal(expected);
  };
  const throws = (work: () => unknown, message: string): void => {
    expect(work).to.throw(message);
  };
  await new AsyncFunction(...Object.keys(module), "same", "throws", script)(
    ...Object.values(module),
    same,
    throws,
  );
}

/** An import from edgelab becomes one of the sources, which share their classes with the file under test. */
function imported(line: string): string {
  const [, names, subpath] = /^import \{ (.+) \} from "edgelab\/(.+)";$/.exec(line) ?? [];
  if (!names || !subpath) throw new Error(`an example can import { names } from "edgelab/…" only: ${line}`);
  const source = pathToFileURL(path.join(root, "src", subpath, "index.ts")).href;
  return `const { ${names} } = await import(${JSON.stringify(source)});`;
}

/** `f(1); // 2` becomes a comparison. A typed array is written as Node prints it: `Uint8Array [1, 2]`. */
function checked(line: string): string {
  const [, expression, value] = promise.exec(line) ?? [];
  if (!expression || !value) return line;
  if (value.startsWith("throws ")) return `throws(() => ${expression}, ${value.slice("throws ".length)});`;
  return `same(${expression}, (${value.replace(/^(\w+Array) (\[.*\])$/, "$1.of(...$2)")}));`;
}
