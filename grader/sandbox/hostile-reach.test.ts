import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { packageRoot } from "../package-root.js";
import {
  finish,
  inside,
  isolated,
  jailSpec,
  MiB,
  skipUnlessItWorks,
  startsJail,
} from "./hostile-helpers.test.js";
import type { IsolationBackend, Mount } from "./jail.js";
import { none } from "./none.js";
import { sharedLibraries } from "./runtime.js";
import { checkedCalls, refusals } from "./seccomp.js";
import { findTool } from "./tools.js";

for (const { backend, spawnProgram } of isolated) {
  describe(`what hostile code reaches in ${backend.kind}`, () => {
    before(async function () {
      await skipUnlessItWorks(this, backend);
    });

    it("is Node, its libraries and its mounts, and nothing else of the host", async () => {
      const system = ["/etc", "/bin", "/sys", "/root", "/home", "/run", "/var", "/usr/bin", "/dev/tty"];
      const code = `say({ folders: fs.readdirSync("/"), opt: fs.readdirSync("/opt/node/bin"),
        devices: fs.readdirSync("/dev"), there: process.argv.slice(1).filter((path) => fs.existsSync(path)) })`;
      const seen = await inside(backend, code, { args: [packageRoot(), homedir(), ...system] });
      const { folders, ...rest } = seen as { folders: string[] };
      expect(rest).to.deep.equal({
        there: [],
        opt: ["node", "prlimit"],
        devices: ["full", "null", "random", "shm", "urandom", "zero"],
      });
      expect(["dev", "lib", "lib64", "opt", "proc", "tmp", "usr"]).to.include.members(folders);
    });

    it("can be written to in /tmp and /dev/shm alone, which are small", async () => {
      const folder = openFolder();
      const code = `
        const fill = (path) => { const file = fs.openSync(path, "w"); let written = 0;
          for (;;) try { written += fs.writeSync(file, Buffer.alloc(65536)); }
            catch (error) { return [error.code, written]; } };
        const paths = ["/x", "/dev/x", "/opt/x", "/opt/node/bin/node", "/lab/data/file", "/lab/data/new",
          "/proc/sys/kernel/hostname", "/proc/sys/kernel/core_pattern"];
        say({ write: paths.map((path) => attempt(() => fs.writeFileSync(path, "x"))),
          change: [attempt(() => fs.chmodSync("/lab/data/file", 0o600)), attempt(() => fs.unlinkSync("/lab/data/file"))],
          tmp: fill("/tmp/full"), shm: fill("/dev/shm/full") })`;
      const mounts = [{ source: folder, target: "/lab/data" }];
      const found = await inside(backend, code, { mounts, limits: { tmpBytes: 4 * MiB, shmBytes: MiB } });
      const { write, change, tmp, shm } = found as Record<"write" | "change" | "tmp" | "shm", unknown[]>;
      for (const answer of [...write, ...change]) expect(answer).to.be.oneOf(["EROFS", "EACCES", "EPERM"]);
      expect(tmp).to.deep.equal(["ENOSPC", 4 * MiB]);
      expect(shm).to.deep.equal(["ENOSPC", MiB]);
      expect(readFileSync(join(folder, "file"), "utf8")).to.equal("host");
      rmSync(folder, { recursive: true });
    });

    it("has nobody's rights: no capability, no new privileges, and the filter, for its reaper too", async () => {
      const code = `
        const fields = (pid) => Object.fromEntries(fs.readFileSync("/proc/" + pid + "/status", "utf8").split("\\n")
          .map((line) => line.split(":\\t")).filter(([name]) => /^Cap|^NoNewPrivs|^Seccomp$/.test(name)));
        say({ uid: process.getuid(), gid: process.getgid(), self: fields("self"), reaper: fields(1) })`;
      const zero = "0000000000000000";
      const rights = { CapInh: zero, CapPrm: zero, CapEff: zero, CapBnd: zero, CapAmb: zero };
      const expected = { ...rights, NoNewPrivs: "1", Seccomp: "2" };
      const found = await inside(backend, code);
      expect(found).to.deep.equal({ uid: 65534, gid: 65534, self: expected, reaper: expected });
    });

    it("includes no process of the host", async () => {
      const pids = await inside(backend, `say(fs.readdirSync("/proc").filter((name) => Number(name) > 0))`);
      expect(pids).to.deep.equal(["1", "2"]);
    });

    it("includes the private pipe and no other file that the grader has open", async () => {
      const folder = openFolder();
      const listing = `const name = (fd) => attempt(() => fd + " " + fs.readlinkSync("/proc/self/fd/" + fd));
        say(fs.readdirSync("/proc/self/fd").map(name).filter((line) => !/anon_inode|pipe:|null|ENOENT/.test(line)))`;
      const grader = `${startsJail(backend, listing)} await jail.ended; process.stdout.write(jail.takeOutput())`;
      // As make and CI do, this shell leaves files open in all that it starts.
      const shell = 'exec 9<>"$0/file" 30<>"$0/file"; exec "$1" --import tsx --input-type=module -e "$2"';
      const command = ["-c", shell, folder, process.execPath, grader];
      const { stdout, stderr } = spawnSync("bash", command, { cwd: packageRoot(), encoding: "utf8" });
      expect(stdout, stderr).to.match(/^\["1 socket:\[\d+\]","2 socket:\[\d+\]","3 socket:\[\d+\]"\]$/);
      rmSync(folder, { recursive: true });
    });

    it("includes no way to start a process", async () => {
      const code = `const child = require("node:child_process");
        say([attempt(() => child.execFileSync(process.execPath, ["-v"])), attempt(() => child.execSync("true"))])`;
      expect(await inside(backend, code)).to.deep.equal(["EPERM", "EPERM"]);
    });

    it("includes no way to wait for a processor on purpose, behind all other processes", async () => {
      const code = `const os = require("node:os");
        const before = os.getPriority();
        attempt(() => os.setPriority(19));
        say(os.getPriority() - before)`;
      expect(await inside(backend, code)).to.equal(0);
    });

    it("excludes every system call of the list, and new namespaces by any way", async function () {
      if (findTool("perl") === null) this.skip();
      const arch = process.arch === "arm64" ? "arm64" : "x64";
      const numbers = refusals.flatMap(({ calls }) => Object.values(calls).map((call) => call[arch] ?? -1));
      const { clone, clone3, socket } = checkedCalls;
      const program = `
        sub try { my $call = shift; my $r = syscall($call, @_, 0, 0, 0, 0); $r == -1 ? $! + 0 : "done" }
        print join(",", map { try($_, 0, 0) } ${numbers.filter((number) => number >= 0).join(", ")}), "\\n";
        print join(",", try(${clone[arch]}, 0x10000011), try(${clone[arch]}, 0x30000), try(${clone[arch]}, 17),
          try(${clone3[arch]}, 0), try(${socket[arch]}, 2, 1), try(${socket[arch]}, 16, 3)), "\\n";
        print syscall(${socket[arch]}, 1, 1, 0) > 2 ? "unix" : "none";`;
      const jail = spawnProgram(jailSpec([], { mounts: perlMounts() }), [
        findTool("perl") ?? "",
        "-e",
        program,
      ]);
      const { end, printed } = await finish(jail);
      expect(end, printed).to.deep.equal({ kind: "exited", code: 0, signal: null });
      const [list = "", checked, unix] = printed.split("\n");
      expect([...new Set(list.split(","))], "all EPERM").to.deep.equal(["1"]);
      expect(list.split(",").length).to.be.greaterThan(30);
      expect(checked, "EPERM three times, ENOSYS, EACCES twice").to.equal("1,1,1,38,13,13");
      expect(unix).to.equal("unix");
    });

    it("excludes every network: of the host, beyond it, and Unix sockets without a file", async () => {
      const target = await listening();
      const { found, devices } = await connectFrom(backend, target);
      expect(found).not.to.include("connected");
      expect(found).not.to.include("silence");
      expect(devices).to.deep.equal(["lo"]);
      expect(target.connections()).to.equal(0);
      target.close();
    });
  });
}

describe("the same hostile code without a jail", () => {
  it("reaches the host's network, so that the tests above can fail", async () => {
    const target = await listening();
    const { found } = await connectFrom(none, target);
    expect(found.slice(0, 2)).to.deep.equal(["connected", "connected"]);
    expect(target.connections()).to.equal(2);
    target.close();
  });
});

/** A folder with a file that everybody may change, as far as its mode goes. */
function openFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "edgelab-mounted-"));
  writeFileSync(join(folder, "file"), "host");
  chmodSync(folder, 0o777);
  chmodSync(join(folder, "file"), 0o666);
  return folder;
}

/** perl makes any system call, and needs no file but its libraries. */
function perlMounts(): readonly Mount[] {
  const perl = findTool("perl") ?? "";
  return [perl, ...sharedLibraries([perl])].map((path) => ({ source: path, target: path }));
}

interface Target {
  readonly port: number;
  readonly name: string;
  connections(): number;
  close(): void;
}

/** Listens on the host's loopback and on an abstract Unix socket. */
async function listening(): Promise<Target> {
  let connections = 0;
  const name = `edgelab-test-${process.pid}`;
  const listen = async (to: { host: string; port: number } | { path: string }): Promise<Server> => {
    const server = createServer((socket) => {
      connections += 1;
      socket.destroy();
    });
    await new Promise<void>((resolve) => server.listen(to, resolve));
    return server;
  };
  const servers = [await listen({ host: "127.0.0.1", port: 0 }), await listen({ path: `\0${name}` })];
  const address = servers[0]?.address();
  const port = address !== null && typeof address === "object" ? address.port : 0;
  const close = () => servers.forEach((server) => void server.close());
  return { port, name, connections: () => connections, close };
}

const CONNECT = `
  const [port, name] = process.argv.slice(1);
  const connect = (to) => new Promise((resolve) => {
    const socket = require("node:net").connect(to, () => resolve("connected"));
    socket.on("error", (error) => resolve(error.code));
    setTimeout(() => resolve("silence"), 2000).unref();
  });
  Promise.all([connect({ host: "127.0.0.1", port: Number(port) }), connect({ path: "\\0" + name }),
    connect({ host: "192.0.2.1", port: 80 }), connect({ host: "::1", port: Number(port) })]).then((found) => {
    say({ found, devices: fs.readFileSync("/proc/net/dev", "utf8").match(/\\w+(?=:)/g) });
    process.exit();
  })`;

async function connectFrom(backend: IsolationBackend, { port, name }: Target) {
  const answer = await inside(backend, CONNECT, { args: [String(port), name] });
  return answer as { found: string[]; devices: string[] };
}
