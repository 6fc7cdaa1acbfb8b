import path from "node:path";
import { expect } from "chai";
import { findLab } from "../grader/authoring/find-lab.js";
import { loadLab } from "../grader/authoring/load-lab.js";
import { loadMutants, loadTests } from "../grader/authoring/load-tests.js";

describe("the lab that grading is measured with", () => {
  it("loads, and has three questions with hidden tests and mutants", async () => {
    const lab = await loadLab(findLab(path.join(import.meta.dirname, "fixtures/01-quantization")));
    const questions = ["q1", "q2", "q3"];
    expect(lab.source.questions.map(({ id }) => id)).to.deep.equal(questions);
    const { hidden } = await loadTests(lab);
    expect(hidden.map(({ id }) => id)).to.deep.equal(questions);
    const mutated = new Set((await loadMutants(lab)).map(({ question }) => question));
    expect([...mutated]).to.deep.equal(questions);
  });
});
