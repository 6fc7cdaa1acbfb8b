import { expect } from "chai";
import { defaultLimits } from "../../src/lab/manifest.js";
import { StudentClient, type StudentError } from "../../src/lab/student.js";
import { packageRoot } from "../package-root.js";
import { Engine } from "./engine.js";
import type { CellReport, NotebookSession } from "./notebook-session.js";

/** Real jails, of the best backend that works here. */
describe("a notebook session", function () {
  this.timeout(60_000);
  let engine: Engine;
  let session: NotebookSession | undefined;

  before(async () => {
    const limits = { ...defaultLimits, cellCpuMs: 700, callCpuMs: 700 };
    engine = await Engine.open({ isolation: "auto", packages: [], withheld: ["core/quantization"], limits });
  });
  afterEach(() => session?.close());
  after(() => engine.close());

  async function start(...sources: readonly string[]): Promise<readonly CellReport[]> {
    session = engine.session(
      sources.map((source, index) => ({ id: `c${index}`, source })),
      { keepOutputs: true },
    );
    return session.start();
  }

  const statuses = (reports: readonly CellReport[]): string => reports.map(({ status }) => status).join(" ");
  const client = (question = "q1"): StudentClient =>
    new StudentClient((request, name) => (session as NotebookSession).call(question, name, request));
  const failure = (call: Promise<unknown>): Promise<StudentError> =>
    call.then(
      (value) => {
        throw new Error(`answered ${String(value)}`);
      },
      (error: StudentError) => error,
    );

  it("runs cells and calls their functions", async () => {
    const reports = await start(
      "const k: number = 3;",
      "function f(x: Float32Array) { return x.map((v) => v * k) }",
    );
    expect(statuses(reports)).to.equal("ran ran");
    expect(await client().call("f", new Float32Array([1, 2]))).to.deep.equal(new Float32Array([3, 6]));
  });

  it("says why a cell did not run, and runs the others", async () => {
    const reports = await start(
      'const s: number = "x";',
      "function f() { return 1 }",
      "throw new RangeError('no')",
      "f()",
    );
    expect(statuses(reports)).to.equal("type-error ran threw ran");
    expect(reports[0]?.message).to.match(/^line 1: Type 'string'/);
    expect(reports[2]?.message).to.equal("RangeError: no");
  });

  it("leaves a cell out that loops, exits, or eats memory, and runs the rest again", async () => {
    const bomb = "const held: Buffer[] = []; for (;;) held.push(Buffer.alloc(64e6, 1))";
    const reports = await start(
      "const a = 1",
      "while (true) {}",
      "process.exit(0)",
      bomb,
      "function f() { return a }",
    );
    expect(statuses(reports)).to.equal("ran stopped stopped stopped ran");
    expect(reports[1]?.message).to.match(/0\.7 s of processor time/);
    expect(reports[2]?.message).to.match(/exit code 0/);
    expect(await client().call("f")).to.equal(1);
  });

  it("fails a call that takes the sandbox down, and answers the next one from a fresh one", async () => {
    await start(
      "function f() { return 1 }; function g(): number { process.exit(0) }; function loop() { for (;;); }",
    );
    expect((await failure(client().call("g"))).why).to.equal("stopped");
    expect(await client().call("f")).to.equal(1);
    expect((await failure(client().call("loop"))).message).to.match(/processor time/);
    expect(await client().call("f")).to.equal(1);
  });

  it("asks a function no more that had to be stopped twice, and the others of its question still", async () => {
    await start("function f() { return 1 }; function g(): number { process.exit(0) }");
    for (let i = 0; i < 2; i++) expect((await failure(client().call("g"))).message).to.match(/exit code 0/);
    expect((await failure(client().call("g"))).message).to.match(/g had to be stopped 2 times before/);
    expect(await client().call("f")).to.equal(1);
  });

  it("answers calls that are made at once, one after the other, also behind one that throws", async () => {
    await start("function f(x: number) { if (x === 0) throw new Error('zero'); return x }");
    const calls = [0, 1, 2].map((x) => client().call("f", x));
    expect((await failure(calls[0] as Promise<unknown>)).message).to.include("zero");
    // The next test begins while calls of the one before are under way.
    expect(await client().call("f", 3)).to.equal(3);
    expect(await Promise.all(calls.slice(1))).to.deep.equal([1, 2]);
  });

  it("fails a call that sleeps for ever: that is no starved machine", async () => {
    await start("function f() { return new Promise(() => {}) }");
    expect((await failure(client().call("f"))).message).to.match(/no answer within 4.1 s/);
  });

  it("blames the cell whose timer went off, and not the one that ran by then", async () => {
    const bomb = "const planted = setTimeout(() => process.exit(1), 20);";
    const busy = "await new Promise((resolve) => setTimeout(resolve, 60)); function f() { return 3 }";
    const reports = await start(bomb, busy, "function g() { return 4 }");
    expect(statuses(reports)).to.equal("stopped ran ran");
    expect(await client().call("f")).to.equal(3);
  });

  it("keeps a cell that prints on both streams in turn, ten thousand times", async () => {
    const reports = await start(
      "for (let i = 0; i < 5001; i++) { console.log(i); console.error(i); } function f() { return 1 }",
    );
    expect(reports[0]).to.include({ status: "ran", message: "" });
    expect(await client().call("f")).to.equal(1);
  });

  it("answers calls that are made at once one after the other", async () => {
    await start("function f(x: number) { return x }");
    const one = client();
    expect(await Promise.all([one.call("f", 1), one.call("f", 2)])).to.deep.equal([1, 2]);
  });

  it("compiles a notebook with a module of its own as if no other had been there", async () => {
    const use = 'import { x } from "./util"; function f() { return x }';
    expect(statuses(await start(use))).to.equal("type-error");
    await session?.close();
    expect(statuses(await start("/** @module util */\nexport const x = 5;", use))).to.equal("ran ran");
    expect(await client().call("f")).to.equal(5);
    await session?.close();
    expect(statuses(await start(use))).to.equal("type-error");
  });

  it("ends a sandbox that writes to the pipe on its own account", async () => {
    const forged =
      'import * as fs from "node:fs"; fs.writeSync(3, Buffer.from([5, 0, 0, 0, 1, 2, 3, 4, 5]));';
    const reports = await start(forged, "function f() { return 2 }");
    expect(statuses(reports)).to.equal("stopped ran");
    expect(await client().call("f")).to.equal(2);
  });

  it("does not let a cell see this repository, neither when it compiles nor when it runs", async () => {
    const hidden = `${packageRoot()}/labs/01-quantization/hidden/q1.test`;
    const reports = await start(
      'import a from "./hidden/q1.test"',
      `import b from ${JSON.stringify(hidden)}`,
      'import c from "edgelab/labs/01-quantization/hidden/q1.test"',
      'import d from "edgelab/core/quantization"',
      `require(${JSON.stringify(hidden)})`,
      `require("fs").readFileSync(${JSON.stringify(`${packageRoot()}/package.json`)})`,
      'require("edgelab/core/quantization")',
      `/// <reference path=${JSON.stringify(`${packageRoot()}/grader/cli.ts`)} />\nconst e = 1;`,
      'import { LabError } from "edgelab/core"',
    );
    expect(statuses(reports)).to.match(/^(type-error ){4}(threw ){3}(type-error|ran) ran$/);
    for (const { message, outputs } of reports)
      expect(message + JSON.stringify(outputs)).to.not.match(/question\(|devDependencies/);
  });

  it("does not carry declarations, modules or globals from one notebook to the next", async () => {
    await start(
      "const leaked = 1; declare global { var alsoLeaked: number }",
      "/** @module planted */\nexport const x = 1;",
    );
    await session?.close();
    const reports = await start("leaked", "alsoLeaked", 'import { x } from "./planted"', "globalThis.leaked");
    expect(statuses(reports)).to.match(/^type-error type-error type-error /);
  });

  it("keeps nothing of what cells write where nobody reads it", async () => {
    const cells = ["console.log('x'.repeat(1e6))", "throw new Error('y'.repeat(1e6))"];
    session = engine.session(cells.map((source, index) => ({ id: `c${index}`, source })));
    expect(JSON.stringify(await session.start()).length).to.be.lessThan(1_500);
  });

  it("keeps what is printed during calls by question, and out of the replies", async () => {
    await start('function f() { console.log("secret input"); return 1 }');
    await client("q2").call("f");
    expect(session?.printed("q2")).to.equal("secret input\n");
    expect(session?.printed("q1")).to.equal("");
  });
});
