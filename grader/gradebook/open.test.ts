import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { expect } from "chai";
import { sql } from "kysely";
import Sqlite from "libsql";
import { LabError } from "../../src/core/errors.js";
import { openDatabase } from "./database.js";
import { exampleRecord, exampleWritten } from "./fixtures/records.js";
import { gradebookOn, openGradebook } from "./gradebook.js";
import { gradebookPath } from "./location.js";
import { migrations } from "./migrations/index.js";

describe("opening a gradebook", () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "gradebook-"));
  });

  afterEach(async () => {
    await chmod(folder, 0o700);
    await rm(folder, { recursive: true });
  });

  it("takes a path or a file URL", () => {
    expect(gradebookPath("gradebook.db")).to.equal(resolve("gradebook.db"));
    expect(gradebookPath("file:some/book.db")).to.equal(resolve("some/book.db"));
    const path = join(folder, "with space.db");
    expect(gradebookPath(pathToFileURL(path).href)).to.equal(path);
  });

  it("says that PostgreSQL is not in this version, without repeating the password", () => {
    for (const url of ["postgres://ta:hunter2@db/grades", "postgresql://ta:hunter2@db/grades"]) {
      const error = thrown(() => gradebookPath(url));
      expect(error.code).to.equal("GRADEBOOK_POSTGRES");
      expect(error.message).to.include("not in this version").and.include("--gradebook gradebook.db");
      expect(error.message).to.not.include("hunter2");
    }
  });

  it("goes to no network, whatever the URL asks for", () => {
    for (const url of ["libsql://host/db", "https://host/db", "wss://host/db", "file://host/x.db", " "]) {
      expect(thrown(() => gradebookPath(url)).code, url).to.equal("GRADEBOOK_URL");
    }
  });

  it("makes a file that only its owner can read", async () => {
    const path = join(folder, "gradebook.db");
    await (await openGradebook(path)).close();
    expect((await stat(path)).mode & 0o777).to.equal(0o600);
  });

  it("says which folder does not exist", async () => {
    const error = await refused(join(folder, "missing", "gradebook.db"));
    expect(error.code).to.equal("GRADEBOOK_FOLDER");
    expect(error.message).to.include(join(folder, "missing"));
  });

  it("refuses a folder in place of a file", async () => {
    expect((await refused(folder)).code).to.equal("GRADEBOOK_FOLDER");
  });

  it("refuses a file that is not a database, and leaves it as it is", async () => {
    const path = join(folder, "notes.txt");
    const text = "These are the notes of a tutorial.\n".repeat(100);
    await writeFile(path, text);
    expect((await refused(path)).code).to.equal("GRADEBOOK_FOREIGN");
    expect(await readFile(path, "utf8")).to.equal(text);
  });

  it("refuses another program's database, and adds no table to it", async () => {
    const path = join(folder, "other.db");
    new Sqlite(path).exec("create table songs (title text)");
    expect((await refused(path)).code).to.equal("GRADEBOOK_FOREIGN");
    expect(new Sqlite(path).prepare("select name from sqlite_master").all()).to.deep.equal([
      { name: "songs" },
    ]);
  });

  it("refuses a gradebook with a newer schema, and says which", async () => {
    const path = join(folder, "gradebook.db");
    const later = { ...migrations, "999-later": { up: async () => undefined } };
    await (await openDatabase(path, later)).destroy();
    const error = await refused(path);
    expect(error.code).to.equal("GRADEBOOK_NEWER");
    expect(error.message).to.include("999-later").and.include("Update edgelab");
  });

  it("reads a gradebook from before there were answers in words, and takes such an answer into it", async () => {
    const path = join(folder, "gradebook.db");
    const { "001-first": first } = migrations;
    if (first === undefined) throw new Error("there is no first migration");
    const before = await openDatabase(path, { "001-first": first });
    await before.insertInto("students").values({ id: "ada", first_seen: "t" }).execute();
    await before
      .insertInto("submissions")
      .values({ student_id: "ada", lab: "01-quantization", notebook_hash: "n", first_seen: "t" })
      .execute();
    await before
      .insertInto("releases")
      .values({ lab: "01-quantization", release: "r", tests_hash: "t", first_used: "t" })
      .execute();
    const { problem, isolation, receipt } = exampleRecord();
    const texts = { status: "graded" as const, isolation, receipt, problem, notices: "[]" };
    await before
      .insertInto("attempts")
      .values({
        submission_id: 1,
        release_id: 1,
        started_at: "t",
        ...texts,
        seed_hash: "s",
        score: 3,
        max_score: 4,
        duration_ms: 1,
      })
      .execute();
    await before.destroy();
    const after = await openGradebook(path);
    const [old] = await after.latest("01-quantization");
    expect([old?.score, old?.written]).to.deep.equal([3, []]);
    const record = exampleRecord({ student: "bob", written: [exampleWritten()] });
    await after.record(record, "2026-11-20T10:00:00.000Z");
    expect((await after.latest("01-quantization"))[1]).to.deep.equal(record);
    await after.close();
  });

  it("brings an older gradebook to the newest schema and keeps its rows", async () => {
    const path = join(folder, "gradebook.db");
    const before = await openGradebook(path);
    await before.record(exampleRecord(), "2026-11-20T10:00:00.000Z");
    await before.close();
    const later = {
      ...migrations,
      "999-later": {
        up: async (db: Parameters<(typeof migrations)[string]["up"]>[0]) => {
          await db.schema.alterTable("attempts").addColumn("late_days", "integer").execute();
        },
      },
    };
    const after = await openDatabase(path, later);
    expect(await gradebookOn(after, path).latest("01-quantization")).to.deep.equal([exampleRecord()]);
    await after.destroy();
  });

  it("leaves no half of a schema when a migration fails", async () => {
    const path = join(folder, "gradebook.db");
    const failing = {
      ...migrations,
      "999-fails": {
        up: async () => {
          throw new Error("this migration fails");
        },
      },
    };
    const failure = await openDatabase(path, failing).then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(failure).to.have.property("message", "this migration fails");
    expect(new Sqlite(path).prepare("select name from sqlite_master").all()).to.deep.equal([]);
  });

  it("can be opened for the first time by several graders at once", async () => {
    const path = join(folder, "gradebook.db");
    const books = await Promise.all(Array.from({ length: 6 }, () => openGradebook(path)));
    const secrets = await Promise.all(books.map((book) => book.courseSecret()));
    expect(new Set(secrets.map((secret) => Buffer.from(secret).toString("hex"))).size).to.equal(1);
    for (const book of books) await book.close();
  });

  it("says that a folder or a file can't be written", async () => {
    const path = join(folder, "gradebook.db");
    await (await openGradebook(path)).close();
    await mkdir(join(folder, "sealed"));
    await chmod(join(folder, "sealed"), 0o555);
    await chmod(path, 0o444);
    await chmod(folder, 0o755);
    await asOrdinaryUser(async () => {
      expect((await refused(join(folder, "sealed", "gradebook.db"))).code).to.equal("GRADEBOOK_READ_ONLY");
      expect((await refused(path)).code).to.equal("GRADEBOOK_READ_ONLY");
    });
  });

  it("says that the disk is full, and keeps what was recorded before", async () => {
    const path = join(folder, "gradebook.db");
    const db = await openDatabase(path, migrations);
    const gradebook = gradebookOn(db, path);
    await gradebook.record(exampleRecord(), "2026-11-20T10:00:00.000Z");
    const pages = await sql<{ page_count: number }>`pragma page_count`.execute(db);
    await sql`pragma max_page_count = ${sql.raw(String(pages.rows[0]?.page_count))}`.execute(db);

    const large = exampleRecord({ student: "eve", problem: "x".repeat(100_000) });
    const error = await gradebook
      .record(large, "2026-11-20T10:00:00.000Z")
      .catch((reason: unknown) => reason);

    expect(error).to.be.instanceOf(LabError).with.property("code", "GRADEBOOK_DISK_FULL");
    expect(await gradebook.latest("01-quantization")).to.deep.equal([exampleRecord()]);
    await gradebook.close();
  });
});

function thrown(work: () => unknown): LabError {
  try {
    work();
  } catch (error) {
    expect(error).to.be.instanceOf(LabError);
    return error as LabError;
  }
  throw new Error("nothing was thrown");
}

async function refused(path: string): Promise<LabError> {
  const error = await openGradebook(path).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).to.be.instanceOf(LabError);
  return error as LabError;
}

/** Root may write everywhere; so the superuser steps down for as long as it takes. */
async function asOrdinaryUser(work: () => Promise<void>): Promise<void> {
  if (process.getuid?.() !== 0 || process.seteuid === undefined) return work();
  process.seteuid(65534);
  try {
    await work();
  } finally {
    process.seteuid(0);
  }
}
