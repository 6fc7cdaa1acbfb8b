import path from "node:path";
import { pathToFileURL } from "node:url";
import { expect } from "chai";
import { transformSync } from "esbuild";

const root = path.join(import.meta.dirname, "..");
const promise = /^(?!const |let |\/\/)(.+);\s*\/\/ (.+)$/;
const AsyncFunction = (async () => {}).constructor as new (
  ...args: string[]
) => (...args: unknown[]) => Promise<unknown>;

/**
 * Runs an example. A line `expression; // value` promises that value, and `expression; // throws "message"` that
 * error; what else stands there only has to run.
 */
export async function runExample(
  code: string,
  module: Readonly<Record<string, unknown>> = {},
): Promise<void> {
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
