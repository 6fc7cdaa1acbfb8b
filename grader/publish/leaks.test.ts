import { symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect } from "chai";
import { loadLab } from "../authoring/load-lab.js";
import { Course, failure, hasGit, lab, smallPackage } from "./fixtures/course.js";
import { findLeaks, findLeaksInPackage, type Leak, privateFiles } from "./secrets/scan.js";
import { type Secret, secretsOf } from "./secrets/secrets.js";

describe("what grader publish keeps from students", function () {
  this.timeout(60_000);
  let course: Course;

  before(function () {
    if (!hasGit) this.skip();
  });
  beforeEach(async () => {
    course = await Course.create();
  });
  afterEach(() => course?.remove());

  /** The refusal; the remote is untouched. */
  async function refused(): Promise<string> {
    const { message } = await failure(course.publish());
    expect(course.git("for-each-ref")).to.equal("");
    return message;
  }

  async function leaks(files: Record<string, string>): Promise<readonly Leak[]> {
    const loaded = await loadLab(course.labDir);
    const contents = new Map(Object.entries(files).map(([name, text]) => [name, Buffer.from(text)]));
    return findLeaks(contents, await secretsOf(loaded), await privateFiles(loaded));
  }

  it("is a solution's line in the notebook's prose, set in otherwise", async () => {
    await course.edit(
      "notebook.ts",
      "// **Clip before you store.**",
      "// Try `const scale = (high-low) /\n// (2 ** bits - 1);` first. **Clip before you store.**",
    );
    const message = await refused();
    expect(message)
      .to.include(`labs/${lab}/${lab}.ipynb, cells.`)
      .and.to.include("the solution of q1, line 6");
  });

  it("is a hidden test's number in a public test", async () => {
    await course.edit(
      "hidden/q1.test.ts",
      "export default",
      "export const expected = 0.717_23;\nexport default",
    );
    await course.edit(
      "public/q1.test.ts",
      "export default",
      "export const value = 717.23e-3;\nexport default",
    );
    const line =
      /labs\/01-quantization\/public\/q1\.test\.ts, line 6: "0\.717_23" of hidden\/q1\.test\.ts:\d+/;
    expect(await refused()).to.match(line);
  });

  it("is what stands in a module or JSON that hidden tests import", async () => {
    await course.add(
      "hidden/data/expected.json",
      '{\n  "values": [0.7172345, "the answer to everything"]\n}\n',
    );
    await course.add("hidden/expected.ts", 'export const hint = "what only helpers say";\n');
    await course.edit(
      "public/q1.test.ts",
      "export default",
      'export const a = [0.7172345, "the answer to everything", "what only helpers say"];\nexport default',
    );
    expect(await refused())
      .to.include('"0.7172345" of hidden/data/expected.json:2')
      .and.to.include('"the answer to everything" of hidden/data/expected.json:2')
      .and.to.include('"what only helpers say" of hidden/expected.ts:1');
  });

  it("is a file elsewhere that a link among the public tests leads to", async () => {
    await writeFile(path.join(course.folder, "private.ts"), "// a token\nexport default 1;\n");
    await symlink(path.join(course.folder, "private.ts"), path.join(course.labDir, "public/q9.test.ts"));
    await course.verified();
    expect(await refused()).to.include("public/q9.test.ts");
  });

  for (const file of [".env", "data/.env", ".git/config", "notebook.ts~"])
    it(`is ${file}, even where the notebook links to it`, async () => {
      await course.add(file, "TOKEN=1");
      await course.edit(
        "notebook.ts",
        "// **By hand first.**",
        `// [settings](${file})\n//\n// **By hand first.**`,
      );
      expect(await refused())
        .to.include(file)
        .and.to.include("which students must not have");
    });

  it("is a hidden test's hint in a public test, written with other quotes", async () => {
    const hint = "How many gaps lie between the codes? How does -min/scale become an integer?";
    const escaped = hint.replace("-", "\\u002d");
    await course.edit(
      "public/q1.test.ts",
      "export default",
      `export const hint = '${escaped}';\nexport default`,
    );
    expect(await refused())
      .to.include("public/q1.test.ts, its strings")
      .and.to.include("hidden/q1.test.ts");
  });

  it("is no line whose author says that students may know it", async () => {
    await course.edit(
      "hidden/q1.test.ts",
      "export default",
      "export const expected = 0.71723; // public\nexport default",
    );
    await course.edit("public/q1.test.ts", "export default", "export const value = 0.71723;\nexport default");
    expect((await course.publish()).tag).to.equal(`${lab}/v1`);
  });

  it("is the rubric or the model answer of a question in words", async () => {
    const marker =
      '// %% written w1 points=2 title="Why" rubric="names the outlier channel; compares both scales"';
    const answer = "// BEGIN SOLUTION\n// The loud channel sets the scale for all of them.\n// END SOLUTION";
    await course.edit(
      "notebook.ts",
      "// %% [markdown]\n// ## 2 ",
      `${marker}\n// Write here.\n${answer}\n// %% [markdown]\n// ## 2 `,
    );
    await course.edit("public/q1.test.ts", "export default", "// Compares both scales.\nexport default");
    expect(await refused()).to.include("the rubric of w1");
    await course.edit(
      "public/q1.test.ts",
      "Compares both scales",
      "The loud channel sets the scale for all of them",
    );
    expect(await refused()).to.include("the solution of w1");
  });

  it("is a hidden test that the notebook links to as a picture", async () => {
    await course.edit(
      "notebook.ts",
      "// **By hand first.**",
      "// ![q1](hidden/q1.test.ts)\n//\n// **By hand first.**",
    );
    expect(await refused())
      .to.include("hidden/q1.test.ts")
      .and.to.include("students must not have");
  });

  it("is a copy of a hidden test under another name", async () => {
    await course.add("data/table.txt", await text("hidden/q2.test.ts"));
    await course.edit(
      "notebook.ts",
      "// **By hand first.**",
      "// [data](data/table.txt)\n//\n// **By hand first.**",
    );
    expect(await refused()).to.include(`labs/${lab}/data/table.txt, the whole file: hidden/q2.test.ts`);
  });

  it("is a link on disk to a hidden test, or anything outside of the lab", async () => {
    await symlink("hidden/q1.test.ts", path.join(course.labDir, "picture.png"));
    await course.edit(
      "notebook.ts",
      "// **By hand first.**",
      "// ![](picture.png)\n//\n// **By hand first.**",
    );
    expect(await refused()).to.include("picture.png, which is no file in the lab's folder");
    await course.edit("notebook.ts", "![](picture.png)", "![](../../course.yaml)");
    expect(await refused()).to.include("outside of the lab's folder");
  });

  it("is a module of the teacher's that a public test imports", async () => {
    await course.add("hidden/secret.ts", "export const answer = 42;\n");
    await course.edit("public/q1.test.ts", "export default", 'import "../hidden/secret.js";\nexport default');
    expect(await refused()).to.include('public/q1.test.ts imports "../hidden/secret.js"');
  });

  it("is looked for in a notebook's outputs and metadata, and in files that others wrote", async () => {
    const title = "sends ties where the specification does";
    const output = { output_type: "stream", text: ["sends ties where ", "the specification does"] };
    const notebook = { cells: [{ outputs: [output], metadata: { note: title } }], metadata: { [title]: 1 } };
    const found = await leaks({ "notes/old.ipynb": JSON.stringify(notebook), "a.md": `x\ny ${title}` });
    expect(found.map(({ file, place }) => `${file} ${place}`)).to.deep.equal([
      "notes/old.ipynb cells.0.outputs.0.text",
      "notes/old.ipynb cells.0.metadata.note",
      "notes/old.ipynb metadata",
      "a.md line 2",
    ]);
  });

  it("is a file of a name that only the teacher's side has", async () => {
    const found = await leaks({
      "labs/x/hidden/a.bin": "1",
      "labs/x/mutants/b.ts": "2",
      "labs/x/notebook.ts": "3",
    });
    expect(found.length).to.equal(3);
  });

  it("is found in edgelab's package, but for the library's own formulas", async () => {
    const secrets = await secretsOf(await loadLab(course.labDir));
    const files = new Map([
      ["dist/a.js", Buffer.from("const scale = (high - low) / (2 ** bits - 1);")],
      ["dist/b.js", Buffer.from('"sends ties where the specification does"')],
    ]);
    expect(findLeaksInPackage(files, secrets).map(({ file }) => file)).to.deep.equal(["dist/b.js"]);
    await course.edit(
      "hidden/q1.test.ts",
      "export default",
      "export const telling = 'the very secret text';\nexport default",
    );
    const bad = smallPackage();
    const pack = async () => ({
      ...bad,
      files: new Map([["dist/a.js", Buffer.from("// the very secret text")]]),
    });
    expect((await failure(course.publish({ pack }))).message)
      .to.include("edgelab's package")
      .and.to.include("dist/a.js, line 1");
  });

  it("holds the titles, hints and numbers of hidden tests, lines of solutions, and what mutants say", async () => {
    const secrets: readonly Secret[] = await secretsOf(await loadLab(course.labDir));
    const shown = secrets.map((secret) => secret.shown);
    expect(shown).to.include.members([
      "saturates outside of the range",
      "Look at numbers that lie exactly in the middle between two codes.",
      "127.7",
      "return Math.min(Math.max(code, 0), top);",
      "256 values have how many gaps?",
    ]);
    // Students have these by right: names that they write, and what public tests call the same values.
    for (const known of ["quantizePerChannel", "restored weights", "});"])
      expect(shown).not.to.include(known);
  });

  async function text(file: string): Promise<string> {
    const { readFile } = await import("node:fs/promises");
    return readFile(path.join(course.labDir, file), "utf8");
  }
});
