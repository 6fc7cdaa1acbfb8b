import { expect } from "chai";
import { checkTable } from "./check-table.js";

const outcome = { points: 2, hint: "", byAssertion: true, verdict: "pass", message: "", title: "t" } as const;

describe("the table of edgelab check", () => {
  const text = checkTable(
    {
      notices: ["The locked cell c-1 was edited; the release's text was run."],
      questions: [
        { id: "q1", title: "First", outcomes: [outcome], cellError: "", durationMs: 120 },
        {
          id: "q2",
          title: "Second",
          outcomes: [
            outcome,
            {
              ...outcome,
              verdict: "fail",
              title: "wide",
              message: `got \u001b[2J${"7 ".repeat(90)}`,
              hint: "Look.",
            },
          ],
          cellError: "",
          durationMs: 50,
        },
        { id: "q3", title: "Third", outcomes: [], cellError: "TypeError: not yet", durationMs: 0 },
      ],
    },
    { title: "01-x.ipynb", seconds: 2, colour: false, columns: 80 },
  );
  const lines = text.split("\n");

  it("has a line for each question, with points, tests and time", () => {
    expect(lines).to.include("✓ q1  First      2/2     1/1  0.12 s");
    expect(lines).to.include("✗ q2  Second     2/4     1/2  0.05 s");
    expect(lines).to.include("✗ q3  Third        –       –       –");
    expect(lines).to.include("    The answer cell did not run: TypeError: not yet");
    expect(text).to.include("1 of 3 questions pass the public tests (2.0 s).");
  });

  it("shows what came back and the hint, no wider than the terminal and with no control characters", () => {
    expect(lines).to.include("    ✗ wide");
    expect(lines).to.include("        Look.");
    expect(text).to.not.include("\u001b");
    for (const line of lines) expect(line.length).to.be.at.most(80);
  });
});
