import { spawn } from "node:child_process";
import { once } from "node:events";
import { rm } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { build } from "esbuild";
import { Course, hasGit, lab } from "./fixtures/course.js";

describe("grader publish, stopped at any moment", function () {
  this.timeout(300_000);
  let course: Course;
  let program: string;

  before(async function () {
    if (!hasGit) this.skip();
    course = await Course.create();
    // One plain file starts many times as fast as the sources do. It lies here to find the packages.
    program = fileURLToPath(new URL(`.publish-${process.pid}.mjs`, import.meta.url));
    const main = fileURLToPath(new URL("fixtures/publish-main.ts", import.meta.url));
    await build({
      entryPoints: [main],
      outfile: program,
      bundle: true,
      packages: "external",
      platform: "node",
      format: "esm",
    });
  });
  after(async () => {
    await course?.remove();
    if (program) await rm(program, { force: true });
  });

  interface Moment {
    /** How many lines the process has printed: one when it begins to work, one for each step. */
    readonly lines: number;
    readonly afterMs: number;
    readonly signal: "SIGKILL" | "SIGINT";
  }

  /** Starts a publication and ends it at a moment. Gives how long it worked since each line that it printed. */
  async function stoppedAt({ lines, afterMs, signal }: Moment): Promise<readonly number[]> {
    const child = spawn(process.execPath, [program, course.labDir, course.remote], {
      stdio: ["ignore", "pipe", "ignore"],
      env: { ...process.env, TMPDIR: course.folder },
      detached: true,
    });
    const ended = once(child, "close");
    const times: number[] = [];
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      for (const _ of text.matchAll(/\n/g)) times.push(performance.now());
    });
    while (times.length < lines) await once(child.stdout, "data");
    await Promise.race([sleep(afterMs), ended]);
    // Ctrl-C reaches git as well, and whatever of the remote runs on this machine.
    const target = signal === "SIGINT" ? -(child.pid ?? 0) : (child.pid ?? 0);
    if (child.exitCode === null) process.kill(target, signal);
    await ended;
    const end = performance.now();
    await allGone(child.pid ?? 0);
    return times.map((time) => end - time);
  }

  /** git may go on for a moment after whoever started it is gone: until its group of processes is empty. */
  async function allGone(group: number): Promise<void> {
    for (;;) {
      try {
        process.kill(-group, 0);
      } catch {
        return;
      }
      await sleep(10);
    }
  }

  function refs(): string[] {
    return course.git("for-each-ref", "--format=%(refname)").split("\n").filter(Boolean);
  }

  it("leaves the remote as it was before or as it is after, each time", async () => {
    const whole = await stoppedAt({ lines: 1, afterMs: 60_000, signal: "SIGKILL" });
    expect(course.tags()).to.deep.equal([`${lab}/v1`]);
    // Over all of it, and over the push alone, which begins with the third step done.
    for (const lines of [1, 4])
      for (const signal of ["SIGKILL", "SIGINT"] as const) {
        for (const ref of refs()) course.git("update-ref", "-d", ref);
        await stoppedAt({ lines, afterMs: Math.random() * (whole[lines - 1] ?? 0), signal });
        expect(refs().length, refs().join()).to.be.oneOf([0, 2]);
        course.git("fsck", "--strict", "--connectivity-only");
      }
    expect((await course.publish()).tag).to.equal(`${lab}/v1`);
  });
});
