import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { findCourse } from "./lab-folder.js";

describe("the course that a lab belongs to", () => {
  let dir: string;
  let labDir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), "edgelab-folder-"));
    labDir = join(dir, "course", "labs", "01-sums");
    mkdirSync(labDir, { recursive: true });
  });
  afterEach(() => {
    rmSync(dir, { recursive: true });
  });

  it("is the folder with course.json, whatever package lies between", async () => {
    const json = { title: "Course", submit: "git", labs: [] };
    writeFileSync(join(dir, "course", "course.json"), JSON.stringify(json));
    writeFileSync(join(dir, "course", "labs", "package.json"), "{}");
    expect(await findCourse(labDir)).to.deep.equal({ dir: join(dir, "course"), course: json });
  });

  it("is the package where labs are kept without a course, else the lab's own folder", async () => {
    expect((await findCourse(labDir)).course).to.equal(undefined);
    writeFileSync(join(dir, "course", "package.json"), "{}");
    expect(await findCourse(labDir)).to.deep.equal({ dir: join(dir, "course"), course: undefined });
  });

  it("says how to get a broken course.json back", async () => {
    writeFileSync(join(dir, "course", "course.json"), "<<<<<<<");
    const refused = await findCourse(labDir).catch((error: Error) => error.message);
    expect(refused).to.include("git checkout -- course.json");
  });
});
