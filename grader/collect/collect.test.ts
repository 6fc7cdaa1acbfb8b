import { existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { expect } from "chai";
import { Classroom, git, lab, notebook, notebookPath } from "./helpers.test.js";

/** Real repositories, as paths; our collects really come one after the other. */
describe("collecting from git remotes", function () {
  this.timeout(60_000);
  let room: Classroom;
  beforeEach(() => {
    room = new Classroom();
  });
  afterEach(() => room.close());

  it("takes the notebook's very bytes, and notes the commit and when it was seen", async () => {
    const commit = room.addWithRemote("s12345").handIn("mine");
    room.due(60);
    const line = await room.collectOne("s12345");
    expect(line).to.include({ kind: "on-time", commit, lateMinutes: null, latePath: null, note: "" });
    expect(line.pushedAt).to.include({ from: null, evidence: "collects" });
    expect(room.onTime("s12345")).to.equal(notebook("mine"));
    expect(line.path).to.equal(room.path("submissions", "s12345", lab, `${lab}.ipynb`));
  });

  it("takes the last on-time and the last late version, by when they were pushed", async () => {
    const student = room.addWithRemote("s12345");
    student.handIn("first");
    student.handIn("second");
    room.due(-0.0001);
    await room.collect();
    const late = student.handIn("third", -600);
    student.handIn("fourth", -500);
    const line = await room.collectOne("s12345");
    expect(line).to.include({ kind: "on-time", lateMinutes: 1 });
    expect(room.onTime("s12345")).to.equal(notebook("second"));
    expect(room.late("s12345")).to.equal(notebook("fourth"));
    expect(line.commit).not.to.equal(late);
    expect(line.note).to.match(/a later [0-9a-f]{7}, 1 min late, is in .*submissions-late/);
  });

  it("does not believe a backdated commit that was not there when it was looked at after the due date", async () => {
    const student = room.addWithRemote("s12345");
    student.handIn("on time");
    room.due(-0.0001);
    await room.collect();
    student.handIn("backdated", -6000);
    const line = await room.collectOne("s12345");
    expect(room.onTime("s12345")).to.equal(notebook("on time"));
    expect(room.late("s12345")).to.equal(notebook("backdated"));
    expect(line.lateMinutes).to.equal(1);
  });

  it("asks a person about a backdated commit in a branch that counts only since the due date", async () => {
    const student = room.addWithRemote("s12345");
    student.handIn("on time", -100);
    room.due(-0.0001);
    await room.collect();
    student.write(notebookPath, notebook("backdated"));
    student.commit(-50);
    student.git("push", "--quiet", "origin", "HEAD:final");
    git(room.path("server", "s12345.git"), ["symbolic-ref", "HEAD", "refs/heads/final"]);
    const line = await room.collectOne("s12345");
    expect(line.kind).to.equal("unclear");
    expect(line.note).to.include("another branch than the one that counted at the collect before");
  });

  it("says what a late version costs, by the days that have begun, and all of it after the last one", async () => {
    const minutes = { s0: -6010, s1: -6000 + 1440, s2: -6000 + 1500, s5: -10 };
    for (const [id, at] of Object.entries(minutes)) room.addWithRemote(id).handIn(id, at);
    room.due(-6000);
    const lines = await room.collect();
    const cost = (id: string) => /\d+ days? late: .*/.exec(lines.get(id)?.note ?? "")?.[0];
    expect(cost("s0")).to.equal(undefined);
    expect(cost("s1")).to.equal("1 day late: 10 % off by course.yaml");
    expect(cost("s2")).to.equal("2 days late: 20 % off by course.yaml");
    expect(cost("s5")).to.equal("5 days late: 100 % off by course.yaml");
  });

  it("says so where there is nothing but the commit's own date", async () => {
    room.addWithRemote("s1").handIn("early", -120);
    room.addWithRemote("s2").handIn("late", -30);
    room.due(-60);
    const lines = await room.collect();
    expect(lines.get("s1")).to.include({ kind: "on-time", note: "on time by its own date only" });
    expect(lines.get("s1")?.pushedAt?.evidence).to.equal("own-date");
    expect(lines.get("s2")).to.include({
      kind: "late",
      lateMinutes: 30,
      note: "late by its own date only; 1 day late: 10 % off by course.yaml",
      path: null,
    });
    expect(room.onTime("s2")).to.equal(undefined);
    expect(room.late("s2")).to.equal(notebook("late"));
  });

  it("asks a person about dates that can't be, and takes the work as on time", async () => {
    room.addWithRemote("future").handIn("future", 9000);
    const back = room.addWithRemote("back");
    back.handIn("late", -30);
    back.handIn("backdated", -300);
    room.due(-60);
    const lines = await room.collect();
    expect(lines.get("future")).to.include({ kind: "unclear" });
    expect(lines.get("future")?.note).to.match(/lies in the future; taken as on time/);
    expect(lines.get("back")).to.include({ kind: "unclear" });
    expect(lines.get("back")?.note).to.match(/before that of the commit it builds on/);
    expect(room.onTime("back")).to.equal(notebook("backdated"));
  });

  it("believes the reflog of a bare repository over the commits' dates", async () => {
    const student = room.addWithRemote("s12345", { reflog: true });
    student.handIn("pushed now, dated yesterday", -1440);
    room.due(-60);
    const line = await room.collectOne("s12345");
    expect(line).to.include({ kind: "late", lateMinutes: 60 });
    expect(line.pushedAt?.evidence).to.equal("reflog");
    expect(line.pushedAt?.from).to.equal(line.pushedAt?.to);
  });

  it("finds what a forced push has hidden, in the reflog and in earlier collects", async () => {
    for (const reflog of [true, false]) {
      const id = `s-${reflog}`;
      const student = room.addWithRemote(id, { reflog });
      student.handIn("on time");
      if (!reflog) await room.collectOne(id);
      // A reflog counts in seconds.
      if (reflog) await new Promise((resolve) => setTimeout(resolve, 1100));
      room.due(-0.0001);
      if (reflog) await new Promise((resolve) => setTimeout(resolve, 1100));
      if (!reflog) await room.collectOne(id);
      student.write(notebookPath, notebook("rewritten"));
      student.git("add", ".");
      student.git("commit", "--quiet", "--amend", "-m", "rewritten");
      student.push("--force");
      const line = await room.collectOne(id);
      expect(line.note, id).to.match(/history was rewritten; all of it is kept/);
      expect(room.onTime(id), id).to.equal(notebook("on time"));
      expect(room.late(id), id).to.equal(notebook("rewritten"));
    }
  });

  it("keeps what a forced push has hidden, also from git's own cleaning", async () => {
    const student = room.addWithRemote("s1");
    student.handIn("on time");
    room.due(-0.0001);
    await room.collect();
    student.git("commit", "--quiet", "--amend", "-m", "again");
    student.handIn("late", 0, "--force");
    await room.collect();
    const mirror = room.path("collected", "git", ...readdirSync(room.path("collected", "git")));
    expect(git(mirror, ["for-each-ref", "refs/edgelab/seen"]).trim().split("\n")).to.have.length(2);
    git(mirror, ["gc", "--quiet", "--prune=now"]);
    rmSync(room.submissions, { recursive: true });
    await room.collect();
    expect(room.onTime("s1")).to.equal(notebook("on time"));
    expect(room.late("s1")).to.equal(notebook("late"));
  });

  it("takes no commit for late that came on time and is in the history of a late one", async () => {
    const student = room.addWithRemote("s1");
    student.handIn("first");
    student.handIn("second");
    room.due(-0.0001);
    await room.collect();
    student.git("rm", "--quiet", notebookPath);
    student.commit();
    student.push();
    const line = await room.collectOne("s1");
    expect(line).to.include({ kind: "on-time", latePath: null });
    expect(line.note).to.match(/in the last commit: no 01-quantization\.ipynb/);
    expect(room.onTime("s1")).to.equal(notebook("second"));
  });

  it("says which branches nobody looked at, and asks a person where the notebook may be there", async () => {
    const student = room.addWithRemote("s1");
    student.commit();
    student.push();
    student.write(notebookPath, notebook("on another branch"));
    student.commit();
    student.git("push", "--quiet", "origin", "HEAD:work");
    const line = await room.collectOne("s1");
    expect(line).to.include({ kind: "failed" });
    expect(line.note).to.match(/only main was looked at, not work/);
  });

  it("believes no reflog that contradicts what it saw itself", async () => {
    const student = room.addWithRemote("s12345", { reflog: true });
    student.handIn("on time");
    await room.collect();
    room.due(-0.0001);
    const forged = student.handIn("late, and the log says otherwise");
    writeFileSync(
      room.path("server", "s12345.git", "logs", "refs", "heads", "main"),
      `${"0".repeat(40)} ${forged} Student <s@example.org> ${Math.floor(Date.now() / 1000) - 900} +0000\tpush\n`,
    );
    const line = await room.collectOne("s12345");
    expect(line.note).to.match(/reflog contradicts earlier collects/);
    expect(line.pushedAt?.evidence).not.to.equal("reflog");
  });

  it("gives every member of a group the group's notebook, by the member's own due date", async () => {
    const team = room.addWithRemote("s1");
    room.add("s2", { group: "team-a", remote: room.path("server", "s1.git") });
    team.handIn("ours", -30);
    room.due(-60, { "team-a": 30 });
    const lines = await room.collect();
    expect(lines.get("s1")).to.include({ kind: "late" });
    expect(lines.get("s2")).to.include({ kind: "on-time" });
    expect(room.onTime("s2")).to.equal(notebook("ours"));
    expect(readdirSync(room.path("collected", "git"))).to.have.length(1);
  });

  it("takes a late notebook for on time after an extension, and not a second time as late", async () => {
    room.addWithRemote("s1").handIn("work", -30);
    room.due(-60);
    await room.collect();
    expect(room.late("s1")).to.equal(notebook("work"));
    room.due(-60, { s1: 60 });
    await room.collect();
    expect(room.onTime("s1")).to.equal(notebook("work"));
    expect(room.late("s1")).to.equal(undefined);
  });

  it("leaves unchanged files alone, and keeps those that it replaces", async () => {
    const student = room.addWithRemote("s1");
    student.handIn("first");
    const path = (await room.collectOne("s1")).path ?? "";
    const before = statSync(path, { bigint: true });
    await room.collect();
    expect(statSync(path, { bigint: true }).mtimeNs).to.equal(before.mtimeNs);
    student.handIn("second");
    await room.collect();
    expect(room.onTime("s1")).to.equal(notebook("second"));
    const [kept = ""] = readdirSync(room.path("collected", "replaced", lab, "s1"));
    expect(readFileSync(room.path("collected", "replaced", lab, "s1", kept), "utf8")).to.equal(
      notebook("first"),
    );
  });

  it("goes on with what it has when the remote is gone, and asks a person", async () => {
    room.addWithRemote("s1").handIn("work");
    room.due(60);
    await room.collect();
    renameSync(room.path("server", "s1.git"), room.path("server", "moved.git"));
    const line = await room.collectOne("s1");
    expect(line).to.include({ kind: "unclear" });
    expect(line.note).to.match(/from an earlier collect, now there is no repository/);
    expect(existsSync(line.path ?? "")).to.equal(true);
  });
});
