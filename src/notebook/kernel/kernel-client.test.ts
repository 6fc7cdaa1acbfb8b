import { tmpdir } from "node:os";
import { setTimeout as delay } from "node:timers/promises";
import { expect } from "chai";
import { KernelClient } from "./kernel-client.js";
import { kernelSpec } from "./kernel-spec.js";

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe("a kernel that we start ourselves", function () {
  this.timeout(60_000);

  it("ends at once when it is stopped, in the middle of a cell too", async () => {
    const stop = new AbortController();
    const { argv } = kernelSpec();
    const kernel = await KernelClient.start({ argv, cwd: tmpdir(), timeoutMs: 45_000, signal: stop.signal });
    const pid = Number((await kernel.execute("console.log(process.pid);")).text);
    expect(isThere(pid)).to.equal(true);
    const waiting = kernel
      .execute("await new Promise((done) => setTimeout(done, 40_000));")
      .catch(() => "ended");
    await delay(300);
    stop.abort();
    expect(await Promise.race([waiting, delay(20_000, "still waiting")])).to.equal("ended");
    for (let tries = 0; isThere(pid) && tries < 200; tries++) await delay(100);
    expect(isThere(pid)).to.equal(false);
  });
});
