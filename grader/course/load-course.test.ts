import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { LabError } from "../../src/core/errors.js";
import { loadCourse, loadCourseIfAny, parseCourse } from "./load-course.js";

const whole = `
title: Efficient networks
timezone: Europe/Berlin
submit: git
labs:
  01-quantization:
    due: 2026-12-01 23:59
    extensions:
      s007: 2026-12-03 23:59
      team-a: 2026-12-02T12:00+01:00
  02-pruning:
late: { grace: 10 minutes, percentPerDay: 12.5, maxDays: 3 }
students:
  - { id: s007, name: "Example, One", email: one@example.org, remote: ../repositories/s007.git }
  - { id: 0042, aliases: [student 42] }
  - { id: s3, group: team-a, remote: "git@example.org:s3.git" }
groups:
  - { id: team-a, members: [0042], remote: https://example.org/a.git }
remotes:
  course: course.git
`;

function failure(text: string): LabError {
  try {
    parseCourse(text, "/course");
  } catch (error) {
    if (error instanceof LabError) return error;
    throw error;
  }
  throw new Error("it was read");
}

describe("course.yaml", () => {
  it("gives title, zone, dates, roster, groups, late policy and remotes", () => {
    const course = parseCourse(whole, "/course");
    const { due, extensions } = course.labs.get("01-quantization") ?? {};
    expect(due?.toISOString()).to.equal("2026-12-01T22:59:00.000Z");
    expect(extensions?.get("s007")?.toISOString()).to.equal("2026-12-03T22:59:00.000Z");
    expect(extensions?.get("team-a")?.toISOString()).to.equal("2026-12-02T11:00:00.000Z");
    expect(course.labs.get("02-pruning")).to.deep.equal({ extensions: new Map() });
    const { title, timezone, submit, late, remotes, dir } = course;
    expect({ title, timezone, submit, late, remotes, dir }).to.deep.equal({
      title: "Efficient networks",
      timezone: "Europe/Berlin",
      submit: "git",
      late: { graceMinutes: 10, percentPerDay: 12.5, maxDays: 3 },
      remotes: { course: "/course/course.git" },
      dir: "/course",
    });
  });

  it("keeps the zeros of an id, gives members their group's remote, and takes paths from its own folder", () => {
    const { students, groups } = parseCourse(whole, "/course");
    expect(students).to.deep.equal([
      {
        id: "s007",
        name: "Example, One",
        email: "one@example.org",
        remote: "/repositories/s007.git",
        aliases: [],
      },
      { id: "0042", remote: "https://example.org/a.git", group: "team-a", aliases: ["student 42"] },
      { id: "s3", remote: "git@example.org:s3.git", group: "team-a", aliases: [] },
    ]);
    expect(groups).to.deep.equal([
      { id: "team-a", members: ["0042", "s3"], remote: "https://example.org/a.git" },
    ]);
  });

  it("needs a title only", () => {
    const course = parseCourse("title: T", "/course");
    expect(course).to.deep.equal({
      dir: "/course",
      title: "T",
      timezone: "UTC",
      submit: "zip",
      students: [],
      groups: [],
      labs: new Map(),
      late: { graceMinutes: 0, percentPerDay: 0, maxDays: Number.POSITIVE_INFINITY },
      remotes: {},
    });
  });

  it("takes an empty section for an absent one", () => {
    const text = "title: T\nlabs:\nlate:\nstudents:\ngroups:\nremotes:\nsubmit:\ntimezone:\n";
    expect(parseCourse(text, "/c")).to.deep.equal(parseCourse("title: T", "/c"));
  });

  const zone = "title: T\ntimezone: Europe/Berlin\n";
  const due = (text: string) => `${zone}labs:\n  01-x:\n    due: ${text}\n`;
  const wrong: [what: string, text: string, says: RegExp][] = [
    ["nothing in it", "", /^course\.yaml:1: title is missing\. Write title/],
    ["a list", "- a", /^course\.yaml:1: course\.yaml can't be a list/],
    [
      "a key that is misspelled",
      "title: T\ntimezon: UTC",
      /:2: the key "timezon" .* Did you mean timezone\?$/,
    ],
    ["a key of nothing known", "title: T\nxyz: 1", /:2: the key "xyz" is not known\. Known here: title, /],
    [
      "a deep key that is misspelled",
      `${due("2026-12-01 23:59")}    extension: {}`,
      /:6: .* mean extensions\?/,
    ],
    ["a zone that there isn't", "title: T\ntimezone: Berlin", /:2: timezone is not a time zone: "Berlin"/],
    ["another way to hand in", "title: T\nsubmit: mail", /:2: submit can't be "mail"\. Write submit: zip/],
    ["a due date that is none", due("tomorrow"), /:5: "tomorrow" is no date.* Write it as 2026-12-01 23:59/],
    ["a day that there isn't", due("2026-02-30 12:00"), /:5: "2026-02-30 12:00" is no date/],
    [
      "a day without time",
      due("2026-12-01"),
      /:5: "2026-12-01" has no time of day\. Write 2026-12-01 23:59\.$/,
    ],
    [
      "a local time without zone",
      due("2026-12-01 23:59").replace("timezone: Europe/Berlin", ""),
      /no timezone/,
    ],
    ["a time that is left out", due("2027-03-28 02:30"), /does not exist .* Write 2027-03-28 03:30/],
    [
      "a time that comes twice",
      due("2026-10-25 02:30"),
      /happens twice .* Write 2026-10-25T02:30\+02:00 or 2026-10-25T02:30\+01:00\.$/,
    ],
    ["a due date that is a list", due("[1]"), /:5: due can't be a list/],
    ["a lab's name that is a path", `${zone}labs:\n  ../x:\n`, /:4: "\.\.\/x" can't stand here/],
    [
      "an extension of a stranger",
      `${due("2026-12-01 23:59")}    extensions: { s1: 2026-12-02 23:59 }\nstudents: [{ id: s12 }]`,
      /:6: "s1" is neither a student nor a group of the course\. Did you mean s12\?/,
    ],
    [
      "an extension that is earlier",
      `${due("2026-12-01 23:59")}    extensions:\n      s1: 2026-11-01 23:59\nstudents: [{ id: s1 }]`,
      /:7: the extension .* not later than the due date/,
    ],
    [
      "an extension of no due date",
      `${zone}labs: { 01-x: { extensions: { s1: 2026-11-01 23:59 } } }\nstudents: [{ id: s1 }]`,
      /:3: an extension of a lab that has no due date\. Write due: … for 01-x\./,
    ],
    [
      "a percentage above 100",
      "title: T\nlate: { percentPerDay: 120 }",
      /:2: percentPerDay is more than 100/,
    ],
    ["a grace that is no time", "title: T\nlate:\n  grace: soon", /:3: grace is not a time span: "soon"/],
    ["half a day", "title: T\nlate: { maxDays: 1.5 }", /:2: maxDays is not a whole number: "1.5"/],
    ["a student without id", "title: T\nstudents:\n  - { name: A }", /:3: id is missing\. An id has/],
    ["an id that is a path", "title: T\nstudents:\n  - id: ../../x", /:3: id is not an id: "\.\.\/\.\.\/x"/],
    ["an id that looks like an option", "title: T\nstudents: [{ id: --x }]", /:2: id is not an id/],
    ["two students of one id", "title: T\nstudents:\n  - id: a\n  - id: a", /:4: "a" is used twice/],
    ["ids that differ in case", "title: T\nstudents:\n  - id: a\n  - id: A", /:4: "A" is used twice/],
    [
      "ids that differ in Unicode form",
      `title: T\nstudents:\n  - id: ${"é".normalize("NFC")}\n  - id: ${"é".normalize("NFD")}`,
      /:4: "é" is used twice/,
    ],
    [
      "aliases that differ in Unicode form",
      `title: T\nstudents:\n  - { id: a, aliases: [${"é".normalize("NFC")}] }\n  - { id: b, aliases: [${"é".normalize("NFD")}] }`,
      /:4: ".+" is used twice/,
    ],
    [
      "a mistake in what an alias repeats",
      "title: T\nlabs:\n  01-x: &x\n    due: soon\n  02-x: *x",
      /:4: "soon" is no date[\s\S]*:4: "soon" is no date/,
    ],
    [
      "an alias of two students",
      "title: T\nstudents:\n  - { id: a, aliases: [x] }\n  - { id: b, aliases: [X] }",
      /:4: "X" is used twice: for the student a, and here/,
    ],
    [
      "a group called as a student",
      "title: T\nstudents: [{ id: a }]\ngroups: [{ id: a }]",
      /:3: "a" is used twice/,
    ],
    [
      "a member that isn't on the roster",
      "title: T\nstudents: [{ id: s1234 }]\ngroups: [{ id: g, members: [s1243] }]",
      /:3: the member "s1243" is not in students\. Did you mean s1234\?/,
    ],
    [
      "a group that isn't listed",
      "title: T\nstudents: [{ id: a, group: g }]",
      /:2: the group "g" is not in groups/,
    ],
    [
      "a student in two groups",
      "title: T\nstudents: [{ id: a, group: g }]\ngroups: [{ id: g }, { id: h, members: [a] }]",
      /:2: "a" is in two groups, h and g/,
    ],
    [
      "a remote that is an option",
      "title: T\nremotes: { course: --upload-pack=x }",
      /:2: course is not a repository/,
    ],
    [
      "a remote that is a program",
      "title: T\nremotes: { course: 'ext::sh -c x' }",
      /:2: course is not a repository/,
    ],
    [
      "a tab",
      "title: T\nlabs:\n\t01-x:\n",
      /:3: a tab where only spaces can stand\. Indent with two spaces\.$/,
    ],
    ["a key twice", "title: T\ntitle: U", /:2: this key stands here twice\. Keep one of the two\.$/],
    ["something that is not YAML", "title: [T\nlabs:", /course\.yaml:2: this is not YAML: /],
    ["an alias of nothing", "title: *t", /has an alias \(\*name\) that can't be followed/],
    ["control characters", 'title: T\nsubmit: "\\e[2J"', /:2: submit can't be "\\u\{1b\}\[2J"/],
  ];
  for (const [what, text, says] of wrong)
    it(`refuses ${what}, with the line, the value and what to write`, () => {
      const error = failure(text);
      expect(error.code).to.equal("BAD_COURSE");
      expect(error.message).to.match(says);
    });

  it("tells all problems at once, in the order of their lines", () => {
    const { message } = failure("title: T\nsubmit: mail\nlate: { grace: x }\ntimezone: Y\nlabel: 1\n");
    const lines = message.split("\n");
    expect(lines[0]).to.equal("course.yaml has 4 problems:");
    expect(lines.slice(1).map((line) => line.slice(0, 17))).to.deep.equal(
      [2, 3, 4, 5].map((line) => `  course.yaml:${line}: `),
    );
  });

  it("shows ten of many problems, and says how many there are", () => {
    const { message } = failure(`title: T\nstudents:\n${"  - { nam: x }\n".repeat(30)}`);
    expect(message).to.match(/^course\.yaml has 60 problems:\n/);
    expect(message).to.match(/\n {2}and 50 more$/);
  });

  it("reads a date that is repeated by an alias, and refuses aliases that multiply", () => {
    const text = `${zone}labs:\n  01-x: { due: &end 2026-12-01 23:59 }\n  02-x: { due: *end }\n`;
    expect(parseCourse(text, "/c").labs.get("02-x")?.due?.toISOString()).to.equal("2026-12-01T22:59:00.000Z");
    const levels = Array.from({ length: 9 }, (_, i) => {
      const inner = i === 0 ? "x" : `*a${i - 1}`;
      return `a${i}: &a${i} [${Array(9).fill(inner).join(", ")}]\n`;
    });
    const started = process.cpuUsage();
    expect(failure(`title: T\n${levels.join("")}`).message).to.match(/alias/);
    expect(process.cpuUsage(started).user / 1000).to.be.below(2000);
  });

  it("refuses an alias of itself, and a file that is far too long", () => {
    expect(failure("title: &t [*t]").message).to.match(/:1: title can't be a list/);
    expect(failure(`title: ${"x".repeat(2 ** 20)}`).message).to.match(/more than 1048576/);
  });

  it("is not changed by keys that JavaScript knows", () => {
    expect(failure("title: T\n__proto__: { submit: git }").message).to.match(/:2: the key "__proto__"/);
    expect(failure("title: T\nlabs: { 01-x: { constructor: 1 } }").message).to.match(/:2: .*"constructor"/);
  });

  describe("in a folder", () => {
    let dir = "";
    beforeEach(() => {
      dir = mkdtempSync(join(tmpdir(), "course-"));
    });
    afterEach(() => rmSync(dir, { recursive: true }));

    it("is read, a byte order mark and Windows line ends included", async () => {
      writeFileSync(join(dir, "course.yaml"), "\uFEFFtitle: T\r\nsubmit: git\r\n");
      expect(await loadCourse(dir)).to.deep.include({ title: "T", submit: "git", dir });
    });

    it("may be missing for whoever can do without, and is asked for by whoever can't", async () => {
      expect(await loadCourseIfAny(dir)).to.equal(undefined);
      const error: unknown = await loadCourse(dir).catch((reason) => reason);
      expect(error).to.be.instanceOf(LabError).with.property("code", "NO_COURSE");
    });
  });
});
