import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { expect } from "chai";
import { packageRoot } from "../package-root.js";
import {
  finish,
  isolated,
  isRunning,
  jailSpec,
  killStarted,
  MiB,
  processStatus,
  skipUnlessItWorks,
  start,
  startsJail,
  until,
} from "./hostile-helpers.test.js";
import { defaultJailLimits } from "./limits.js";
import { processTree, residentBytes } from "./processes.js";

const total = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);

/** Each takes memory in another way, as fast as it can. */
const bombs = {
  "the heap": "const held = []; for (;;) held.push(new Array(1e5).fill({}))",
  buffers: "const held = []; for (;;) held.push(Buffer.alloc(1 << 24, 1))",
  "shared buffers":
    "const held = []; for (;;) held.push(new Uint8Array(new SharedArrayBuffer(1 << 24)).fill(1))",
  wasm: `const memory = new WebAssembly.Memory({ initial: 1 });
    for (;;) { memory.grow(256); new Uint8Array(memory.buffer).fill(1) }`,
};

for (const { backend } of isolated) {
  describe(`what hostile code can use up in ${backend.kind}`, () => {
    before(async function () {
      await skipUnlessItWorks(this, backend);
    });
    afterEach(killStarted);

    for (const [place, code] of Object.entries(bombs)) {
      it(`is its share of memory when it fills ${place}`, async () => {
        const { jail, root } = start(backend, code, { memoryBytes: 200 * MiB, dataBytes: 400 * MiB });
        let most = 0;
        const timer = setInterval(() => {
          most = Math.max(most, total(processTree(root).map(residentBytes)));
        }, 10);
        const { end } = await finish(jail);
        clearInterval(timer);
        if (end.kind === "killed") expect(end.reason).to.equal("memory");
        else expect(end.code).not.to.equal(0);
        // Between two looks of the watchdog only RLIMIT_DATA holds; code and libraries come on top.
        expect(most).to.be.within(100 * MiB, 550 * MiB);
      });
    }

    it("is RLIMIT_DATA where the watchdog would allow more", async () => {
      const limits = { memoryBytes: 4096 * MiB, dataBytes: 400 * MiB };
      const { end } = await finish(backend.spawn(jailSpec(["-e", bombs.buffers], { limits })));
      expect(end.kind).to.equal("exited");
      expect(end).not.to.include({ code: 0 });
    });

    for (const folder of ["/tmp", "/dev/shm"]) {
      it(`is few empty files in ${folder}, which take the kernel's memory and no space`, async () => {
        const code = `let n = 0; try { for (;; n++) fs.writeFileSync("${folder}/" + n, "") } catch {} say(n)`;
        const { end, printed } = await finish(start(backend, code).jail);
        if (end.kind === "killed") expect(end.reason).to.equal("memory");
        else expect(Number(printed)).to.be.within(1000, 20_000);
      });
    }

    it("is as many threads as its limit says", async () => {
      const code = `const { Worker } = require("node:worker_threads");
        const more = () => { try { new Worker("setInterval(() => {}, 1000)", { eval: true }).on("error", () => {}) } catch {} };
        setInterval(() => { for (let i = 0; i < 10; i++) more() }, 10)`;
      const { jail, root } = start(backend, code, { processes: 40 });
      let most = 0;
      const timer = setInterval(() => {
        const threads = processTree(root).map((pid) =>
          Number(/Threads:\s+(\d+)/.exec(processStatus(pid))?.[1] ?? 0),
        );
        most = Math.max(most, total(threads));
      }, 20);
      await until(() => most >= 20, "twenty threads");
      // Time for more than are allowed, which would be a hundred within 100 ms.
      setTimeout(() => jail.kill("done"), 500);
      await jail.ended;
      clearInterval(timer);
      // One thread is outside of its user namespace and not counted: bwrap's or unshare's.
      expect(most).to.be.within(20, 41);
    });

    it("is a bounded amount of output", async () => {
      const code = `const text = "x".repeat(65536); for (;;) fs.writeSync(2, text)`;
      const { end, printed } = await finish(start(backend, code).jail);
      expect(end).to.deep.equal({ kind: "killed", reason: "output" });
      expect(printed.length).to.equal(defaultJailLimits.outputBytes);
    });
  });

  describe(`a jail of ${backend.kind}`, () => {
    before(async function () {
      await skipUnlessItWorks(this, backend);
    });
    afterEach(killStarted);

    it("is out of reach of Ctrl-C in the grader's terminal", () => {
      const { root } = start(backend, "setInterval(() => {}, 1000)");
      const session = (pid: number) =>
        readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ")[3];
      expect(root).to.be.greaterThan(0);
      for (const pid of processTree(root)) expect(session(pid)).not.to.equal(session(process.pid));
    });

    it("leaves no process when it is killed, at whatever moment of its start", async () => {
      for (let waitMs = 0; waitMs < 60; waitMs += 6) {
        const { jail, root } = start(backend, "for (;;);");
        await new Promise((resolve) => setTimeout(resolve, waitMs));
        const tree = processTree(root);
        jail.kill("cpu-time");
        expect(await jail.ended).to.deep.equal({ kind: "killed", reason: "cpu-time" });
        await until(() => !tree.some(isRunning), "the end of every process");
      }
    });

    it("dies when the grader is killed and can't clean up", async () => {
      const code = `${startsJail(backend, "say('up'); for (;;);")}
        setInterval(() => process.stdout.write(jail.takeOutput()), 20);`;
      const args = ["--import", "tsx", "--input-type=module", "-e", code];
      const grader = spawn(process.execPath, args, {
        cwd: packageRoot(),
        stdio: ["ignore", "pipe", "inherit"],
      });
      await new Promise((resolve) => grader.stdout.once("data", resolve));
      const tree = processTree(grader.pid ?? 0).slice(1);
      expect(tree.length).to.be.at.least(2);
      expect(tree.every(isRunning)).to.equal(true);
      grader.kill("SIGKILL");
      await until(() => !tree.some(isRunning), "the end of every process");
    });
  });
}
