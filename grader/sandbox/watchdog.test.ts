import { availableParallelism } from "node:os";
import { expect } from "chai";
import type { Jail, JailLimits } from "./jail.js";
import { launch } from "./launch.js";
import { defaultJailLimits } from "./limits.js";
import { processTree } from "./processes.js";

const MiB = 1024 * 1024;

/** A plain process of this machine, watched as a jail is. */
function start(code: string, limits: Partial<JailLimits> = {}): Jail {
  return launch({
    command: [process.execPath, "-e", `const { spawn, spawnSync } = require("node:child_process"); ${code}`],
    env: {},
    cwd: "/",
    limits: { ...defaultJailLimits, ...limits },
    ownTmp: false,
  });
}

async function until<T>(look: () => T | undefined): Promise<T> {
  for (let tries = 0; tries < 200; tries += 1) {
    const seen = look();
    if (seen !== undefined) return seen;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error("it did not happen within 5 s");
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe("the watchdog", () => {
  it("counts the CPU time of children that have ended", async () => {
    const burn = "const end = process.cpuUsage().user + 3e5; while (process.cpuUsage().user < end);";
    const jail = start(
      `spawnSync(process.execPath, ["-e", ${JSON.stringify(burn)}]); setInterval(() => {}, 1000)`,
    );
    const usage = await until(() => (jail.usage().cpuMs >= 300 ? jail.usage() : undefined));
    expect(usage.cpuMs).to.be.lessThan(1500);
    jail.kill("done");
    expect(await jail.ended).to.deep.equal({ kind: "killed", reason: "done" });
    expect(jail.usage().cpuMs, "after the end").to.be.at.least(300);
  });

  it("does not count time asleep, neither as CPU time nor as waiting for a processor", async () => {
    // It says when it has started: that takes processor time, and longer on a busy machine.
    const jail = start(`setTimeout(() => {}, 60_000);
      setTimeout(() => require("node:fs").writeSync(1, "asleep"), 200);`);
    await until(() => jail.takeOutput() || undefined);
    const before = jail.usage();
    await new Promise((resolve) => setTimeout(resolve, 300));
    const after = jail.usage();
    jail.kill("done");
    expect(after.cpuMs - before.cpuMs).to.be.lessThan(100);
    expect(after.runDelayMs - before.runDelayMs).to.be.lessThan(100);
  });

  it("sees threads wait that share too few processors", async function () {
    const threadsNeeded = 4 * availableParallelism();
    if (threadsNeeded > 64) this.skip();
    // All until the same moment, or on a busy machine the first would be done before the last begins.
    const spin = 'const { workerData: end } = require("node:worker_threads"); while (Date.now() < end);';
    const threads = `const { Worker } = require("node:worker_threads");
      const workerData = Date.now() + 5000;
      for (let i = 0; i < ${threadsNeeded}; i++) new Worker(${JSON.stringify(spin)}, { eval: true, workerData });`;
    const jail = start(threads);
    // While they run: a thread's waiting is forgotten with the thread.
    await until(() => (jail.usage().runDelayMs > 300 ? true : undefined));
    jail.kill("done");
  });

  it("kills a tree whose processes hold too much together, though none does alone", async () => {
    const hold = `globalThis.held = Buffer.alloc(${60 * MiB}, 1); setInterval(() => {}, 1000);`;
    const jail = start(
      `for (let i = 0; i < 3; i++) spawn(process.execPath, ["-e", ${JSON.stringify(hold)}]); setInterval(() => {}, 1000)`,
      { memoryBytes: 170 * MiB },
    );
    expect(await jail.ended).to.deep.equal({ kind: "killed", reason: "memory" });
  });

  it("leaves alone a tree that shares its memory, where resident sizes add up to more than there is", async () => {
    // Four bare Nodes are resident with 4 × 45 MB, most of which is one copy of Node's own code.
    const sleep = "setTimeout(() => {}, 600)";
    const jail = start(`for (let i = 0; i < 3; i++) spawn(process.execPath, ["-e", "${sleep}"]); ${sleep}`, {
      memoryBytes: 140 * MiB,
    });
    expect(await jail.ended).to.deep.equal({ kind: "exited", code: 0, signal: null });
  });

  it("kills the whole tree, a grandchild with a session of its own included", async () => {
    const grandchild = "setInterval(() => {}, 1000)";
    const child = `require("node:child_process").spawn(process.execPath, ["-e", "${grandchild}"], { detached: true });
      process.on("SIGTERM", () => {}); setInterval(() => {}, 1000);`;
    const jail =
      start(`const child = spawn(process.execPath, ["-e", ${JSON.stringify(child)}], { detached: true });
      require("node:fs").writeSync(1, String(process.pid)); setInterval(() => {}, 1000);`);
    const pid = Number(await until(() => jail.takeOutput() || undefined));
    const tree = await until(() => (processTree(pid).length === 3 ? processTree(pid) : undefined));
    jail.kill("wall-time");
    expect(await jail.ended).to.deep.equal({ kind: "killed", reason: "wall-time" });
    await until(() => (tree.some(alive) ? undefined : true));
  });

  it("ends a flood of output and says so", async () => {
    const jail = start(`const text = "x".repeat(65536); for (;;) require("node:fs").writeSync(1, text)`);
    expect(await jail.ended).to.deep.equal({ kind: "killed", reason: "output" });
    expect(jail.takeOutput().length).to.equal(defaultJailLimits.outputBytes);
  });

  it("says that a program which does not exist has ended, without throwing", async () => {
    const limits = defaultJailLimits;
    const jail = launch({ command: ["/nonexistent/program"], env: {}, cwd: "/", limits, ownTmp: false });
    expect(await jail.ended).to.deep.equal({ kind: "exited", code: null, signal: null });
    expect(jail.usage()).to.deep.equal({ cpuMs: 0, runDelayMs: 0 });
  });

  it("reports an exit as an exit when the kill comes too late", async () => {
    const jail = start("process.exit(7)");
    const end = await jail.ended;
    jail.kill("cpu-time");
    expect(end).to.deep.equal({ kind: "exited", code: 7, signal: null });
    expect(await jail.ended).to.equal(end);
  });
});
