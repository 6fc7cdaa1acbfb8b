import { type ChildProcess, execFile, spawn } from "node:child_process";
import { chmod, mkdir, mkdtemp, open, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import { buildNotebooks } from "../authoring/build.js";
import { loadLab } from "../authoring/load-lab.js";
import { edited, writeSmallLab } from "../authoring/verify/fixtures/small-lab.js";
import { openGradebook } from "../gradebook/gradebook.js";
import { packageRoot } from "../package-root.js";

const cli = path.join(packageRoot(), "dist", "grader", "cli.js");
const lab = "09-small";

/** What stands in the place of the solution. */
const answers = {
  right: "return (one + 1) * x;",
  wrong: "return x * x;",
  endless: "return x;\n}\nfor (;;) {",
  /** Long enough for a signal to arrive in the middle of it, however busy the machine is. */
  slow: "return 2 * x;\n}\nawait new Promise((done) => setTimeout(done, 2000));\n{",
} as const;

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The command as a TA types it, over real jails. */
describe("grader run", function () {
  this.timeout(120_000);
  let folder: string;
  let shelf: string;
  /** Of the lab, as `grader build` writes them. */
  let notebooks: { readonly student: string; readonly reference: string };

  before(async () => {
    shelf = await mkdtemp(path.join(tmpdir(), "edgelab-run-lab-"));
    // A cell that loops is stopped after a second.
    const limits = edited("packages:", "limits: { cellCpuMs: 1000 }, packages:");
    await writeSmallLab(path.join(shelf, lab), { "lab.ts": limits });
    const { source, manifest } = await loadLab(path.join(shelf, lab));
    notebooks = buildNotebooks(source, manifest);
  });
  after(() => rm(shelf, { recursive: true, force: true }));

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "edgelab-run-"));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const submissions = (): string => path.join(folder, "submissions");
  const gradebook = (): string => path.join(folder, "gradebook.db");
  const args = (...more: readonly string[]): string[] => [
    ...[cli, "run", path.join(shelf, lab), "--submissions", submissions(), "--gradebook", gradebook()],
    ...["--feedback", path.join(folder, "feedback"), ...more],
  ];

  function run(...more: readonly string[]): Promise<Ended> {
    // A second worker would start a compiler for nothing.
    return ended(spawn(process.execPath, args("--jobs", "1", ...more), { cwd: folder }));
  }

  async function submit(student: string, answer: keyof typeof answers | "none" = "right"): Promise<string> {
    const file = path.join(submissions(), student, lab, `${lab}.ipynb`);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, answer === "none" ? notebooks.student : answeredWith(answers[answer]));
    return file;
  }

  function answeredWith(answer: string): string {
    const { cells, ...notebook } = JSON.parse(notebooks.reference);
    const from = answers.right;
    for (const cell of cells) cell.source = cell.source.join("").replace(from, () => answer);
    return JSON.stringify({ cells, ...notebook });
  }

  const lines = (stdout: string): Record<string, unknown>[] =>
    stdout
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line));

  it("prints one object a line, keeps it in the gradebook, and writes a page", async () => {
    await submit("ada");
    const { code, stdout } = await run("--json");
    expect(code).to.equal(0);
    const [record] = lines(stdout);
    expect(record).to.include({ student: "ada", lab, status: "graded", score: 4, maxScore: 4 });
    const book = await openGradebook(gradebook());
    expect((await book.latest(lab)).map(({ student, receipt }) => [student, receipt])).to.deep.equal([
      ["ada", record?.receipt],
    ]);
    await book.close();
    expect(await readdir(path.join(folder, "feedback", lab))).to.include("ada.html");
  });

  it("says in one line what is wrong with each odd submission, and grades the rest", async () => {
    await submit("good one");
    await submit("žluťoučký 学生");
    await submit("..dots");
    await writeFile(await submit("empty"), "");
    await writeFile(await submit("binary"), Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 1, 2]));
    await writeFile(
      await submit("old-format"),
      JSON.stringify({ nbformat: 3, nbformat_minor: 0, worksheets: [] }),
    );
    const other = await submit("other-lab");
    await writeFile(
      other,
      (await readFile(other, "utf8")).replaceAll(`"lab":"${lab}"`, '"lab":"02-pruning"'),
    );
    const huge = await open(await submit("huge"), "w");
    await huge.truncate(500 * 1024 * 1024);
    await huge.close();
    const linked = await submit("linked");
    await rm(linked);
    await symlink("/etc/passwd", linked);
    await mkdir(path.join(submissions(), "nothing", lab), { recursive: true });
    const { code, stdout } = await run("--json");
    expect(code).to.equal(0);
    const records = new Map(lines(stdout).map((record) => [record.student, record]));
    expect(records.size).to.equal(10);
    for (const student of ["good one", "žluťoučký 学生", "..dots"]) {
      expect(records.get(student.normalize()), student).to.include({ status: "graded", score: 4 });
    }
    for (const student of ["empty", "binary", "old-format", "other-lab", "huge", "linked", "nothing"]) {
      expect(records.get(student), student).to.include({ status: "invalid" });
      expect(records.get(student)?.problem, student).to.match(/^[^\n]{10,200}$/);
    }
  });

  it("says in one line what is wrong with the command, and exits with 1", async () => {
    await submit("ada");
    const wrong: readonly (readonly [string[], RegExp])[] = [
      [[cli, "run", "99-nothing"], /there is no lab "99-nothing"\. Labs here: 01-quantization/],
      [args("--submissions", path.join(folder, "missing")), /missing/],
      [args("--student", "nobody"), /nobody/],
      [args("--jobs", "0"), /whole number/],
      [args("--gradebook", "postgres://localhost/grades"), /postgres/i],
      [args("--frobnicate"), /unknown option/],
    ];
    await mkdir(path.join(folder, "none"));
    for (const [command, message] of wrong) {
      const { code, stderr, stdout } = await ended(spawn(process.execPath, command, { cwd: packageRoot() }));
      expect(code, command.join(" ")).to.equal(1);
      expect(stderr)
        .to.match(message)
        .and.not.match(/\n\s+at /);
      expect(stdout).to.equal("");
    }
  });

  it("stops at Ctrl-C without losing what is graded, and resumes without grading it twice", async () => {
    for (let i = 0; i < 5; i++) await submit(`student-${i}`, i === 0 ? "right" : "slow");
    const child = spawn(process.execPath, args("--json", "--jobs", "2"), { cwd: folder });
    await firstLine(child);
    child.kill("SIGINT");
    const first = await ended(child);
    expect(first.code).to.equal(130);
    expect(first.stderr).to.match(/stopped; \d of 5 are not graded. Go on with --resume/);
    await expectEachOnce(await run("--json", "--resume", "--jobs", "2"));
  });

  it("loses nothing when it is killed, leaves no process behind, and resumes", async () => {
    for (let i = 0; i < 3; i++) await submit(`student-${i}`, (["right", "slow", "endless"] as const)[i]);
    const child = spawn(process.execPath, args("--json", "--jobs", "2"), { cwd: folder });
    await firstLine(child);
    child.kill("SIGKILL");
    await ended(child);
    await gone(folder);
    await expectEachOnce(await run("--json", "--resume", "--jobs", "2"));
  });

  it("resumes with what has changed only", async () => {
    await submit("ada");
    const changed = await submit("bob");
    await run();
    await writeFile(changed, `${await readFile(changed, "utf8")}\n`);
    await submit("eve", "none");
    const { stdout } = await run("--json", "--resume");
    expect(lines(stdout).map(({ student }) => student)).to.have.members(["bob", "eve"]);
  });

  it("gives the same receipt when the same notebook is graded again", async () => {
    await submit("ada", "wrong");
    const receipts = [await run("--json"), await run("--json")].map(
      ({ stdout }) => lines(stdout)[0]?.receipt,
    );
    expect(receipts[0]).to.be.a("string").and.equal(receipts[1]);
  });

  it("says what is in the way of the gradebook or the pages, and exits with 1", async function () {
    if (process.getuid?.() === 0) this.skip();
    await submit("ada");
    await chmod(folder, 0o500);
    const { code, stderr } = await run();
    await chmod(folder, 0o700);
    expect(code).to.equal(1);
    expect(stderr).to.match(/^grader: /);
  });

  async function expectEachOnce(resumed: Ended): Promise<void> {
    expect(resumed.code).to.equal(0);
    const book = await openGradebook(gradebook());
    const students = (await book.latest(lab)).map(({ student }) => student);
    await book.close();
    expect(students).to.deep.equal((await readdir(submissions())).sort());
    const attempts = await countAttempts(gradebook());
    expect(attempts).to.equal(students.length);
  }
});

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

function firstLine(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => child.stdout?.once("data", () => resolve()));
}

async function countAttempts(file: string): Promise<number> {
  const { default: Database } = await import("libsql");
  const db = new Database(file);
  const row = db.prepare("select count(*) as n from attempts").get() as { n: number };
  db.close();
  return row.n;
}

/** Until no process is left whose command line names the folder or a jail of ours. */
async function gone(folder: string): Promise<void> {
  const deadline = Date.now() + 10_000;
  for (;;) {
    const left = await new Promise<string>((resolve) => {
      execFile("pgrep", ["-fa", folder], (_, out) => resolve(out));
    });
    if (left === "") return;
    if (Date.now() > deadline) throw new Error(`still running:\n${left}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
