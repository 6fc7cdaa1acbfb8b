import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { chmod, mkdir, writeFile } from "node:fs/promises";
import net from "node:net";
import path from "node:path";
import { expect } from "chai";
import { Course, failure, hasGit, lab } from "./fixtures/course.js";
import { checkRemote } from "./git/remote.js";

describe("a remote that grader publish pushes to", function () {
  this.timeout(60_000);
  let course: Course;

  before(function () {
    if (!hasGit) this.skip();
  });
  beforeEach(async () => {
    course = await Course.create();
  });
  afterEach(() => course?.remove());

  async function hook(name: string, script: string): Promise<void> {
    const file = path.join(course.remote, "hooks", name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, `#!/bin/sh\n${script}\n`);
    await chmod(file, 0o755);
  }

  it("gets the tag that an earlier push left out, at the commit of that version", async () => {
    await course.publish();
    const first = course.git("rev-parse", "main");
    course.git("tag", "-d", `${lab}/v1`);
    await course.elsewhere("echo hi > notes.md && git add . && git commit -qm notes && git push -q");
    const { plan, completed } = await course.publish();
    expect([plan.kind, completed]).to.deep.equal(["unchanged", "tag"]);
    expect(course.git("rev-parse", `${lab}/v1^{commit}`)).to.equal(first);
  });

  it("gets the branch that an earlier push left out", async () => {
    await course.publish();
    const first = course.git("rev-parse", "main");
    await course.edit("notebook.ts", "// **Clip before you store.**", "// **Clip first.**");
    await course.publish();
    const second = course.git("rev-parse", "main");
    course.git("update-ref", "refs/heads/main", first);
    const { tag, completed } = await course.publish();
    expect([tag, completed]).to.deep.equal([`${lab}/v2`, "branch"]);
    expect(course.git("rev-parse", "main")).to.equal(second);
  });

  it("gets the next number where somebody else's tag has taken one", async () => {
    await course.publish();
    course.git("tag", `${lab}/v2`, "main");
    await course.edit("notebook.ts", "// **Clip before you store.**", "// **Clip first.**");
    expect((await course.publish()).tag).to.equal(`${lab}/v3`);
  });

  it("that somebody pushed to in between keeps their work, and gets ours on top of it", async () => {
    await course.publish();
    await course.edit("notebook.ts", "// **Clip before you store.**", "// **Clip first.**");
    let steps = 0;
    // The third step is done when all is ready to be pushed; what comes then can't be awaited, so it blocks.
    const onStep = (): void => {
      steps++;
      if (steps !== 3) return;
      const tree = course.git("rev-parse", "main^{tree}");
      const identity = ["-c", "user.name=T", "-c", "user.email=t@example.org"];
      const commit = course.git(...identity, "commit-tree", tree, "-p", "main", "-m", "theirs");
      course.git("update-ref", "refs/heads/main", commit);
    };
    await course.publish({ onStep });
    expect(course.git("log", "--format=%s", "main")).to.match(/^Publish 01-quantization v2\ntheirs\n/);
  });

  it("that declines has its own words repeated, and nothing changed", async () => {
    await hook("pre-receive", "echo 'only on Mondays \\033[31m' >&2; exit 1");
    const { message } = await failure(course.publish());
    expect(message).to.include("pre-receive hook declined").and.to.include("only on Mondays");
    expect(message).not.to.include("\u001b");
    expect(course.git("for-each-ref")).to.equal("");
  });

  it("that declines the tag gets no branch either", async () => {
    await hook("update", 'case "$1" in refs/tags/*) echo "no tags" >&2; exit 1;; esac');
    expect((await failure(course.publish())).message).to.include("Nothing was changed");
    expect(course.git("for-each-ref")).to.equal("");
  });

  it("that is no repository, or not there, is named with what to do", async () => {
    expect((await failure(course.publish({ remote: course.folder }))).message).to.include("git init --bare");
    expect((await failure(course.publish({ remote: "nowhere.git" }))).message).to.include(
      `${course.folder}/nowhere.git`,
    );
    const { message } = await failure(course.publish({ remote: "http://127.0.0.1:9/course.git" }));
    expect(message).to.include("Look at the address and at the network");
  });

  it("that holds something else than a course is left alone", async () => {
    await course.elsewhere("echo hi > thesis.tex && git add . && git commit -qm x && git push -q");
    const tip = course.git("rev-parse", "main");
    expect((await failure(course.publish())).message).to.include("something else than a course");
    expect(course.git("for-each-ref", "--format=%(objectname)")).to.equal(tip);
  });

  it("with a link where a file belongs is refused", async () => {
    await course.publish();
    await course.elsewhere(
      "rm README.md && ln -s /etc/passwd README.md && git add . && git commit -qm x && git push -q",
    );
    expect((await failure(course.publish())).message).to.include("README.md");
    await course.elsewhere(
      `git rm -rq labs README.md && ln -s /tmp labs && git add . && git commit -qm x && git push -q`,
    );
    expect((await failure(course.publish())).message).to.include("a link, a submodule or a file at labs");
  });

  it("with filters, hooks and submodules of others has none of them run, and keeps them", async () => {
    await course.publish();
    const mark = path.join(course.folder, "mark");
    await course.elsewhere(
      `echo '* filter=mark' > .gitattributes && printf '[submodule "x"]\\n path = x\\n url = /x\\n' > .gitmodules &&
       git add . && git update-index --add --cacheinfo 160000,$(git rev-parse HEAD),x && git commit -qm x && git push -q`,
    );
    await course.edit("notebook.ts", "// **Clip before you store.**", "// **Clip first.**");
    await withOwnSettings(course, mark, () => course.publish());
    expect(existsSync(mark)).to.equal(false);
    expect(course.show(`labs/${lab}/${lab}.ipynb`)).to.include('"cells"');
    expect(course.git("ls-tree", "main", "x")).to.match(/^160000 commit/);
    expect(course.files()).to.include(".gitmodules").and.to.include(".gitattributes");
  });

  it("is reached through git daemon too", async function () {
    const daemon = await serve(course);
    if (!daemon) return this.skip();
    try {
      const { tag } = await course.publish({ remote: daemon.url });
      expect(tag).to.equal(`${lab}/v1`);
      expect(course.tags()).to.deep.equal([`${lab}/v1`]);
      const read = await failure(course.publish({ remote: `${daemon.url}x` }));
      expect(read.message).to.include("git://127.0.0.1");
    } finally {
      daemon.process.kill();
      await once(daemon.process, "exit");
    }
  });

  it("that takes the call and says nothing is given up after a while", async () => {
    const silent = net.createServer(() => undefined).listen(0, "127.0.0.1");
    await once(silent, "listening");
    const { port } = silent.address() as net.AddressInfo;
    try {
      const { message } = await failure(
        course.publish({ remote: `git://127.0.0.1:${port}/x.git`, patienceMs: 1_000 }),
      );
      expect(message).to.include("said nothing for too long");
    } finally {
      silent.close();
    }
  });

  it("has its password or token shown nowhere, and kept nowhere", async () => {
    const { message } = await failure(
      course.publish({ remote: "http://ta:s3cret%40@127.0.0.1:9/course.git" }),
    );
    expect(message).not.to.include("s3cret");
  });

  it("is an address or a path, and no option or program", () => {
    for (const bad of ["", "-u", "--upload-pack=touch x", "ext::sh -c x", "fd::7", "a\nb"])
      expect(() => checkRemote(bad, "/w"), bad).to.throw("no address to publish to");
    expect(checkRemote("../course.git", "/w/x")).to.equal("/w/course.git");
    for (const url of ["git@example.org:course.git", "https://example.org/c.git"])
      expect(checkRemote(url, "/w")).to.equal(url);
  });

  it("gets nothing from somebody whom git does not know by name", async () => {
    const before = { ...process.env };
    Object.assign(process.env, { GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_NOSYSTEM: "1" });
    for (const name of [
      "GIT_AUTHOR_NAME",
      "GIT_AUTHOR_EMAIL",
      "GIT_COMMITTER_NAME",
      "GIT_COMMITTER_EMAIL",
      "EMAIL",
    ])
      delete process.env[name];
    try {
      expect((await failure(course.publish())).message).to.include("git config --global user.name");
    } finally {
      process.env = before;
    }
  });
});

/** As a person's git may be set up: with a filter that attributes can name, and with hooks of one's own. */
async function withOwnSettings(course: Course, mark: string, work: () => Promise<unknown>): Promise<void> {
  const hooks = path.join(course.folder, "own-hooks");
  await mkdir(hooks);
  for (const name of ["pre-push", "post-index-change", "post-checkout"])
    await writeFile(path.join(hooks, name), `#!/bin/sh\ntouch ${mark}\n`, { mode: 0o755 });
  const config = path.join(course.folder, "gitconfig");
  const filter = `clean = touch ${mark}; cat\nsmudge = touch ${mark}; cat`;
  const user = "[user]\nname = T\nemail = t@example.org\n";
  await writeFile(config, `${user}[core]\nhooksPath = ${hooks}\n[filter "mark"]\n${filter}\n`);
  const usual = process.env.GIT_CONFIG_GLOBAL;
  process.env.GIT_CONFIG_GLOBAL = config;
  try {
    await work();
  } finally {
    if (usual === undefined) delete process.env.GIT_CONFIG_GLOBAL;
    else process.env.GIT_CONFIG_GLOBAL = usual;
  }
}

async function serve(course: Course): Promise<{ url: string; process: ChildProcess } | undefined> {
  const probe = net.createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as net.AddressInfo;
  probe.close();
  await once(probe, "close");
  const options = [
    "--export-all",
    "--enable=receive-pack",
    "--reuseaddr",
    "--listen=127.0.0.1",
    `--port=${port}`,
  ];
  const daemon = spawn("git", ["daemon", "--verbose", ...options, `--base-path=${course.folder}`], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  const ready = await Promise.race([
    once(daemon.stderr, "data").then(([text]) => String(text).includes("Ready")),
    once(daemon, "exit").then(() => false),
  ]);
  return ready ? { url: `git://127.0.0.1:${port}/course.git`, process: daemon } : undefined;
}
