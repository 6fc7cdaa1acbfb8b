import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect } from "chai";
import { LabError } from "../../src/core/errors.js";
import { findLab } from "./find-lab.js";
import { importTypeScript } from "./import-typescript.js";
import { loadLab } from "./load-lab.js";
import { loadMutants, loadTests } from "./load-tests.js";

const limits = "{ cellCpuMs: 1000, callCpuMs: 100, memoryBytes: 1e8 }";
const manifest = (id: string) =>
  `export default { id: "${id}" as string, title: "T", packages: [], withheld: ["core/quantization"], limits: ${limits} };`;
const notebook = `// %% question q1 points=10 title="T"
function f(): number {
  // BEGIN SOLUTION
  return 1;
  // END SOLUTION
}
`;
const tests = (id: string) => `export default { id: "${id}", define(): void {} };`;
const mutant = `export default { question: "q1", misconception: "m", changes: [["return 1", "return 2"]], caughtBy: ["t"], feedback: "f" };`;

describe("a lab's folder", () => {
  let root = "";
  let dir = "";
  const put = (path: string, text: string) => {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), text);
  };
  beforeEach(() => {
    root = realpathSync(mkdtempSync(join(tmpdir(), "load-lab-")));
    dir = join(root, "labs", "01-x");
    put("lab.ts", manifest("01-x"));
    put("notebook.ts", notebook);
    put("public/q1.test.ts", tests("q1"));
    put("hidden/q1.test.ts", tests("q1"));
    put("mutants/q1-two.ts", mutant);
    put("evaluate.ts", "export const f = () => 1;");
  });
  afterEach(() => rmSync(root, { recursive: true }));

  async function failure(run: Promise<unknown>): Promise<LabError> {
    const error = await run.then(
      () => new Error("it was loaded"),
      (reason: unknown) => reason,
    );
    if (error instanceof LabError) return error;
    throw error;
  }

  it("gives manifest, source, release and files", async () => {
    const lab = await loadLab(dir);
    expect(lab.manifest.withheld).to.deep.equal(["core/quantization"]);
    expect(lab.source.questions).to.deep.equal([{ id: "q1", title: "T", points: 10 }]);
    expect(lab.release).to.equal(lab.source.release);
    expect(lab.files).to.deep.equal({
      public: [join(dir, "public/q1.test.ts")],
      hidden: [join(dir, "hidden/q1.test.ts")],
      mutants: [join(dir, "mutants/q1-two.ts")],
      helpers: [],
      evaluate: [join(dir, "evaluate.ts")],
    });
  });

  it("loads TypeScript tests and mutants", async () => {
    const lab = await loadLab(dir);
    const { public: open, hidden } = await loadTests(lab);
    expect([open[0]?.id, hidden[0]?.id]).to.deep.equal(["q1", "q1"]);
    expect(await loadMutants(lab)).to.deep.equal([
      {
        question: "q1",
        misconception: "m",
        changes: [["return 1", "return 2"]],
        caughtBy: ["t"],
        feedback: "f",
      },
    ]);
  });

  it("gives tests the same chai as the grader has, so that its assertion errors are known by class", async () => {
    put(
      "hidden/q1.test.ts",
      `import { AssertionError } from "chai";
import { finiteNumber } from "edgelab/testing";
export { AssertionError, finiteNumber };`,
    );
    const { AssertionError, finiteNumber } = await importTypeScript(join(dir, "hidden/q1.test.ts"));
    const chai = await import(pathToFileURL(createRequire(import.meta.url).resolve("chai")).href);
    expect(AssertionError).to.equal(chai.AssertionError);
    expect(finiteNumber).to.throw(chai.AssertionError);
  });

  it("changes the hash of the tests with each file of tests, mutants and evaluate.ts, what they import, and nothing else", async () => {
    const seen = [(await loadLab(dir)).testsHash];
    const next = async () => {
      const { testsHash } = await loadLab(dir);
      const isNew = !seen.includes(testsHash);
      seen.push(testsHash);
      return isNew;
    };
    put("README.md", "x");
    put("hidden/notes.txt", "x");
    expect(await next()).to.equal(false);
    put("hidden/data/expected.json", "[1]");
    expect(await next()).to.equal(true);
    put("hidden/data/expected.json", "[2]");
    expect(await next()).to.equal(true);
    put("mutants/common/helper.ts", "export default 1;");
    expect(await next()).to.equal(true);
    for (const path of [
      "public/q1.test.ts",
      "hidden/q1.test.ts",
      "mutants/q1-two.ts",
      "mutants/q1-three.ts",
      "evaluate.ts",
    ]) {
      put(path, `// changed\n${path.startsWith("m") ? mutant : tests("q1")}`);
      expect(await next(), path).to.equal(true);
    }
  });

  it("does without public tests and mutants, not without hidden tests of each question", async () => {
    for (const folder of ["public", "mutants"]) rmSync(join(dir, folder), { recursive: true });
    expect((await loadTests(await loadLab(dir))).public).to.deep.equal([]);
    rmSync(join(dir, "hidden"), { recursive: true });
    expect((await failure(loadTests(await loadLab(dir)))).message).to.contain("no hidden tests for q1");
  });

  it("refuses tests of a question that the notebook does not ask", async () => {
    put("public/q9.test.ts", tests("q9"));
    const error = await failure(loadTests(await loadLab(dir)));
    expect(error.message).to.contain('01-x/public/q9.test.ts is about "q9"');
  });

  it("refuses files that export something else, and says which", async () => {
    put("mutants/q1-bad.ts", mutant.replace("caughtBy", "cauhgtBy"));
    put("public/a.test.ts", "export default 3;");
    const lab = await loadLab(dir);
    expect((await failure(loadMutants(lab))).message).to.match(/01-x\/mutants\/q1-bad\.ts .*caughtBy/s);
    expect((await failure(loadTests(lab))).message).to.contain("01-x/public/a.test.ts");
  });

  it("says which file cannot be loaded, and why", async () => {
    put("hidden/q1.test.ts", "export default {{;");
    const error = await failure(loadTests(await loadLab(dir)));
    expect(error.code).to.equal("CANNOT_LOAD");
    expect(error.message).to.contain("hidden/q1.test.ts cannot be loaded");
  });

  const badManifests: [what: string, text: string, says: string][] = [
    ["of another id", manifest("02-y"), '"02-y"'],
    ["with a field too many", manifest("01-x").replace("title", "tilte: 1, title"), "tilte"],
    ["with limits that are not positive", manifest("01-x").replace("1000", "0"), "cellCpuMs"],
    [
      "with a package that is a path",
      manifest("01-x").replace("packages: []", 'packages: ["../x"]'),
      "packages",
    ],
    ["without default export", "export const lab = 1;", "does not export a lab"],
  ];
  for (const [what, text, says] of badManifests)
    it(`refuses a manifest ${what}`, async () => {
      put("lab.ts", text);
      const error = await failure(loadLab(dir));
      expect(error.code).to.equal("BAD_MANIFEST");
      expect(error.message).to.contain(says);
    });

  it("says that the notebook's source is missing", async () => {
    rmSync(join(dir, "notebook.ts"));
    expect((await failure(loadLab(dir))).code).to.equal("NO_LAB_SOURCE");
  });

  it("is found by its name in the working directory's labs, and by its path", () => {
    expect(findLab("01-x", root)).to.equal(dir);
    expect(findLab("labs/01-x", root)).to.equal(dir);
    expect(findLab("./01-x/", join(root, "labs"))).to.equal(dir);
    expect(findLab(".", dir)).to.equal(dir);
    expect(findLab(dir, "/")).to.equal(dir);
  });

  it("is not found by a part of its name, and the labs that there are get listed", () => {
    for (const wrong of ["1", "01", "02-y", "..", "", "01-X"])
      expect(() => findLab(wrong, root), wrong)
        .to.throw(LabError, /Labs here: .*01-x/)
        .with.property("code", "UNKNOWN_LAB");
  });
});
