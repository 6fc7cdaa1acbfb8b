import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { parsePercent } from "../grader/authoring/percent.js";

const root = join(import.meta.dirname, "..");
const page = (name: string): string => readFileSync(join(import.meta.dirname, name), "utf8");
const coverage = page("coverage.md");

/** The questions and written answers of each lab: "1" → q1, q2, …, w1. */
const asked = new Map(
  readdirSync(join(root, "labs")).map((lab) => {
    const source = parsePercent(readFileSync(join(root, "labs", lab, "notebook.ts"), "utf8"), lab);
    const ids = [...source.questions, ...source.written].map(({ id }) => id);
    return [String(Number(lab.slice(0, 2))), ids] as const;
  }),
);

/** "lab 1, q6 and w2; lab 2, q7" names q6 and w2 of lab 1 and q7 of lab 2. */
function named(text: string): readonly { lab: string; id: string }[] {
  return [...text.matchAll(/lab (\d)((?:,? (?:and )?[qw]\d+)*)/g)].flatMap(([, lab = "", ids = ""]) =>
    [...ids.matchAll(/[qw]\d+/g)].map(([id]) => ({ lab, id })),
  );
}

/** As GitHub makes them from headings. */
function anchors(markdown: string): readonly string[] {
  return [...markdown.matchAll(/^#+ (.*)$/gm)].map(([, title = ""]) =>
    title
      .toLowerCase()
      .replace(/[^\w\- ]/g, "")
      .replaceAll(" ", "-"),
  );
}

describe("which question teaches which slide", () => {
  it("names questions that there are", () => {
    const all = [...named(coverage), ...named(page("claims.md"))];
    expect(all).to.have.length.above(20);
    for (const { lab, id } of all) expect(asked.get(lab), `lab ${lab}`).to.include(id);
  });

  it("leaves out no question of any lab", () => {
    const listed = named(coverage).map(({ lab, id }) => `${lab} ${id}`);
    for (const [lab, ids] of asked) for (const id of ids) expect(listed).to.include(`${lab} ${id}`);
  });

  it("leads to entries of the errata that there are", () => {
    const linked = [...coverage.matchAll(/errata\.md#([^)]+)\)/g)].map(([, anchor]) => anchor ?? "");
    const there = anchors(page("errata.md"));
    expect(linked).to.have.length.above(10);
    for (const anchor of linked) expect(there).to.include(anchor);
  });
});
