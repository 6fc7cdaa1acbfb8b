import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import type { LabError } from "../../core/errors.js";
import { CourseFolder, labId, validation } from "./fixtures/course.js";
import { type SubmitNotebookOptions, submitNotebook } from "./submit-notebook.js";

describe("handing in", () => {
  let course: CourseFolder;
  beforeEach(() => {
    course = new CourseFolder();
  });
  afterEach(() => {
    course.remove();
  });

  const now = () => new Date("2026-11-23T10:15:00Z");
  const handIn = (rest: Partial<SubmitNotebookOptions> = {}) => {
    const { notebookPath, labDir } = course;
    return submitNotebook({ notebookPath, labDir, now, validate: async () => validation, ...rest });
  };
  const handedIn = () => join(course.courseDir, "handed-in");
  async function refusal(rest: Partial<SubmitNotebookOptions> = {}): Promise<LabError> {
    try {
      await handIn(rest);
    } catch (error) {
      // By name: what is imported late has a LabError of its own under mocha and tsx.
      expect(error).to.include({ name: "LabError" });
      expect(existsSync(handedIn())).to.equal(false);
      return error as LabError;
    }
    throw new Error("it was handed in");
  }

  it("writes a zip file and a receipt beside the course, and says what is in them", async () => {
    const { receipt } = await handIn();
    const path = join(handedIn(), `${labId}-20261123-101500.zip`);
    expect(receipt).to.deep.equal({
      lab: labId,
      release: "abc123",
      notebook: `${labId}.ipynb`,
      sha256: createHash("sha256").update(readFileSync(course.notebookPath)).digest("hex"),
      at: "2026-11-23T10:15:00.000Z",
      to: { kind: "zip", path },
      due: "2026-12-01T23:59:00+01:00",
      points: { earned: 2, possible: 4 },
      notices: [],
    });
    expect(existsSync(path)).to.equal(true);
    expect(JSON.parse(readFileSync(join(handedIn(), "receipts.jsonl"), "utf8"))).to.deep.equal(receipt);
  });

  it("keeps each file and each receipt, when two are handed in within a second", async () => {
    await handIn();
    await handIn();
    expect(readdirSync(handedIn()).sort()).to.deep.equal([
      `${labId}-20261123-101500-2.zip`,
      `${labId}-20261123-101500.zip`,
      "receipts.jsonl",
    ]);
    expect(readFileSync(join(handedIn(), "receipts.jsonl"), "utf8").trim().split("\n")).to.have.length(2);
  });

  it("says that a file is the one that was handed in last: who forgot to save should hear of it", async () => {
    expect((await handIn()).receipt.notices).to.deep.equal([]);
    writeFileSync(join(handedIn(), "receipts.jsonl"), "not a receipt\n", { flag: "a" });
    expect((await handIn()).receipt.notices).to.deep.equal([
      "It is the same file as the last one, of 2026-11-23 10:15 UTC.",
    ]);
    course.save({ answer: "function sum() { return 1; }" });
    expect((await handIn()).receipt.notices).to.deep.equal([]);
  });

  it("hands nothing in while an answer on the screen differs from the saved one", async () => {
    const executed = new Map([["q1", "function sum() { return 1; }"]]);
    expect((await refusal({ executed })).message).to.include("Save the notebook first (Ctrl+S");
  });

  it("hands in when the saved answers are those that ran, however the editor ends lines", async () => {
    course.save({ answer: "function sum() {\n}" });
    const executed = new Map([
      ["q1", "function sum() {\r\n}\n"],
      ["c-1", "a locked cell does not count"],
    ]);
    expect((await handIn({ executed })).receipt.lab).to.equal(labId);
  });

  it("refuses what the grader refuses: another lab's notebook, and what is no notebook", async () => {
    course.save({ lab: "02-others" });
    expect((await refusal()).code).to.equal("WRONG_LAB");
    writeFileSync(course.notebookPath, "<<<<<<< HEAD\n{}");
    expect((await refusal()).code).to.equal("NOTEBOOK_NOT_JSON");
    writeFileSync(course.notebookPath, "");
    expect((await refusal()).code).to.equal("NOTEBOOK_EMPTY");
  });

  it("refuses a notebook that is too large because of its outputs, before it reads it", async () => {
    course.save({ output: "x".repeat(17 * 1024 * 1024) });
    const { code, message } = await refusal();
    expect(code).to.equal("NOTEBOOK_TOO_LARGE");
    expect(message).to.include("Clear its outputs");
  });

  it("says what the grader will not do, and hands in all the same", async () => {
    course.save({ answer: 'import { shuffle } from "lodash";' });
    const { receipt } = await handIn({ validate: async () => ({ ...validation, notices: ["Edited."] }) });
    expect(receipt.notices).to.deep.equal([
      'The grader does not have "lodash": the cell that imports it will fail there.',
      "Edited.",
    ]);
  });

  it("hands in what could not be run at all, without points", async () => {
    const validate = async () => ({ notices: [], questions: [], problem: "time was up" });
    expect((await handIn({ validate })).receipt).not.to.have.property("points");
  });

  it("goes by the release that the lab was built with, where the course itself is kept", async () => {
    mkdirSync(join(course.labDir, "build"));
    renameSync(join(course.labDir, "release.json"), join(course.labDir, "build/release.json"));
    expect((await handIn()).receipt.notices).to.deep.equal([]);
    renameSync(join(course.labDir, "build/release.json"), join(course.labDir, "gone"));
    expect((await handIn()).receipt.notices[0]).to.include("There is no release.json");
  });

  it("says how to get back a file of the course that was broken", async () => {
    writeFileSync(join(course.labDir, "release.json"), "{}");
    expect((await refusal()).message).to.include("git checkout -- ");
  });

  it("writes nothing when it is stopped while the notebook is being tried", async () => {
    const stop = new AbortController();
    const validate = async () => {
      stop.abort();
      return validation;
    };
    let stopped: unknown;
    await handIn({ signal: stop.signal, validate }).catch((error: unknown) => {
      stopped = error;
    });
    expect((stopped as Error).name).to.equal("AbortError");
    expect(existsSync(handedIn())).to.equal(false);
  });
});
