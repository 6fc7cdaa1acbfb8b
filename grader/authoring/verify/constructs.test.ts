import { expect } from "chai";
import { defaultLimits } from "../../../src/lab/manifest.js";
import { Compiler } from "../../engine/compiler.js";
import { Engine } from "../../engine/engine.js";
import { programSpec } from "../../engine/toolchain.js";
import { chooseIsolation } from "../../sandbox/choose.js";
import { defaultJailLimits } from "../../sandbox/limits.js";
import { sandboxView } from "../../sandbox/view.js";
import { type Refused, whyRefused } from "./constructs.js";

const isAwait = /await before a parenthesis/;
const isExport = /exports nothing/;

/** What is said of each cell, and of which line. */
const refused: readonly (readonly [cell: string, line: number, what: RegExp])[] = [
  ["await (Promise.resolve(1));", 0, isAwait],
  ["const x = await (async () => 5)();", 0, isAwait],
  ["await [1];", 0, isAwait],
  ["await -1;", 0, isAwait],
  ["async function* f() { yield 1; }\nfor await (const x of f()) x;", 1, /for await/],
  ["import.meta.url", 0, /import\.meta/],
  ["\nconsole.log(__dirname);", 1, /__dirname/],
  ["export const a = 1;", 0, isExport],
  ["export function f() { return 1; }", 0, isExport],
  ["export class A {}", 0, isExport],
  ["export type A = 1;", 0, isExport],
  ["const a = 1;\nexport { a };", 1, isExport],
  ["using r = { [Symbol.dispose]() {} };", 0, /no `using`/],
  [
    "function logged(value: Function, context: ClassMethodDecoratorContext) { return value; }\nclass D { @logged run() {} }",
    1,
    /decorators/,
  ],
  ["const fs = await import('node:fs');", 0, /import \* as/],
  ["import { x } from './x.ts';\nx", 0, /`\.ts` file/],
  ["import fs = require('fs');\nfs.readFileSync", 0, /import name = require/],
  ["const a = 1;\nconst b: string = a;", 1, /not assignable to type 'string'/],
];

/** Cells that look like them, and run. */
const taken: readonly string[] = [
  "await Promise.resolve(1);",
  "await null;\nawait (async () => 6)()",
  "async function f() { await (Promise.resolve(1)); }\nawait f();",
  "async function f() { await (Promise.resolve(1)); }",
  "async function* g() { yield 1; }\nasync function h() { for await (const x of g()) x; }",
  "namespace a { export const x = 1; }\na.x",
  "const os = await import('os');\nos.EOL",
  "const using = 1;\nusing",
  "typeof __filename",
  "import { join } from 'node:path';\njoin('a.ts', './b.ts')",
];

describe("what the kernel refuses", function () {
  this.timeout(120_000);
  let engine: Engine;
  let compiler: Compiler;
  before(async () => {
    const lab = { isolation: "auto", packages: [], withheld: [], limits: defaultLimits } as const;
    engine = await Engine.open(lab);
    const { backend } = await chooseIsolation("auto");
    compiler = new Compiler(
      backend,
      programSpec("compiler", sandboxView(lab).mounts, defaultJailLimits, 1536),
    );
    await compiler.startNotebook([]);
  });
  after(() => Promise.all([engine?.close(), compiler?.close()]));

  async function runs(source: string): Promise<boolean> {
    const session = engine.session([{ id: "cell", source }]);
    const [report] = await session.start();
    await session.close();
    return report?.status === "ran";
  }
  const reasons = async (source: string): Promise<Refused[]> =>
    whyRefused(source, await compiler.compile("", source));

  for (const [cell, line, what] of refused)
    it(`does not run, and is told of: ${cell
      .trim()
      .split("\n")
      .at(line === 0 ? 0 : -1)}`, async () => {
      expect(await runs(cell)).to.equal(false);
      const [first, ...others] = await reasons(cell);
      expect(first?.what).to.match(what);
      expect(first?.line).to.equal(line);
      expect(others.every((other) => other.line === line)).to.equal(true);
    });

  for (const cell of taken)
    it(`runs, and is not told of: ${cell.split("\n").at(-1)}`, async () => {
      expect(await runs(cell)).to.equal(true);
      expect(await reasons(cell)).to.deep.equal([]);
    });

  it("is told of beside an error of another kind, and not blamed for it", async () => {
    const cell = "const os = await import('os');\nconst wrong: string = 5;";
    expect(await reasons(cell)).to.deep.equal([
      { line: 1, what: "Type 'number' is not assignable to type 'string'." },
    ]);
  });
});
