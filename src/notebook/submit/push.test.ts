import { execFileSync } from "node:child_process";
import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { LabError } from "../../core/errors.js";
import { CourseFolder, labId, validation } from "./fixtures/course.js";
import { type Submitted, submitNotebook } from "./submit-notebook.js";

describe("handing in by git", function () {
  this.timeout(60_000);
  let course: CourseFolder;
  const file = `labs/${labId}/${labId}.ipynb`;
  afterEach(() => {
    course.remove();
  });

  function handIn(): Promise<Submitted> {
    const { notebookPath, labDir } = course;
    const now = () => new Date("2026-11-23T10:15:00Z");
    return submitNotebook({ notebookPath, labDir, now, validate: async () => validation });
  }
  async function refusal(): Promise<LabError> {
    try {
      await handIn();
    } catch (error) {
      expect(error).to.be.instanceOf(LabError);
      return error as LabError;
    }
    throw new Error("it was handed in");
  }
  /** Somebody else pushes a commit, so that the student's branch is behind. */
  function pushFromElsewhere(): void {
    const other = join(course.dir, "other");
    const run = (...args: string[]) => execFileSync("git", args, { cwd: other, stdio: "pipe" });
    execFileSync("git", ["clone", "-q", course.remote, other], { stdio: "pipe" });
    writeFileSync(join(other, "news.md"), "news");
    run("add", "-A");
    run("-c", "user.name=team-a", "-c", "user.email=team-a@example.org", "commit", "-q", "-m", "News");
    run("push", "-q", "origin", "HEAD:main");
  }

  it("commits the notebook and nothing else, and pushes", async () => {
    course = new CourseFolder("git").withGit();
    course.save({ answer: "function sum() { return 1; }" });
    writeFileSync(join(course.courseDir, "staged.txt"), "mine");
    course.git("add", "staged.txt");
    writeFileSync(join(course.courseDir, "course.json.bak"), "mine");
    const { receipt } = await handIn();
    const head = course.git("rev-parse", "HEAD");
    expect(receipt.to).to.deep.equal({
      kind: "git",
      remote: `submit (${course.remote})`,
      branch: "main",
      commit: head,
    });
    expect(course.atRemote("rev-parse", "main")).to.equal(head);
    expect(course.atRemote("show", "--format=%s", "--name-only", "main").split("\n\n")).to.deep.equal([
      `Hand in ${labId}`,
      file,
    ]);
    expect(course.atRemote("show", `main:${file}`)).to.equal(readFileSync(course.notebookPath, "utf8"));
    // What else was staged stays staged.
    expect(course.git("status", "--porcelain")).to.equal("A  staged.txt\n?? course.json.bak");
    expect(receipt.notices).to.deep.equal([]);
  });

  it("pushes what was committed before, where nothing has changed since", async () => {
    course = new CourseFolder("git").withGit();
    const before = course.git("rev-parse", "HEAD");
    const { receipt } = await handIn();
    expect(receipt.to).to.include({ commit: before });
    expect(course.atRemote("rev-parse", "main")).to.equal(before);
  });

  it("pushes nothing to where the course came from: everybody could read it there", async () => {
    course = new CourseFolder("git").withGit();
    course.git("remote", "rename", "submit", "origin");
    expect((await refusal()).code).to.equal("NO_REMOTE");
    expect(course.atRemote("for-each-ref")).to.equal("");
  });

  it("makes the first commit of a repository that has none", async () => {
    course = new CourseFolder("git").withGit();
    course.git("update-ref", "-d", "HEAD");
    course.git("rm", "-q", "-r", "--cached", ".");
    await handIn();
    expect(course.atRemote("ls-tree", "-r", "--name-only", "main")).to.equal(file);
  });

  it("says that the commit is there and what to run, where the push is refused", async () => {
    course = new CourseFolder("git").withGit();
    await handIn();
    pushFromElsewhere();
    course.save({ answer: "function sum() { return 2; }" });
    const { message } = await refusal();
    const head = course.git("rev-parse", "HEAD");
    expect(message).to.include(`your notebook is in commit ${head.slice(0, 10)}`);
    expect(message).to.include("Run: git pull --no-rebase submit main. Then submit again.");
    course.git("pull", "-q", "--no-rebase", "--no-edit", "submit", "main");
    expect((await handIn()).receipt.to).to.include({ commit: course.git("rev-parse", "HEAD") });
    expect(course.atRemote("show", `main:${file}`)).to.include("return 2");
  });

  it("shows what a hook of the remote says, without control characters", async () => {
    course = new CourseFolder("git").withGit();
    const hook = join(course.remote, "hooks", "pre-receive");
    writeFileSync(hook, '#!/bin/sh\nprintf "closed\\033[2J since noon" >&2\nexit 1\n', { mode: 0o755 });
    const { message } = await refusal();
    expect(message).to.include("closed");
    expect(message).to.match(/since noon/);
    expect(message).not.to.include("\u001b");
    expect(message).to.include("git push submit HEAD:main");
  });

  it("names what is missing: a branch, a remote, a name, a repository", async () => {
    course = new CourseFolder("git");
    expect((await refusal()).code).to.equal("NO_REPOSITORY");
    course.withGit();
    course.git("config", "--unset", "user.name");
    course.git("config", "user.useConfigOnly", "true");
    const env = { ...process.env };
    Object.assign(process.env, { GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_NOSYSTEM: "1" });
    try {
      course.save({ answer: "function sum() { return 3; }" });
      expect((await refusal()).code).to.equal("GIT_NO_NAME");
    } finally {
      process.env = env;
    }
    course.git("config", "user.name", "s12345");
    course.git("checkout", "-q", "--detach");
    expect((await refusal()).code).to.equal("DETACHED_HEAD");
    course.git("switch", "-q", "main");
    course.git("remote", "remove", "submit");
    expect((await refusal()).code).to.equal("NO_REMOTE");
  });

  it("calls ssh as the student's git does, and lets it ask nothing", async () => {
    course = new CourseFolder("git").withGit();
    const ssh = join(course.dir, "ssh.sh");
    writeFileSync(ssh, `#!/bin/sh\necho "$@" > "${ssh}.log"\nexit 1\n`, { mode: 0o755 });
    course.git("config", "core.sshCommand", `${ssh} -i key`);
    course.git("remote", "set-url", "submit", "ssh://s12345@example.org/x.git");
    expect((await refusal()).code).to.equal("PUSH_REFUSED");
    expect(readFileSync(`${ssh}.log`, "utf8")).to.match(/^-i key -o BatchMode=yes .*s12345@example\.org/);
  });

  it("waits with a commit until a merge is finished", async () => {
    course = new CourseFolder("git").withGit();
    course.git("switch", "-q", "-c", "other");
    writeFileSync(join(course.courseDir, "news.md"), "one");
    course.git("add", "-A");
    course.git("commit", "-q", "-m", "One");
    course.git("switch", "-q", "main");
    writeFileSync(join(course.courseDir, "news.md"), "two");
    course.git("add", "-A");
    course.git("commit", "-q", "-m", "Two");
    expect(() => course.git("merge", "other")).to.throw();
    const { code, message } = await refusal();
    expect(code).to.equal("HALF_DONE_MERGE");
    expect(message).to.include("in the middle of a merge");
  });

  it("pushes nothing where a filter makes git store something else than the notebook", async () => {
    course = new CourseFolder("git").withGit();
    appendFileSync(join(course.courseDir, ".gitattributes"), "*.ipynb filter=pointer\n");
    course.git("config", "filter.pointer.clean", "echo version https://git-lfs.example/v1; cat >/dev/null");
    course.save({ answer: "function sum() { return 4; }" });
    const { code } = await refusal();
    expect(code).to.equal("NOT_THE_NOTEBOOK");
    expect(course.atRemote("branch", "--list")).to.equal("");
  });

  it("gives the hash of what was pushed, where git changed line ends", async () => {
    course = new CourseFolder("git").withGit();
    course.git("config", "core.autocrlf", "input");
    writeFileSync(course.notebookPath, readFileSync(course.notebookPath, "utf8").replace("{", "{\r\n"));
    const { receipt } = await handIn();
    expect(receipt.notices).to.have.length(1);
    expect(receipt.notices[0]).to.include("line ends");
  });

  it("refuses a copy under another name, which the course does not collect", async () => {
    course = new CourseFolder("git").withGit();
    const copy = join(course.labDir, `${labId}-Copy1.ipynb`);
    writeFileSync(copy, readFileSync(course.notebookPath));
    const { labDir } = course;
    const outcome = await submitNotebook({
      notebookPath: copy,
      labDir,
      now: () => new Date(),
      validate: async () => validation,
    }).catch((error: LabError) => error.code);
    expect(outcome).to.equal("OTHER_NAME");
  });
});
