import { execFileSync, spawn } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer as createHttpServer } from "node:http";
import { createServer } from "node:net";
import { expect } from "chai";
import { Classroom, git, lab, notebook, notebookPath, portOf } from "./helpers.test.js";

/** Repositories as a student could make them, to run something here, to fill the disk, or to read other files. */
describe("collecting from hostile repositories", function () {
  this.timeout(60_000);
  let room: Classroom;
  beforeEach(() => {
    room = new Classroom();
    room.due(60);
  });
  afterEach(() => room.close());

  it("runs no hook and no filter of a repository, and makes no work tree", async () => {
    const mark = room.path("mark");
    const student = room.addWithRemote("s1");
    student.write(".gitattributes", "*.ipynb filter=evil diff=evil text eol=crlf\n");
    student.write(".githooks/post-checkout", `#!/bin/sh\ntouch ${mark}\n`);
    student.handIn("mine");
    const server = room.path("server", "s1.git");
    mkdirSync(`${server}/hooks`, { recursive: true });
    for (const hook of [
      "post-checkout",
      "post-update",
      "reference-transaction",
      "pre-receive",
      "post-merge",
    ]) {
      writeFileSync(`${server}/hooks/${hook}`, `#!/bin/sh\ntouch ${mark}\n`);
      chmodSync(`${server}/hooks/${hook}`, 0o755);
    }
    for (const key of [
      "filter.evil.smudge",
      "filter.evil.clean",
      "diff.evil.textconv",
      "uploadpack.packObjectsHook",
    ])
      git(server, ["config", key, `touch ${mark}; cat`]);
    git(server, ["config", "core.fsmonitor", `touch ${mark}`]);
    expect(await room.collectOne("s1")).to.include({ kind: "on-time" });
    expect(room.onTime("s1"), "with the line ends that were committed").to.equal(
      notebook("mine").replace("\r\n", "\n"),
    );
    expect(existsSync(mark)).to.equal(false);
    const [mirror = ""] = readdirSync(room.path("collected", "git"));
    expect(readdirSync(room.path("collected", "git", mirror))).not.to.include.members(["labs", "hooks"]);
  });

  it("refuses a link, a submodule and an LFS pointer in the notebook's place", async () => {
    const link = room.addWithRemote("link");
    mkdirSync(`${link.dir}/labs/${lab}`, { recursive: true });
    symlinkSync("/etc/passwd", `${link.dir}/${notebookPath}`);
    const linkedFolder = room.addWithRemote("linked-folder");
    symlinkSync("/etc", `${linkedFolder.dir}/labs`);
    const lfs = room.addWithRemote("lfs");
    lfs.write(
      notebookPath,
      `version https://git-lfs.github.com/spec/v1\noid sha256:${"0".repeat(64)}\nsize 12345\n`,
    );
    for (const student of [link, linkedFolder, lfs]) {
      student.commit();
      student.push();
    }
    const sub = room.addWithRemote("submodule");
    const other = sub.commit();
    sub.git("update-index", "--add", "--cacheinfo", `160000,${other},labs/${lab}`);
    sub.git("commit", "--quiet", "-m", "submodule");
    sub.push();
    const lines = await room.collect();
    const expected = {
      link: /symbolic link/,
      "linked-folder": /labs is a symbolic link/,
      lfs: /LFS/,
      submodule: /submodule/,
    };
    for (const [id, note] of Object.entries(expected)) {
      expect(lines.get(id), id).to.include({ kind: "failed", path: null });
      expect(lines.get(id)?.note, id).to.match(note);
    }
    expect(existsSync(room.submissions)).to.equal(false);
  });

  it("takes the version before one that can't be read, and asks a person", async () => {
    const student = room.addWithRemote("s1");
    student.handIn("good");
    student.write(notebookPath, "version https://git-lfs.github.com/spec/v1\n");
    student.commit();
    student.push();
    const line = await room.collectOne("s1");
    expect(line).to.include({ kind: "unclear" });
    expect(line.note).to.match(/[0-9a-f]{7} is left out: Git LFS/);
    expect(room.onTime("s1")).to.equal(notebook("good"));
  });

  it("refuses remotes that git would take for an option or a command", async () => {
    const mark = room.path("mark");
    const bad = [`ext::sh -c touch% ${mark}`, `--upload-pack=touch ${mark}`, "fd::7", "foo://host/x", "a\nb"];
    for (const [index, remote] of bad.entries()) room.add(`s${index}`, { remote });
    const lines = await room.collect();
    expect(lines.size).to.equal(bad.length);
    for (const [id, line] of lines) expect(line, id).to.include({ kind: "failed" });
    for (const line of lines.values()) expect(line.note).to.match(/^the remote ".*" .*Write a URL/);
    expect(existsSync(mark)).to.equal(false);
    expect(existsSync(room.path("collected", "git"))).to.equal(false);
  });

  it("says what is wrong with each student's remote, and collects the others", async () => {
    room.add("none");
    room.add("missing", { remote: room.path("server", "missing.git") });
    room.add("unreachable", { remote: "git://127.0.0.1:1/x.git" });
    room.addWithRemote("empty");
    const elsewhere = room.addWithRemote("elsewhere");
    elsewhere.write(`homework/${lab}.ipynb`, notebook("elsewhere"));
    const copies = room.addWithRemote("copies");
    for (const folder of ["a", "b"]) copies.write(`${folder}/${lab}.ipynb`, notebook(folder));
    const renamed = room.addWithRemote("renamed");
    renamed.write("work\u001b[2J.ipynb", notebook("renamed"));
    const checkpoint = room.addWithRemote("checkpoint");
    checkpoint.write(`labs/${lab}/.ipynb_checkpoints/${lab}.ipynb`, notebook("old"));
    for (const student of [elsewhere, copies, renamed, checkpoint]) {
      student.commit();
      student.push();
    }
    const lines = await room.collect();
    const expected: Readonly<Record<string, readonly [string, RegExp]>> = {
      none: ["failed", /no remote in course\.yaml/],
      missing: ["failed", /there is no repository/],
      unreachable: ["failed", /can't be reached/],
      empty: ["nothing", /the repository is empty/],
      elsewhere: ["on-time", /^$/],
      copies: ["failed", /there 2 times: a\/01-quantization\.ipynb, b\//],
      renamed: ["nothing", /no 01-quantization\.ipynb; instead work\\u\{1b\}\[2J\.ipynb/],
      checkpoint: ["nothing", /instead labs\/01-quantization\/\.ipynb_checkpoints/],
    };
    for (const [id, [kind, note]] of Object.entries(expected)) {
      expect(lines.get(id)?.kind, `${id}: ${lines.get(id)?.note}`).to.equal(kind);
      expect(lines.get(id)?.note, id).to.match(note);
    }
  });

  it("writes through no link that lies in its way", async () => {
    room.addWithRemote("s1").handIn("work");
    room.addWithRemote("s2").handIn("work");
    mkdirSync(room.path("elsewhere", lab), { recursive: true });
    mkdirSync(room.path("submissions", "s2", lab), { recursive: true });
    symlinkSync(room.path("elsewhere"), room.path("submissions", "s1"));
    writeFileSync(room.path("victim"), "untouched");
    symlinkSync(room.path("victim"), room.path("submissions", "s2", lab, `${lab}.ipynb`));
    const lines = await room.collect();
    for (const id of ["s1", "s2"]) expect(lines.get(id)?.note, id).to.match(/is a link .*Take it away/);
    expect(readdirSync(room.path("elsewhere", lab))).to.deep.equal([]);
  });

  it("takes no other student's work that a repository borrows on this machine", async () => {
    room.addWithRemote("victim").handIn("secret");
    const victim = room.path("server", "victim.git");
    for (const id of ["alternates", "refs", "gitfile", "commondir"]) {
      room.addWithRemote(id).handIn("mine");
      const own = room.path("server", `${id}.git`);
      if (id === "gitfile" || id === "refs") rmSync(id === "refs" ? `${own}/refs` : own, { recursive: true });
      if (id === "alternates") writeFileSync(`${own}/objects/info/alternates`, `${victim}/objects\n`);
      if (id === "commondir") writeFileSync(`${own}/commondir`, `${victim}\n`);
      if (id === "gitfile") writeFileSync(own, `gitdir: ${victim}\n`);
      if (id === "refs") symlinkSync(`${victim}/refs`, `${own}/refs`);
    }
    for (const [id, line] of await room.collect()) {
      if (id === "victim") continue;
      expect(line.kind, id).to.equal("failed");
      expect(line.note, id).to.include("takes what is not in it from elsewhere");
      expect(room.onTime(id), id).to.equal(undefined);
    }
    expect(room.onTime("victim")).to.equal(notebook("secret"));
  });

  it("believes no reflog that others than us can write", async () => {
    room.due(-60);
    room.addWithRemote("forger", { reflog: true }).handIn("late", 0);
    const log = room.path("server", "forger.git", "logs", "refs", "heads", "main");
    const yesterday = String(Math.floor(Date.now() / 1000) - 86_400);
    writeFileSync(log, readFileSync(log, "utf8").replace(/> \d+/, `> ${yesterday}`));
    chmodSync(log, 0o664);
    const line = await room.collectOne("forger");
    expect(line.kind).to.equal("late");
    expect(line.pushedAt?.evidence).to.equal("own-date");
  });

  it("waits for no pipe and follows no link where a reflog should be", async () => {
    for (const id of ["pipe", "link"]) {
      room.addWithRemote(id, { reflog: true }).handIn("work");
      const log = room.path("server", `${id}.git`, "logs", "refs", "heads", "main");
      rmSync(log);
      if (id === "pipe") execFileSync("mkfifo", [log]);
      else symlinkSync("/etc/passwd", log);
    }
    for (const line of (await room.collect()).values())
      expect(line.pushedAt, line.student).to.include({ evidence: "collects" });
  });

  it("asks nobody for a password, and shows none", async () => {
    const server = createHttpServer((request, response) => {
      response
        .writeHead(request.url?.startsWith("/closed") ? 401 : 404, { "WWW-Authenticate": "Basic" })
        .end();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const port = portOf(server);
    room.add("closed", { remote: `http://127.0.0.1:${port}/closed.git` });
    room.add("wrong", { remote: `http://s1:secret@127.0.0.1:${port}/closed.git` });
    room.add("gone", { remote: `http://127.0.0.1:${port}/gone.git` });
    const lines = await room.collect();
    server.close();
    for (const id of ["closed", "wrong"]) expect(lines.get(id)?.note, id).to.match(/does not let us in/);
    expect(lines.get("gone")?.note).to.match(/there is no repository/);
    expect(JSON.stringify([...lines])).not.to.contain("cret");
    expect(readdirSync(room.path("collected", "git")).join()).not.to.contain("cret");
  });

  it("collects through git daemon", async () => {
    const student = room.addWithRemote("s1");
    student.handIn("over the network");
    const port = await freePort();
    const daemon = spawn(
      "git",
      [
        "daemon",
        "--export-all",
        "--listen=127.0.0.1",
        `--port=${port}`,
        `--base-path=${room.path("server")}`,
      ],
      { stdio: "ignore", detached: true },
    );
    try {
      await until(() => git(room.dir, ["ls-remote", `git://127.0.0.1:${port}/s1.git`]) !== "");
      room.add("s2", { remote: `git://127.0.0.1:${port}/s1.git` });
      const line = await room.collectOne("s2");
      expect(line).to.include({ kind: "on-time" });
      expect(room.onTime("s2")).to.equal(notebook("over the network"));
    } finally {
      if (daemon.pid !== undefined) process.kill(-daemon.pid, "SIGTERM");
    }
  });
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const port = portOf(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function until(isTrue: () => boolean): Promise<void> {
  for (let tries = 0; ; tries++) {
    try {
      if (isTrue()) return;
    } catch (error) {
      if (tries > 50) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
