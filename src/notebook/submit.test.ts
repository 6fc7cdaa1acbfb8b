import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { sessionKey } from "./kernel/session-state.js";
import { triedVariable } from "./run-notebook/messages.js";
import { CourseFolder, labId } from "./submit/fixtures/course.js";

describe("submit in a notebook", function () {
  this.timeout(60_000);
  const home = process.cwd();
  let course: CourseFolder;
  let submit: typeof import("./submit.js").submit;
  before(async () => {
    // As a module, as everywhere but under mocha: there is only one LabError then.
    ({ submit } = await import(`./submit.js?${Math.random()}`));
  });
  beforeEach(() => {
    course = new CourseFolder();
    process.chdir(course.labDir);
  });
  afterEach(() => {
    process.chdir(home);
    Reflect.deleteProperty(globalThis, "__tslab__");
    Reflect.deleteProperty(globalThis, sessionKey);
    delete process.env.JPY_SESSION_NAME;
    delete process.env[triedVariable];
    course.remove();
  });

  /** What is printed, and what is shown under the cell where there is a kernel. */
  async function shownBy(act: () => Promise<void>, kernel = false): Promise<{ text: string; html: string }> {
    const shown = { text: [] as string[], html: [] as string[], line: [] as string[] };
    const display = { html: (part: string) => shown.html.push(part) };
    const newDisplay = () => ({ text: (part: string) => shown.line.push(part) });
    if (kernel) Object.assign(globalThis, { __tslab__: { require: () => ({ display, newDisplay }) } });
    const log = console.log;
    console.log = (line: string) => shown.text.push(line);
    try {
      await act();
    } finally {
      console.log = log;
    }
    return { text: shown.text.join("\n"), html: shown.html.join("") };
  }
  const zips = () => {
    const folder = join(course.courseDir, "handed-in");
    return existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".zip")) : [];
  };
  function addTest(): void {
    mkdirSync(join(course.labDir, "public"));
    writeFileSync(
      join(course.labDir, "public/q1.test.ts"),
      `export default { id: "q1", define: ({ student, test }: any) =>
        test(4, "adds", async () => { if ((await student.call("sum", [1, 2])) !== 3) throw new Error("no"); }) };`,
    );
  }

  it("runs the answers, hands the notebook in, and shows a receipt in words and as HTML", async () => {
    addTest();
    course.save({ answer: "function sum(x: number[]) { return x.reduce((a, b) => a + b, 0); }" });
    const { text } = await shownBy(() => submit());
    expect(text).to.match(/^✓ handed in: 01-sums\n {2}file {6}\/.+\/handed-in\/01-sums-[\d-]+\.zip\n/);
    expect(text).to.include("4 of 4 of the public tests");
    expect(text).to.include("Upload this file");
    const { html } = await shownBy(() => submit({ to: "zip" }), true);
    expect(html).to.include("handed in: <strong>01-sums</strong>");
    expect(zips().length).to.be.within(1, 2);
  });

  it("hands in unfinished work, and says what does not run or pass", async () => {
    addTest();
    course.save({
      answer: 'function sum(x: number[]): number { throw new Error("q1: write sum"); }\nsum([1]);',
    });
    const { text } = await shownBy(() => submit());
    expect(text).to.include("✓ handed in");
    expect(text).to.include("0 of 4 of the public tests");
    expect(text).to.include("q1: write sum");
    expect(text).to.include("✗ q1: not passed: adds");
  });

  it("says to save first, and throws nothing", async () => {
    const executed = new Map([["q1", "function sum() { return 9; }"]]);
    Object.defineProperty(globalThis, sessionKey, { value: { executed }, configurable: true });
    const { text } = await shownBy(() => submit());
    expect(text).to.match(/^✗ not handed in: what you last ran in q1 is not what the saved notebook has/);
    expect(zips()).to.deep.equal([]);
  });

  it("hands in the notebook that is open, where there is another one beside it", async () => {
    writeFileSync(join(course.labDir, "notes.ipynb"), "{}");
    process.env.JPY_SESSION_NAME = join(course.labDir, "notes.ipynb");
    expect((await shownBy(() => submit())).text).to.include("not a notebook");
    process.env.JPY_SESSION_NAME = "a name of VS Code's own";
    expect((await shownBy(() => submit())).text).to.include(`notebook  ${labId}.ipynb`);
  });

  it("does nothing where a notebook is only being tried: else it would hand in itself again", async () => {
    process.env[triedVariable] = "yes";
    expect((await shownBy(() => submit())).text).to.include("only being tried");
    expect(zips()).to.deep.equal([]);
  });

  it("names the ways there are", async () => {
    const wrong = { to: "mail" } as unknown as { to: "zip" };
    expect((await shownBy(() => submit(wrong))).text).to.include(
      'can\'t hand in by "mail". Use "zip" or "git".',
    );
  });
});
