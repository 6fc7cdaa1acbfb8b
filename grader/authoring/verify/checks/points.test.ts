import { expect } from "chai";
import { edited, problemsOf, TemporaryLabs } from "../fixtures/small-lab.js";
import { checkPoints } from "./points.js";

describe("verify: points", () => {
  const labs = new TemporaryLabs();
  after(() => labs.remove());
  const problems = async (edits: Parameters<typeof labs.load>[0]) =>
    problemsOf(await checkPoints(await labs.load(edits)));

  it("finds nothing in a lab whose points add up", async () => {
    expect(await problems({})).to.deep.equal([]);
  });

  it("says when the tests are not worth the question's points", async () => {
    expect(await problems({ "notebook.ts": edited("points=4", "points=6") })).to.deep.equal([
      "q1 is worth 6 points, its tests 4",
    ]);
  });

  it("asks for the public tests of each question", async () => {
    const question =
      '// %% question q2 points=1 title="Two"\nfunction two() {\n  // BEGIN SOLUTION\n  // END SOLUTION\n}\n';
    const hidden = smallTest("q2", "test(1, 'two', () => {});");
    expect(
      await problems({ "notebook.ts": (text) => text + question, "hidden/q2.test.ts": hidden }),
    ).to.deep.equal(["q2 has no public tests: write public/q2.test.ts"]);
  });

  it("says when two tests have one title, or a test no points", async () => {
    const test = 'test(0, "doubles three", () => {});';
    const found = await problems({
      "hidden/q1.test.ts": edited("{ student, rng, test }) => {", `{ student, rng, test }) => {\n  ${test}`),
    });
    expect(found).to.deep.equal([
      'q1 has more than one test "doubles three": a draw of inputs goes by the title',
      'q1, "doubles three": a test is worth more than 0 points',
    ]);
  });

  it("refuses a file that calls the student's functions outside of its tests", async () => {
    const subject = await labs.load({
      "public/q1.test.ts": smallTest("q1", 'student.call("double", 1); test(1, "a", () => {});'),
    });
    const error = await checkPoints(subject).catch((thrown: Error) => thrown);
    expect(String(error)).to.match(/fails before any of its tests runs: student\.call is not a function/);
  });
});

function smallTest(id: string, body: string): string {
  return `import { question } from "edgelab/testing";\nexport default question("${id}", ({ student, test }) => { ${body} });\n`;
}
