import { expect } from "chai";
import stringWidth from "string-width";
import { span } from "./describe.js";
import type { Collected } from "./outcome.js";
import { collectedLine, renderCollected } from "./report.js";

const lab = "01-quantization";
const options = {
  colour: false,
  columns: 100,
  lab,
  submissions: "submissions",
  timezone: "Europe/Berlin",
  lines: [],
};
const row = (student: string, more: Partial<Collected> = {}): Collected => ({
  ...{ student, lab, kind: "on-time", commit: null, lateMinutes: null, note: "" },
  pushedAt: { from: null, to: "2026-11-23T12:00:00.000Z", evidence: "collects" },
  ...{ path: `submissions/${student}/x.ipynb`, latePath: null, ...more },
});

describe("what collect prints", () => {
  it("has a sign, a time in the course's zone and the lateness for each student, and the next step", () => {
    const late = { kind: "late", lateMinutes: 185, path: null, latePath: "l", note: "late" } as const;
    const text = renderCollected([row("s2", late), row("s1")], options);
    expect(text.split("\n")).to.deep.equal([
      "   student  handed in                 late  note",
      "✓  s1       by 2026-11-23 13:00",
      "✗  s2       by 2026-11-23 13:00  3 h 5 min  late",
      "",
      "2 students: 1 on time, 1 late.",
      `Next: npx --no-install grader run ${lab}`,
      `Late versions: npx --no-install grader run ${lab} --submissions submissions-late --gradebook gradebook.db-late --feedback feedback/late`,
    ]);
  });

  it("is never wider than the terminal, and tells in full what a person has to look at", () => {
    const note = `the repository is odd, ${"very ".repeat(40)}odd\u001b[2J`;
    const text = renderCollected([row("s1", { kind: "failed", pushedAt: null, path: null, note })], options);
    const [table = "", full = ""] = text.split("\n\n");
    for (const line of table.split("\n")) expect(stringWidth(line)).to.be.at.most(100);
    expect(full).to.contain("very odd\\u{1b}[2J");
    expect(text).not.to.contain("\u001b");
    expect(text).not.to.contain("Next:");
  });

  it("says how much rests on the commits' own dates", () => {
    const weak = { from: null, to: "2026-11-23T12:00:00.000Z", evidence: "own-date" } as const;
    const text = renderCollected([row("s1", { pushedAt: weak }), row("s2")], options);
    expect(text).to.contain("2 on time (1 by the commit's own date only)");
    expect(text).to.contain("A collect at the due date makes it certain");
  });

  it("is one line of JSON that no terminal obeys", () => {
    const line = collectedLine(row("s1", { note: "a\u2028b\u009bc\u001bd\n" }));
    expect(line).to.match(/^[\x20-\x7e]+$/);
    expect(JSON.parse(line)).to.deep.include({ note: "a\u2028b\u009bc\u001bd\n" });
  });

  it("gives a span in two units at most", () => {
    expect([1, 59, 60, 185, 2879, 2880, 3000].map(span)).to.deep.equal([
      "1 min",
      "59 min",
      "1 h",
      "3 h 5 min",
      "47 h 59 min",
      "2 d",
      "2 d 2 h",
    ]);
  });
});
