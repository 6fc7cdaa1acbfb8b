import { type ChildProcess, execFile, spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import path from "node:path";
import { expect } from "chai";
import { Classroom, lab, notebook } from "../collect/helpers.test.js";
import { packageRoot } from "../package-root.js";

const cli = path.join(packageRoot(), "dist", "grader", "cli.js");

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The command as a TA types it, in a course's folder. */
describe("grader collect", function () {
  this.timeout(120_000);
  let room: Classroom;
  let silent: Server | undefined;
  beforeEach(() => {
    room = new Classroom();
  });
  afterEach(() => {
    silent?.close();
    silent = undefined;
    room.close();
  });

  function writeCourse(due: string, ...students: readonly string[]): void {
    const lines = ["title: Efficient networks", "labs:", `  ${lab}: { due: ${due} }`, "students:"];
    writeFileSync(
      room.path("course.yaml"),
      [...lines, ...students.map((line) => `  - { ${line} }`), ""].join("\n"),
    );
  }

  function start(...args: readonly string[]): ChildProcess {
    return spawn(process.execPath, [cli, "collect", ...args], { cwd: room.dir });
  }

  /** A server that takes a connection and never says a word. */
  async function silentRemote(): Promise<string> {
    const server = createServer(() => {});
    silent = server;
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    return `git://127.0.0.1:${typeof address === "object" && address ? address.port : 0}/x.git`;
  }

  it("says what it took, what a person has to look at, and what to do next", async () => {
    room.addWithRemote("s12345").handIn("mine");
    writeCourse(
      "2099-01-01T00:00Z",
      "id: s12345, remote: server/s12345.git",
      "id: s12346, remote: server/none.git",
    );
    const { code, stdout, stderr } = await ended(start(`labs/${lab}/`));
    expect(stderr).to.equal("");
    expect(code).to.equal(2);
    expect(stdout).to.match(/^✓ {2}s12345 {3}by \d{4}-/m);
    expect(stdout).to.match(/^\? s12346: there is no repository at the remote\. Look at/m);
    expect(stdout).to.match(/^2 students: 1 on time, 1 not to be had\.$/m);
    expect(stdout).to.contain(`Next: npx --no-install grader run ${lab}\n`);
    expect(stdout.split("\n").every((line) => line.length <= 110)).to.equal(true);
    expect(room.onTime("s12345")).to.equal(notebook("mine"));
  });

  it("prints one object a line with --json, and only the students that were asked for", async () => {
    for (const id of ["s1", "s2"]) room.addWithRemote(id).handIn(id);
    writeCourse("2099-01-01T00:00Z", "id: s1, remote: server/s1.git", "id: s2, remote: server/s2.git");
    const { code, stdout } = await ended(start(lab, "--json", "--student", "s2", "--submissions", "here"));
    expect(code).to.equal(0);
    const line = JSON.parse(stdout);
    expect(line).to.include({ student: "s2", lab, kind: "on-time", path: `here/s2/${lab}/${lab}.ipynb` });
    expect(Object.keys(line)).to.deep.equal([
      "student",
      "lab",
      "kind",
      "commit",
      "pushedAt",
      "lateMinutes",
      "path",
      "latePath",
      "note",
    ]);
    expect(Object.keys(line.pushedAt)).to.deep.equal(["from", "to", "evidence"]);
  });

  it("says in one line what is wrong with the command, and exits with 1", async () => {
    expect((await ended(start(lab))).stderr).to.match(/^grader: there is no course\.yaml/);
    writeCourse("2099-01-01T00:00Z", "id: s1");
    const wrong: readonly (readonly [readonly string[], RegExp])[] = [
      [["99-nothing"], /no lab "99-nothing"\. Labs there: 01-quantization/],
      [[lab], /no student with a remote.*--from/],
      [[lab, "--from", "nowhere"], /there is no nowhere/],
      [[lab, "--from", ".", "--student", "nobody"], /no student "nobody"/],
    ];
    for (const [args, message] of wrong) {
      const { code, stdout, stderr } = await ended(start(...args));
      expect(code, args.join(" ")).to.equal(1);
      expect(stderr)
        .to.match(message)
        .and.not.match(/\n\s+at /);
      expect(stdout).to.equal("");
    }
  });

  it("loses nothing at Ctrl-C or a kill: who is done is done, and the next collect goes on", async () => {
    room.addWithRemote("s1").handIn("work");
    const remote = await silentRemote();
    writeCourse("2099-01-01T00:00Z", "id: s1, remote: server/s1.git", `id: s2, remote: "${remote}"`);
    for (const signal of ["SIGINT", "SIGKILL"] as const) {
      const child = start(lab, "--json");
      const ending = ended(child);
      await new Promise<void>((resolve) => child.stdout?.once("data", () => resolve()));
      child.kill(signal);
      const { code, stdout, stderr } = await ending;
      expect(JSON.parse(stdout), signal).to.include({ student: "s1", kind: "on-time" });
      if (signal === "SIGINT") {
        expect(code).to.equal(130);
        expect(stderr).to.match(/stopped; 1 of 2 are not collected/);
      }
      expect(room.onTime("s1")).to.equal(notebook("work"));
      const ledger = readFileSync(room.path("collected", `${lab}.jsonl`), "utf8")
        .trim()
        .split("\n");
      for (const line of ledger) expect(JSON.parse(line)).to.include({ lab });
    }
    const { code } = await ended(start(lab, "--student", "s1"));
    expect(code).to.equal(0);
    // A git whose parent was killed waits for as long as the server does.
    for (const line of await processesNaming(remote)) process.kill(Number.parseInt(line, 10), "SIGTERM");
  });
});

function processesNaming(text: string): Promise<string[]> {
  return new Promise((resolve) => {
    execFile("pgrep", ["-fa", text], (_, out) => resolve(out.split("\n").filter((line) => line !== "")));
  });
}

function ended(child: ChildProcess): Promise<Ended> {
  let [stdout, stderr] = ["", ""];
  child.stdout?.on("data", (chunk) => {
    stdout += chunk;
  });
  child.stderr?.on("data", (chunk) => {
    stderr += chunk;
  });
  return new Promise((resolve) => child.once("close", (code) => resolve({ code, stdout, stderr })));
}
