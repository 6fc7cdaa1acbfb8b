import { runInThisContext } from "node:vm";
import { expect } from "chai";
import { sessionKey } from "./kernel/session-state.js";
import { type RunningCell, runningCell } from "./running-cell.js";

describe("the cell that runs", () => {
  const write = process.stdout.write;
  afterEach(() => {
    process.stdout.write = write;
    Reflect.deleteProperty(globalThis, sessionKey);
  });
  const inSession = (running: object) =>
    Object.defineProperty(globalThis, sessionKey, {
      value: { running, executed: new Map() },
      configurable: true,
    });

  it("is known by its id, and each run of it by itself", () => {
    inSession({ cellId: "a", code: "1" });
    const first = runningCell();
    expect(runningCell()).to.deep.equal(first);
    inSession({ cellId: "a", code: "2" });
    expect(runningCell().key).to.equal(first.key);
    expect(runningCell().execution).not.to.equal(first.execution);
  });

  it("is known by its code where the editor names no cell", () => {
    inSession({ code: "1" });
    const { key } = runningCell();
    inSession({ code: "2" });
    expect(runningCell().key).not.to.equal(key);
  });

  it("is known by its code in a kernel that tells nothing, also after an await and from a function of another cell", async () => {
    // As tslab runs a cell: a function, compiled without a file name, and streams of its own.
    const run = (code: string): Promise<RunningCell> => {
      process.stdout.write = write.bind(process.stdout);
      return runInThisContext(`(async function (look, shared) { ${code} })`)(runningCell, shared);
    };
    const shared = { later: runInThisContext("(function (look) { return look(); })") };
    const cells = ["return look();", "await 1; return look();", "return shared.later(look);"];
    const first = await Promise.all(cells.map(run));
    expect(new Set(first.map(({ key }) => key)).size).to.equal(3);
    for (const [i, code] of cells.entries()) {
      const again = await run(code);
      expect(again.key).to.equal(first[i]?.key);
      expect(again.execution).not.to.equal(first[i]?.execution);
    }
  });

  it("has no key outside of a kernel, and leaves how stacks are written alone", () => {
    const { prepareStackTrace, stackTraceLimit } = Error;
    expect(runningCell().key).to.equal(undefined);
    expect(Error.prepareStackTrace).to.equal(prepareStackTrace);
    expect(Error.stackTraceLimit).to.equal(stackTraceLimit);
  });
});
