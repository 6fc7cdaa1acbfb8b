import { expect } from "chai";
import { exampleRecord, exampleWritten } from "../gradebook/fixtures/records.js";
import { jsonLine } from "./json-line.js";

describe("a line of --json", () => {
  it("has exactly the documented keys", () => {
    const line: unknown = JSON.parse(jsonLine(exampleRecord()));
    expect(line).to.have.all.keys(
      ..."student lab status score maxScore questions written isolation durationMs receipt".split(" "),
    );
    expect(line).to.have.nested.property("questions[1]").with.all.keys("id", "score", "maxScore", "tests");
    expect(line).to.have.nested.property("questions[1].tests[1]").that.deep.equals({
      title: "rounds a tie to the even neighbour",
      verdict: "fail",
      points: 2.5,
      visibility: "public",
      message: "for x = 0.5 and scale 1: expected an even integer, got 1",
    });
  });

  it("has no score yet for an answer in words, zero for one that was not given, and neither text nor rubric", () => {
    const written = [exampleWritten(), exampleWritten({ id: "w2", answer: "" })];
    const line: unknown = JSON.parse(jsonLine(exampleRecord({ written })));
    expect(line).to.have.deep.property("written", [
      { id: "w1", maxScore: 6, score: null },
      { id: "w2", maxScore: 6, score: 0 },
    ]);
  });

  it("names the problem where there is one", () => {
    const line: unknown = JSON.parse(jsonLine(exampleRecord({ status: "invalid", problem: "not JSON" })));
    expect(line).to.have.property("problem", "not JSON");
  });

  it("is one line that commands no terminal, whatever is in it", () => {
    const student = "a\nb\r\u2028c\u001b[2J\u009b2J\u007f\ud800";
    const line = jsonLine(exampleRecord({ student }));
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    expect(line).to.not.match(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/);
    expect(JSON.parse(line)).to.have.property("student", student);
  });
});
