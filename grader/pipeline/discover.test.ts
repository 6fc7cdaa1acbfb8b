import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect } from "chai";
import { LabError } from "../../src/core/errors.js";
import { discover } from "./discover.js";

const lab = "01-x";

describe("discover", () => {
  let dir = "";
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), "discover-"));
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  const put = (...path: string[]) => {
    const file = join(dir, ...path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, "{}");
    return file;
  };

  async function problemOf(student: string): Promise<string> {
    const entry = (await discover(dir, lab)).find((found) => found.student === student);
    return entry && "problem" in entry ? entry.problem : "none";
  }

  async function failure(run: Promise<unknown>): Promise<LabError> {
    const error = await run.then(
      () => new Error("it was found"),
      (reason: unknown) => reason,
    );
    if (error instanceof LabError) return error;
    throw error;
  }

  it("finds one notebook a student, in the order of their names", async () => {
    const bo = put("bo", lab, "01-x.ipynb");
    const ada = put("ada", lab, "work.ipynb");
    expect(await discover(dir, lab)).to.deep.equal([
      { student: "ada", path: ada },
      { student: "bo", path: bo },
    ]);
  });

  it("takes names with spaces, quotes, dots and letters of any script as they are", async () => {
    const names = ["Ada Lovelace", "O'Brien, J.", "..x", "=CMD()", "-rf", "Zoë", "王 小明", "مريم"];
    for (const name of names) put(name, lab, "01-x.ipynb");
    expect((await discover(dir, lab)).map(({ student }) => student)).to.have.members(names);
    for (const name of names) expect(await problemOf(name)).to.equal("none");
  });

  it("gives names in the composed form of Unicode, and finds the folder all the same", async () => {
    const path = put("Zoe\u0308", lab, "01-x.ipynb");
    expect(await discover(dir, lab)).to.deep.equal([{ student: "Zo\u00eb", path }]);
    expect(await discover(dir, lab, ["Zoe\u0308"])).to.deep.equal([{ student: "Zo\u00eb", path }]);
  });

  it("refuses both of two folders whose names are the same in Unicode", async () => {
    put("Zoe\u0308", lab, "01-x.ipynb");
    put("Zo\u00eb", lab, "01-x.ipynb");
    const found = await discover(dir, lab);
    expect(found.map((entry) => "problem" in entry && entry.problem.includes("Several"))).to.deep.equal([
      true,
      true,
    ]);
  });

  it("skips files that lie about, and hidden folders that hold nothing of the lab", async () => {
    put(".git", "HEAD");
    put(".ipynb_checkpoints", "01-x.ipynb");
    put(".DS_Store");
    put("grades.csv");
    put("ada", lab, "01-x.ipynb");
    expect(await discover(dir, lab)).to.have.length(1);
  });

  it("prefers the notebook of the lab's name, and skips hidden ones", async () => {
    put("ada", lab, "Untitled.ipynb");
    put("ada", lab, ".01-x-checkpoint.ipynb");
    const path = put("ada", lab, "01-x.ipynb");
    expect(await discover(dir, lab)).to.deep.equal([{ student: "ada", path }]);
  });

  it("refuses several notebooks of which none has the lab's name", async () => {
    put("ada", lab, "a.ipynb");
    put("ada", lab, "b.ipynb");
    expect(await problemOf("ada")).to.contain("2 notebooks");
  });

  it("says what is missing from a student's folder", async () => {
    put("ada", "02-y", "02-y.ipynb");
    put("bo", lab, "notes.txt");
    expect(await problemOf("ada")).to.contain("no folder 01-x");
    expect(await problemOf("bo")).to.contain("no notebook in 01-x");
  });

  it("refuses linked folders, wherever they lead", async () => {
    put("ada", lab, "01-x.ipynb");
    symlinkSync(join(dir, "ada"), join(dir, "bo"));
    mkdirSync(join(dir, "cy"));
    symlinkSync(join(dir, "ada", lab), join(dir, "cy", lab));
    expect(await problemOf("ada")).to.equal("none");
    expect(await problemOf("bo")).to.contain("a link");
    expect(await problemOf("cy")).to.contain("a link");
  });

  it("refuses names that could confuse a terminal, and shows them escaped", async () => {
    put("a\u001b[2Jb", lab, "01-x.ipynb");
    put("c\u202Ed", lab, "01-x.ipynb");
    put("e\nf", lab, "01-x.ipynb");
    for (const name of ["a\\u{1b}[2Jb", "c\\u{202e}d", "e\\u{a}f"])
      expect(await problemOf(name)).to.contain("control characters");
  });

  it("refuses names longer than 100 characters", async () => {
    put("x".repeat(100), lab, "01-x.ipynb");
    put("y".repeat(101), lab, "01-x.ipynb");
    expect(await problemOf("x".repeat(100))).to.equal("none");
    expect(await problemOf(`${"y".repeat(99)}…`)).to.contain("longer than 100");
  });

  it("looks only at the students that are asked for", async () => {
    put("ada", lab, "01-x.ipynb");
    put("bo", lab, "01-x.ipynb");
    expect((await discover(dir, lab, ["bo"])).map(({ student }) => student)).to.deep.equal(["bo"]);
    expect(await discover(dir, lab, [])).to.have.length(2);
  });

  it("names the students that there are not", async () => {
    put("ada", lab, "01-x.ipynb");
    const error = await failure(discover(dir, lab, ["ada", "../etc", "bo"]));
    expect(error.message).to.contain('no folder for "../etc", "bo"');
  });

  it("says that a folder is empty, or not there, or a file", async () => {
    expect((await failure(discover(dir, lab))).message).to.contain("has no student's folder");
    expect((await failure(discover(join(dir, "none"), lab))).message).to.contain("there is no folder");
    expect((await failure(discover(put("file"), lab))).message).to.contain("there is no folder");
  });
});
