import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect } from "chai";
import { findCourse, findNotebook } from "./find-course.js";

describe("findCourse", () => {
  let root: string;
  const put = (path: string, text = "{}") => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  beforeEach(() => {
    root = realpathSync(mkdtempSync(join(tmpdir(), "edgelab-course-")));
    put("labs/01-quantization/01-quantization.ipynb");
    put("labs/02-pruning/02-pruning.ipynb");
    put("labs/notes/readme.txt");
  });
  afterEach(() => rmSync(root, { recursive: true }));

  it("goes up to course.json, or to a package.json that is or needs edgelab", () => {
    const inside = join(root, "labs/02-pruning");
    put("package.json", '{ "name": "other", "dependencies": { "lodash": "1" } }');
    expect(() => findCourse(inside)).to.throw(
      `no course was found in ${inside} or above it. Go to the folder`,
    );
    for (const text of [
      '{ "name": "edgelab" }',
      '{ "dependencies": { "edgelab": "file:edgelab-0.1.0.tgz" } }',
    ]) {
      put("package.json", text);
      expect(findCourse(inside)).to.deep.equal({ root, labs: ["01-quantization", "02-pruning"] });
    }
    put("package.json", "not JSON");
    put("course.json");
    expect(findCourse(inside).root).to.equal(root);
  });

  it("is the folder with course.json, also where somebody has installed edgelab into a lab", () => {
    put("course.json");
    put("labs/02-pruning/package.json", '{ "dependencies": { "edgelab": "0.1.0" } }');
    expect(findCourse(join(root, "labs/02-pruning")).root).to.equal(root);
  });

  it("does not take an installed edgelab for the course", () => {
    put("node_modules/edgelab/package.json", '{ "name": "edgelab" }');
    expect(() => findCourse(join(root, "node_modules/edgelab"))).to.throw("no course was found");
  });

  it("knows a lab by its name, its number, its folder and its notebook", () => {
    put("course.json");
    const course = findCourse(root);
    const labDir = join(root, "labs/02-pruning");
    const place = { labDir, notebookPath: join(labDir, "02-pruning.ipynb") };
    for (const named of [
      "02-pruning",
      "2",
      "02",
      "labs/02-pruning",
      "labs/02-pruning/02-pruning.ipynb",
      "02-pruning.ipynb",
    ])
      expect(findNotebook(course, named, root), named).to.deep.equal(place);
    expect(findNotebook(course, undefined, join(labDir, "sub"))).to.deep.equal(place);
  });

  it("takes another notebook by its path, and guesses nothing", () => {
    put("course.json");
    put("labs/02-pruning/copy.ipynb");
    const course = findCourse(root);
    const labDir = join(root, "labs/02-pruning");
    expect(findNotebook(course, "copy.ipynb", labDir).notebookPath).to.equal(join(labDir, "copy.ipynb"));
    expect(() => findNotebook(course, undefined, root)).to.throw("Labs here: 01-quantization, 02-pruning.");
    expect(() => findNotebook(course, "3", root)).to.throw('there is no lab and no notebook "3"');
  });
});
