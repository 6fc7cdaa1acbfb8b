import { randomBytes } from "node:crypto";
import { existsSync, readdirSync } from "node:fs";
import { createServer } from "node:net";
import { expect } from "chai";
import { Classroom, git, lab, notebook, notebookPath, portOf } from "./helpers.test.js";

/** What may come of a repository that is too much, and of a collect that is stopped. */
describe("the bounds of a collect", function () {
  this.timeout(180_000);
  let room: Classroom;
  beforeEach(() => {
    room = new Classroom();
    room.due(60);
  });
  afterEach(() => room.close());

  it("refuses a notebook above 16 MiB, whether the server leaves it out or sends it", async () => {
    for (const filters of [true, false]) {
      const id = `s-${filters}`;
      const student = room.addWithRemote(id);
      git(room.path("server", `${id}.git`), ["config", "uploadpack.allowFilter", String(filters)]);
      student.write(notebookPath, Buffer.alloc(17 * 2 ** 20, 0x20));
      student.commit();
      student.push();
      const line = await room.collectOne(id);
      expect(line, id).to.include({ kind: "failed" });
      expect(line.note, id).to.match(/more than 16 MiB/);
    }
  });

  it("stops a fetch that grows too large, says so, and leaves a mirror that works", async () => {
    const student = room.addWithRemote("s1");
    student.handIn("small");
    await room.collect();
    for (let i = 0; i < 4; i++) student.write(`data/${i}.bin`, randomBytes(5 * 2 ** 20));
    student.handIn("with data");
    const limits = { mirrorBytes: 2 * 2 ** 20, fetchMs: 60_000 };
    const line = await room.collectOne("s1", { limits });
    expect(line).to.include({ kind: "unclear" });
    expect(line.note).to.match(/more than 2 MB/);
    expect(room.onTime("s1")).to.equal(notebook("small"));
    const [mirror = ""] = readdirSync(room.path("collected", "git"));
    expect(readdirSync(room.path("collected", "git", mirror, "objects", "pack")).join()).not.to.match(/tmp_/);
    git(room.path("collected", "git", mirror), ["fsck", "--connectivity-only"]);
    expect(await room.collectOne("s1")).to.include({ kind: "on-time", note: "" });
    expect(room.onTime("s1")).to.equal(notebook("with data"));
  });

  it("ends a fetch from a server that never answers, and goes on with the others", async () => {
    const silent = createServer(() => {});
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    room.add("s1", { remote: `git://127.0.0.1:${portOf(silent)}/s1.git` });
    room.addWithRemote("s2").handIn("work");
    const lines = await room.collect({ limits: { mirrorBytes: 2 ** 20, fetchMs: 1_000 } });
    silent.close();
    expect(lines.get("s1")?.note).to.match(/took too long/);
    expect(lines.get("s2")).to.include({ kind: "on-time" });
  });

  it("lists no tree that has no end", async () => {
    const student = room.addWithRemote("s1");
    let tree = git(student.dir, ["hash-object", "-w", "--stdin"]).trim();
    let kind = "100644 blob";
    for (let level = 0; level < 9; level++) {
      const lines = Array.from({ length: 10 }, (_, i) => `${kind} ${tree}\tx${i}\n`).join("");
      tree = git(student.dir, ["mktree"], {}, lines).trim();
      kind = "040000 tree";
    }
    const commit = git(student.dir, ["commit-tree", "-m", "bomb", tree]).trim();
    student.git("reset", "--soft", commit);
    student.push();
    const line = await room.collectOne("s1");
    expect(line).to.include({ kind: "failed" });
    expect(line.note).to.match(/can't be listed/);
  });

  it("writes nothing and notes nothing of who was not done when it was stopped", async () => {
    room.addWithRemote("s1").handIn("work");
    const stop = new AbortController();
    stop.abort();
    expect((await room.collect({}, stop)).size).to.equal(0);
    expect(existsSync(room.submissions)).to.equal(false);
    expect(existsSync(room.path("collected", `${lab}.jsonl`))).to.equal(false);
  });
});
