import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import Sqlite from "libsql";
import { exampleQuestion, exampleRecord, exampleTest, exampleWritten } from "./fixtures/records.js";
import { type Gradebook, openGradebook } from "./gradebook.js";

describe("gradebook", () => {
  let folder: string;
  let file: string;
  let gradebook: Gradebook;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "gradebook-"));
    file = join(folder, "gradebook.db");
    gradebook = await openGradebook(file);
  });

  afterEach(async () => {
    await gradebook.close();
    await rm(folder, { recursive: true });
  });

  const reopen = async () => {
    await gradebook.close();
    gradebook = await openGradebook(file);
  };

  /** What SQLite itself finds in the file. */
  const query = (text: string): unknown[] => {
    const sqlite = new Sqlite(file);
    try {
      return sqlite.prepare(text).all();
    } finally {
      sqlite.close();
    }
  };

  it("gives back after reopening exactly the record that it was given", async () => {
    const record = exampleRecord();
    await gradebook.record(record, "2026-11-20T10:00:00.000Z");
    await reopen();
    expect(await gradebook.latest("01-quantization")).to.deep.equal([record]);
  });

  it("keeps answers in words with their rubric, in their order, also those that were not given", async () => {
    const written = [exampleWritten({ id: "w2" }), exampleWritten({ answer: "", rubric: [] })];
    const record = exampleRecord({ maxScore: 42, written });
    await gradebook.record(record, "2026-11-20T10:00:00.000Z");
    await reopen();
    expect(await gradebook.latest("01-quantization")).to.deep.equal([record]);
  });

  it("keeps a refused submission that has no questions", async () => {
    const record = exampleRecord({
      status: "invalid",
      score: 0,
      questions: [],
      notices: [],
      problem: "answer.ipynb is not JSON.",
    });
    await gradebook.record(record, "2026-11-20T10:00:00.000Z");
    expect(await gradebook.latest("01-quantization")).to.deep.equal([record]);
  });

  it("keeps the order of questions and tests, not that of their names", async () => {
    const tests = ["z", "a", "m"].map((title) => exampleTest({ title }));
    const questions = ["q10", "q2", "q1"].map((id) => exampleQuestion({ id, tests }));
    await gradebook.record(exampleRecord({ questions }), "2026-11-20T10:00:00.000Z");
    const [found] = await gradebook.latest("01-quantization");
    expect(found?.questions.map((question) => question.id)).to.deep.equal(["q10", "q2", "q1"]);
    expect(found?.questions[0]?.tests.map((test) => test.title)).to.deep.equal(["z", "a", "m"]);
  });

  it("counts the last attempt, and keeps the earlier ones", async () => {
    await gradebook.record(exampleRecord({ score: 5, receipt: "r1" }), "2026-11-20T10:00:00.000Z");
    await gradebook.record(exampleRecord({ score: 9, receipt: "r2" }), "2026-11-20T11:00:00.000Z");
    expect((await gradebook.latest("01-quantization")).map((record) => record.score)).to.deep.equal([9]);
    expect(query("select score from attempts order by id")).to.deep.equal([{ score: 5 }, { score: 9 }]);
    expect(query("select count(*) as n from submissions")).to.deep.equal([{ n: 1 }]);
  });

  it("records the same attempt once when it is asked twice", async () => {
    await gradebook.record(exampleRecord(), "2026-11-20T10:00:00.000Z");
    await gradebook.record(exampleRecord(), "2026-11-20T10:00:00.000Z");
    expect(query("select count(*) as n from attempts")).to.deep.equal([{ n: 1 }]);
    expect(query("select count(*) as n from test_results")).to.deep.equal([{ n: 10 }]);
  });

  it("lists the students of one lab in order, and none of another", async () => {
    for (const student of ["zoë", "ada", "mei"]) {
      await gradebook.record(exampleRecord({ student }), "2026-11-20T10:00:00.000Z");
    }
    await gradebook.record(exampleRecord({ student: "bob", lab: "02-pruning" }), "2026-11-20T10:00:00.000Z");
    const records = await gradebook.latest("01-quantization");
    expect(records.map((record) => record.student)).to.deep.equal(["ada", "mei", "zoë"]);
    expect(await gradebook.latest("03-distillation")).to.deep.equal([]);
  });

  it("counts as finished what was graded or refused, and not what waits or failed for our reasons", async () => {
    for (const status of ["graded", "invalid", "needs-review", "error"] as const) {
      await gradebook.record(
        exampleRecord({ student: status, status, notebookHash: `hash of ${status}` }),
        "2026-11-20T10:00:00.000Z",
      );
    }
    const finished = await gradebook.finished("01-quantization", "2026-11-01", "t-1");
    expect([...finished.keys()]).to.have.members(["graded", "invalid"]);
    expect(finished.get("graded")?.notebookHash).to.equal("hash of graded");
    expect(finished.get("graded")?.record).to.deep.equal(
      exampleRecord({ student: "graded", notebookHash: "hash of graded" }),
    );
  });

  it("counts nothing as finished for another release, other tests or another lab", async () => {
    await gradebook.record(exampleRecord(), "2026-11-20T10:00:00.000Z");
    expect((await gradebook.finished("01-quantization", "2026-12-01", "t-1")).size).to.equal(0);
    expect((await gradebook.finished("01-quantization", "2026-11-01", "t-2")).size).to.equal(0);
    expect((await gradebook.finished("02-pruning", "2026-11-01", "t-1")).size).to.equal(0);
    expect((await gradebook.finished("01-quantization", "2026-11-01", "t-1")).size).to.equal(1);
  });

  it("grades again a student whose last attempt failed after one that succeeded", async () => {
    await gradebook.record(exampleRecord(), "2026-11-20T10:00:00.000Z");
    await gradebook.record(exampleRecord({ status: "error" }), "2026-11-20T11:00:00.000Z");
    expect((await gradebook.finished("01-quantization", "2026-11-01", "t-1")).size).to.equal(0);
  });

  it("leaves nothing of a submission when a part of it is refused", async () => {
    const bad = exampleRecord({
      student: "eve",
      questions: [exampleQuestion({ id: "q1" }), exampleQuestion({ id: "q2", score: Number.NaN })],
    });
    await rejects(() => gradebook.record(bad, "2026-11-20T10:00:00.000Z"), /NOT NULL/);
    for (const table of ["students", "releases", "submissions", "attempts", "question_results"]) {
      expect(query(`select * from ${table}`), table).to.deep.equal([]);
    }
    await gradebook.record(exampleRecord(), "2026-11-20T10:00:00.000Z");
    expect(await gradebook.latest("01-quantization")).to.have.length(1);
  });

  it("keeps hostile text as text, with U+FFFD for what UTF-8 or a text column can't hold", async () => {
    const answer = "'); drop table attempts; -- \0 after NUL \ud800 half \u{1f642} <b>";
    await gradebook.record(
      exampleRecord({ questions: [exampleQuestion({ answer })] }),
      "2026-11-20T10:00:00.000Z",
    );
    const [found] = await gradebook.latest("01-quantization");
    expect(found?.questions[0]?.answer).to.equal(
      "'); drop table attempts; -- \ufffd after NUL \ufffd half \u{1f642} <b>",
    );
  });

  it("refuses to change or delete any row", async () => {
    await gradebook.record(exampleRecord({ written: [exampleWritten()] }), "2026-11-20T10:00:00.000Z");
    await gradebook.courseSecret();
    const sqlite = new Sqlite(file);
    const columns = {
      course: "value",
      students: "first_seen",
      releases: "release",
      submissions: "first_seen",
      attempts: "score",
      question_results: "score",
      test_results: "verdict",
      written_answers: "answer",
    };
    for (const [table, column] of Object.entries(columns)) {
      const refusal = `${table} is append-only`;
      expect(() => sqlite.exec(`update ${table} set ${column} = ${column}`), table).to.throw(refusal);
      expect(() => sqlite.exec(`delete from ${table}`), table).to.throw(refusal);
    }
    sqlite.close();
  });

  it("makes one course secret of 32 bytes, and keeps it", async () => {
    const secret = await gradebook.courseSecret();
    expect(secret).to.have.length(32);
    await reopen();
    expect(await gradebook.courseSecret()).to.deep.equal(secret);
    const other = await openGradebook(join(folder, "other.db"));
    expect(await other.courseSecret()).to.not.deep.equal(secret);
    await other.close();
  });

  it("lets two graders write at once without losing or mixing up anything", async () => {
    const second = await openGradebook(file);
    const names = Array.from({ length: 40 }, (_, index) => `student ${String(index).padStart(2, "0")}`);
    const writers = [gradebook, second];
    await Promise.all(
      names.map((student, index) =>
        writers[index % 2]?.record(exampleRecord({ student }), "2026-11-20T10:00:00.000Z"),
      ),
    );
    const expected = names.map((student) => exampleRecord({ student }));
    expect(await second.latest("01-quantization")).to.deep.equal(expected);
    await second.close();
  });

  it("gives two graders that start together the same course secret", async () => {
    const second = await openGradebook(file);
    const [mine, theirs] = await Promise.all([gradebook.courseSecret(), second.courseSecret()]);
    expect(mine).to.deep.equal(theirs);
    await second.close();
  });
});

async function rejects(work: () => Promise<unknown>, message: RegExp): Promise<void> {
  const failure = await work().then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(failure).to.be.instanceOf(Error).with.property("message").that.matches(message);
}
