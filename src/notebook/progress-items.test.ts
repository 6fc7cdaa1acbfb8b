import { expect } from "chai";
import { progress } from "./progress.js";
import { itemsLine, runItems } from "./progress-items.js";

describe("the progress of a loop", () => {
  const global = globalThis as { __tslab__?: unknown };
  const lines: string[] = [];
  const log = console.log;
  beforeEach(() => {
    console.log = (line: string) => lines.push(line);
  });
  afterEach(() => {
    delete global.__tslab__;
    console.log = log;
    lines.length = 0;
  });
  const inKernel = () => {
    const newDisplay = () => ({ text: (line: string) => lines.push(line) });
    global.__tslab__ = { require: () => ({ newDisplay }) };
  };

  it("gives the results in order, of work with and without await, over anything that can be gone through", async () => {
    const work = async (n: number, i: number) => n * 10 + i;
    expect(await progress("x", new Set([3, 2]), work)).to.deep.equal([30, 21]);
    expect(await progress("x", Float32Array.of(1, 2), (n) => n + 1)).to.deep.equal([2, 3]);
    expect(await progress("x", [], work)).to.deep.equal([]);
  });

  it("draws one line anew, four times a second at most, with the time left", async () => {
    inKernel();
    let time = 0;
    const work = () => {
      time += 100;
    };
    await runItems("sweep", Array.from({ length: 6 }), work, () => time);
    expect(lines).to.deep.equal([
      "sweep: 0 of 6 · 0 s",
      "sweep: 3 of 6 · 0 s, about 0 s left",
      "sweep: 6 of 6 · 1 s",
    ]);
    expect(itemsLine("sweep", 2, 8, 4000)).to.equal("sweep: 2 of 8 · 4 s, about 12 s left");
  });

  it("lets the event loop come round before work that never does", async () => {
    inKernel();
    let sent = false;
    setTimeout(() => {
      sent = true;
    }, 0);
    await progress("x", [1], () => expect(sent).to.equal(true));
  });

  it("prints a line at the end where there is no kernel, and more only for long loops", async () => {
    await progress("x", [1, 2, 3], () => 1);
    expect(lines).to.deep.equal(["x: 3 of 3 · 0 s"]);
    let time = 0;
    await runItems(
      "long",
      [1, 2, 3],
      () => {
        time += 8000;
      },
      () => time,
    );
    expect(lines.slice(1)).to.deep.equal(["long: 2 of 3 · 16 s, about 8 s left", "long: 3 of 3 · 24 s"]);
  });

  it("names the item that failed, and leaves the line where it was", async () => {
    inKernel();
    const cause = new Error("no such width");
    let error: unknown;
    await progress("sweep", [{ bits: 8 }, { bits: 0 }], ({ bits }) => {
      if (bits === 0) throw cause;
    }).catch((thrown: unknown) => {
      error = thrown;
    });
    expect((error as Error).message).to.equal(
      "sweep: item 2 of 2, { bits: 0 }, failed: no such width. Try that item alone; nothing after it was done.",
    );
    expect((error as Error).cause).to.equal(cause);
    expect(lines).to.deep.equal(["sweep: 0 of 2 · 0 s"]);
  });
});
