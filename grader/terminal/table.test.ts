import { expect } from "chai";
import stringWidth from "string-width";
import {
  exampleQuestion,
  exampleRecord,
  exampleTest,
  exampleWritten,
} from "../gradebook/fixtures/records.js";
import type { SubmissionRecord } from "../pipeline/record.js";
import { renderTable } from "./table.js";

const plain = { colour: false, columns: 100 };
const render = (...records: SubmissionRecord[]) => renderTable(records, plain).split("\n");

const perfect = exampleRecord({
  student: "ada",
  score: 30,
  questions: ["q1", "q2", "q3"].map((id) => exampleQuestion({ id })),
  notices: [],
});
const unreadable = exampleRecord({
  student: "bob",
  status: "invalid",
  score: 0,
  questions: [],
  problem: "bob.ipynb is not JSON.",
});
const waiting = exampleRecord({
  student: "cy",
  status: "needs-review",
  score: 10,
  notices: [],
  questions: [
    exampleQuestion({ id: "q1" }),
    exampleQuestion({ id: "q2", score: 0, tests: [exampleTest({ verdict: "cannot-judge" })] }),
    exampleQuestion({ id: "q3", score: 0, tests: [exampleTest({ verdict: "fail" })] }),
  ],
});

describe("the table at the end", () => {
  it("shows sign, student, a score for each question, total and note, with numbers to the right", () => {
    const lines = render(perfect, exampleRecord({ student: "eve" }), unreadable, waiting);
    expect(lines.slice(0, 5)).to.deep.equal([
      "   student  q1/10  q2/10  q3/10  total/30  note",
      "✓  ada         10     10     10        30",
      "✓  eve         10    7.5      0      17.5  q3: the answer cell did not run",
      "✗  bob          –      –      –         –  bob.ipynb is not JSON.",
      "?  cy          10      ?      0         ?",
    ]);
  });

  it("counts what came of the batch, and says what to do next", () => {
    const failed = exampleRecord({ status: "error", questions: [] });
    expect(render(perfect, exampleRecord(), unreadable, waiting, failed).slice(6)).to.deep.equal([
      "",
      "5 submissions: 2 graded, 1 not readable, 1 for a person, 1 failed on our side. Mean of the graded:",
      "23.8 of 30.",
      "✗ Ask for the file again: the note says what is wrong with it.",
      "? Look at what could not be judged before its score counts: --json shows each test.",
      "? To grade the ? rows again: npx --no-install grader run 01-quantization --resume",
    ]);
  });

  it("says how many answers in words wait for a person, and how the mean is meant", () => {
    const written = [exampleWritten(), exampleWritten({ id: "w2", answer: "" })];
    const both = [exampleWritten(), exampleWritten({ id: "w2" })];
    const lines = render(
      { ...perfect, maxScore: 42, written },
      exampleRecord({ student: "eve", maxScore: 42, written: both }),
    );
    expect(lines.slice(0, 3)).to.deep.equal([
      "   student  q1/10  q2/10  q3/10  total/42  note",
      "✓  ada         10     10     10        30  1 written answer waits for a person",
      "✓  eve         10    7.5      0      17.5  q3: the answer cell did not run; 2 written answers wait …",
    ]);
    expect(lines.slice(4)).to.deep.equal([
      "2 submissions: 2 graded. Mean of the graded: 23.8 of 30. What waits for a person is not in it.",
    ]);
  });

  it("asks for nothing when everything is graded", () => {
    expect(render(perfect).slice(2)).to.deep.equal([
      "",
      "1 submission: 1 graded. Mean of the graded: 30 of 30.",
    ]);
  });

  it("shows no score as full that is not, and no total as zero that was not judged", () => {
    const nearly = exampleRecord({ score: 29.9999, notices: [] });
    const error = exampleRecord({ status: "error", score: 0 });
    expect(render(nearly)[1]).to.include("29.99").and.not.include("30");
    expect(render(error)[1]).to.match(/\?\s+\?\s+\?\s+\?/);
  });

  it("says when there is nothing to show", () => {
    expect(renderTable([], plain)).to.equal("No submissions.");
  });

  it("is never wider than 100 columns, nor than the terminal, whatever the names and notes are", () => {
    const names = [
      "a".repeat(300),
      "李小龍".repeat(40),
      "👩‍👩‍👧‍👦".repeat(30),
      "محمد بن موسى الخوارزمي",
      "z\u0301\u0302\u0303\u0304\u0305\u0306".repeat(50),
      "\u001b[31mred\u001b[0m\r\n\u0007",
      "",
    ];
    const records = names.map((student) => ({ ...unreadable, student, problem: "word ".repeat(60) }));
    for (const columns of [60, 80, 100, 250]) {
      for (const text of renderTable([...records, waiting], { colour: false, columns }).split("\n")) {
        expect(stringWidth(text), text).to.be.at.most(Math.min(columns, 100));
      }
    }
  });

  it("keeps the columns in line beside wide, combining and right-to-left names", () => {
    const names = ["ada", "李小龍", "👩‍👩‍👧‍👦 family", "محمد", "e\u0301ve"];
    const lines = render(...names.map((student) => ({ ...perfect, student }))).slice(1, 6);
    expect(new Set(lines.map((text) => stringWidth(text))).size).to.equal(1);
  });

  it("lets no name or note command the terminal or turn the reading direction", () => {
    const hostile = "\u001b[2J\u001b]0;title\u0007\u009b31m\u202e\u2066\u200f\ud800 end";
    const text = renderTable([{ ...unreadable, student: hostile, problem: hostile }], plain);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    expect(text).to.not.match(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066\u200e\u200f]/);
    expect(text).to.include("\\u{1b}[2J");
  });

  it("closes the isolation of a right-to-left name also where the name is cut", () => {
    const [, row = ""] = render({ ...unreadable, student: "محمد ".repeat(60), problem: "p ".repeat(90) });
    expect(row)
      .to.include("\u2068")
      .and.match(/…\u2069/);
  });

  it("leaves out what a question is worth where that makes room for all of them", () => {
    const questions = Array.from({ length: 9 }, (_, index) => exampleQuestion({ id: `q${index + 1}` }));
    const [head, row] = render(exampleRecord({ student: "three-thousand-lines", questions }));
    expect(head).to.match(/^ {3}student +q1 +q2 +q3 +q4 +q5 +q6 +q7 +q8 +q9 +total\/\d+ +note$/);
    expect(row).to.include("three-thousand-lines");
  });

  it("leaves the questions out where a line has no room for them", () => {
    const questions = Array.from({ length: 20 }, (_, index) => exampleQuestion({ id: `q${index + 1}` }));
    const [head] = render(exampleRecord({ questions }));
    expect(head).to.match(/student +total\/30 +note/);
  });

  it("names no maximum where the submissions don't agree on it", () => {
    const [head] = render(perfect, { ...perfect, maxScore: 20 });
    expect(head).to.match(/ total +note/);
  });

  it("colours only signs and the head, and only when it is told to", () => {
    const coloured = renderTable([perfect, unreadable, waiting], { colour: true, columns: 100 });
    expect(coloured).to.include("\u001b[32m✓\u001b[0m  ada");
    expect(coloured).to.include("\u001b[31m✗\u001b[0m  bob");
    expect(coloured).to.include("\u001b[35m?\u001b[0m  cy");
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are control sequences
    const stripped = coloured.replace(/\u001b\[\d+m/g, "");
    expect(stripped).to.equal(renderTable([perfect, unreadable, waiting], plain));
  });
});
