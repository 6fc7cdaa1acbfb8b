import { expect } from "chai";
import fc from "fast-check";
import { LabError } from "../../src/core/errors.js";
import { parseCourse } from "../course/load-course.js";
import { type NewLab, newCourseYaml, newLabFiles } from "./new-lab.js";
import { parsePercent } from "./percent.js";

const lab: NewLab = { id: "05-search", title: "Architecture search", questions: 4 };
const file = (path: string, changed: Partial<NewLab> = {}) =>
  newLabFiles({ ...lab, ...changed }).get(path) ?? "";

describe("the files of a new lab", () => {
  it("are a manifest, the notebook's source, a page for teachers, and tests and mutants of each question", () => {
    expect([...newLabFiles({ ...lab, questions: 2 }).keys()]).to.deep.equal([
      "lab.ts",
      "notebook.ts",
      "README.md",
      "public/q1.test.ts",
      "hidden/q1.test.ts",
      "mutants/q1-errors-cancel.ts",
      "mutants/q1-skips-zeros.ts",
      "public/q2.test.ts",
      "hidden/q2.test.ts",
      "mutants/q2-adds.ts",
    ]);
  });

  for (const questions of [1, 4, 12])
    it(`ask ${questions} question${questions === 1 ? "" : "s"}, and say of all but the first that they are placeholders`, () => {
      const source = parsePercent(file("notebook.ts", { questions }));
      expect(source.questions.map(({ id }) => id)).to.deep.equal(
        Array.from({ length: questions }, (_, i) => `q${i + 1}`),
      );
      const told = source.cells.filter((cell) => cell.source.includes("This question is a placeholder"));
      expect(told).to.have.length(questions - 1);
    });

  it("have nothing left of the templates' own language, and no line that is too long to read", () => {
    for (const [path, text] of newLabFiles({ ...lab, questions: 12 })) {
      expect(text, path).to.not.match(/\{\{|\}\}|undefined/);
      const limit = path.endsWith(".md") || path === "notebook.ts" ? 125 : 115;
      expect(
        text.split("\n").filter((line) => line.length > limit),
        path,
      ).to.deep.equal([]);
    }
  });

  it("show the title as it was given, whatever is in it", () => {
    const title = fc
      .string({ unit: "grapheme", minLength: 1, maxLength: 60 })
      .map((text) => `${text}\`"'*/{{}}\${x}`.trim())
      .filter((text) => !/[\p{C}\p{Zl}\p{Zp}]/u.test(text) && !/solution/i.test(text));
    fc.assert(
      fc.property(title, (title) => {
        const code = file("lab.ts", { title });
        const written = /^ {2}title: (".*"),$/m.exec(code)?.[1] ?? "";
        expect(JSON.parse(written)).to.equal(title);
        const [first] = parsePercent(file("notebook.ts", { title })).cells;
        const heading = /^# Lab 5 · (.*)$/m.exec(first?.source ?? "")?.[1] ?? "";
        expect(unescaped(heading)).to.equal(title);
        expect(heading).to.not.match(/(?<!\\)[`*_$[\]{}]|[<>]/);
        expect(first?.source).to.include("| question | you write |");
      }),
    );
  });

  const wrong: [what: string, changed: Partial<NewLab>, says: RegExp][] = [
    ["an id without number", { id: "search" }, /got "search"\. Write 05-search/],
    ["an id that is a path", { id: "../05-x" }, /got "\.\.\/05-x"/],
    ["an id with capitals", { id: "05-Search" }, /small letters/],
    ["an id that ends with a dash", { id: "05-x-" }, /05-x-/],
    ["an empty title", { title: " " }, /one line of 1 to 100 characters/],
    ["a title of two lines", { title: "a\nb" }, /got "a\\u\{a\}b"/],
    ["a title that turns the direction of text", { title: "a\u202eb" }, /\\u\{202e\}/],
    ["a title of 101 characters", { title: "x".repeat(101) }, /1 to 100/],
    ["a title that is a mark of the source", { title: "BEGIN SOLUTION" }, /mark of a solution/],
    ["no question", { questions: 0 }, /1 to 12 questions, got 0/],
    ["thirteen questions", { questions: 13 }, /1 to 12 questions, got 13/],
    ["half a question", { questions: 1.5 }, /got 1\.5/],
  ];
  for (const [what, changed, says] of wrong)
    it(`are refused for ${what}`, () => {
      expect(() => newLabFiles({ ...lab, ...changed })).to.throw(LabError, says);
    });
});

describe("a new course.yaml", () => {
  const course = { title: 'The "course": #1', timezone: "Europe/Berlin", lab: "05-search" };

  it("is read by the grader, with the lab in it", () => {
    const { title, timezone, labs } = parseCourse(newCourseYaml(course), "/c");
    expect({ title, timezone, labs: [...labs.keys()] }).to.deep.equal({
      title: course.title,
      timezone: "Europe/Berlin",
      labs: ["05-search"],
    });
  });

  it("is still read when each example in its comments is used", () => {
    const used = newCourseYaml(course).replace(/^( *)# (?=( *[\w-]+:| *- ))/gm, "$1");
    const { labs, late, students, groups, remotes } = parseCourse(used, "/c");
    expect(labs.get("05-search")?.extensions.has("s12345")).to.equal(true);
    expect(late).to.deep.equal({ graceMinutes: 10, percentPerDay: 10, maxDays: 3 });
    expect(students.map(({ id, group }) => [id, group])).to.deep.equal([["s12345", "team-a"]]);
    expect(groups[0]?.remote).to.equal("git@example.org:course/team-a.git");
    expect(remotes.course).to.equal("git@example.org:course/labs.git");
  });
});

function unescaped(markdown: string): string {
  return markdown
    .replace(/\\([!-/:-@[-`{-~])/g, "$1")
    .replace(/&lt;/g, "<")
    .replace(/&gt;/g, ">")
    .replace(/&amp;/g, "&");
}
