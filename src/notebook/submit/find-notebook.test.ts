import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { findNotebook } from "./find-notebook.js";

describe("the notebook that is meant", () => {
  let labDir: string;
  beforeEach(() => {
    labDir = mkdtempSync(join(tmpdir(), "edgelab-find-"));
  });
  afterEach(() => {
    rmSync(labDir, { recursive: true });
  });
  const add = (...names: string[]) => {
    for (const name of names) writeFileSync(join(labDir, name), "{}");
  };
  const find = (labId?: string, sessionName?: string) => findNotebook({ labDir, labId, sessionName });

  it("is the one that is open, by whatever path Jupyter names it", () => {
    add("01-sums.ipynb", "01-sums-Copy1.ipynb");
    for (const name of ["01-sums-Copy1.ipynb", "/elsewhere/labs/01-sums-Copy1.ipynb"])
      expect(find("01-sums", name)).to.equal(join(labDir, "01-sums-Copy1.ipynb"));
  });

  it("is the lab's own where none is named, or one that is not there", () => {
    add("01-sums.ipynb", "notes.ipynb");
    for (const name of [undefined, "console-1", "gone.ipynb"])
      expect(find("01-sums", name)).to.equal(join(labDir, "01-sums.ipynb"));
  });

  it("is the only one there, else the ones that there are get named", () => {
    expect(() => find("01-sums")).to.throw("there is no notebook in");
    add("mine.ipynb");
    expect(find("01-sums")).to.equal(join(labDir, "mine.ipynb"));
    add("other.ipynb");
    expect(() => find())
      .to.throw("there are 2 notebooks in")
      .with.property("code", "WHICH_NOTEBOOK");
  });
});
