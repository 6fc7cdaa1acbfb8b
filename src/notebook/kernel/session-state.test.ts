import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { KernelClient } from "./kernel-client.js";
import { sessionState, startSessionState } from "./session-state.js";

const launcher = fileURLToPath(new URL("launcher.ts", import.meta.url));
const argv = [
  process.execPath,
  ...["--import", import.meta.resolve("tsx")],
  ...[launcher, "kernel", "--config-path", "{connection_file}"],
];

const show = 'console.log(JSON.stringify(globalThis[Symbol.for("edgelab.session")].running));';
const list = 'console.log(JSON.stringify([...globalThis[Symbol.for("edgelab.session")].executed]));';

describe("the session's state", () => {
  it("is absent where there is no kernel of ours", () => {
    expect(sessionState()).to.equal(undefined);
  });

  it("keeps the last code of each cell, and the cell that ran last", () => {
    const begins = startSessionState();
    try {
      begins({ cellId: "a", code: "1" });
      begins({ cellId: "b", code: "2" });
      begins({ cellId: "a", code: "3" });
      begins({ code: "typed in a console" });
      expect([...(sessionState()?.executed ?? [])]).to.deep.equal([
        ["a", "3"],
        ["b", "2"],
      ]);
      expect(sessionState()?.running).to.deep.equal({ code: "typed in a console" });
    } finally {
      Reflect.deleteProperty(globalThis, Symbol.for("edgelab.session"));
    }
  });

  it("tells a cell its id and its code, in the kernel itself", async function () {
    this.timeout(60_000);
    const kernel = await KernelClient.start({ argv, cwd: import.meta.dirname, timeoutMs: 50_000 });
    try {
      const first = await kernel.execute(show, "cell-1");
      expect(first.status).to.equal("ok");
      expect(JSON.parse(first.text)).to.deep.equal({ code: show, cellId: "cell-1" });
      expect(JSON.parse((await kernel.execute(show)).text)).to.deep.equal({ code: show });
      expect((await kernel.execute("throw new Error('no')", "cell-2")).status).to.equal("error");
      await new Promise((done) => setTimeout(done, 400));
      const all = JSON.parse((await kernel.execute(list, "cell-1")).text);
      expect(all).to.deep.equal([
        ["cell-1", list],
        ["cell-2", "throw new Error('no')"],
      ]);
    } finally {
      await kernel.close();
    }
  });
});
