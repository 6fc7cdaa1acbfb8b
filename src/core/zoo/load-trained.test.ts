import { expect } from "chai";
import { glyphs } from "../data/index.js";
import { LabError } from "../errors.js";
import { seeded } from "../random.js";
import { evaluate, predict } from "../training/index.js";
import { loadTrained, type TrainedName, trainedNames } from "./load-trained.js";

describe("loadTrained", () => {
  for (const name of trainedNames) {
    it(`gives a ${name} that is as good on fresh glyphs as it says`, async () => {
      const { model, about } = await loadTrained(name);
      expect(about.name).to.equal(name);
      const count = 500;
      const fresh = glyphs({ count, level: about.test.level, rng: seeded("fresh") });
      const { accuracy } = await evaluate(model, fresh);
      model.dispose();
      // Two shares of right answers, out of 500 and out of the test set, differ with the variance
      // p(1 - p)(1/500 + 1/n). p is what both found, with two right and two wrong answers added (Agresti and
      // Coull), so that it is never 1. Five deviations: by chance once in a million.
      const n = about.test.count;
      const p = (accuracy * count + about.testAccuracy * n + 2) / (count + n + 4);
      const deviation = Math.sqrt(p * (1 - p) * (1 / count + 1 / n));
      expect(accuracy).to.be.closeTo(about.testAccuracy, 5 * deviation);
    });
  }

  it("gives a model of one's own each time", async () => {
    const { inputs } = glyphs({ count: 3, rng: seeded("a") });
    const [changed, kept] = [await loadTrained("tiny-cnn-hard"), await loadTrained("tiny-cnn-hard")];
    const before = await predict(kept.model, inputs);
    changed.model.dispose();
    expect(await predict(kept.model, inputs)).to.deep.equal(before);
    kept.model.dispose();
  });

  it("knows no other names", async () => {
    const error = await loadTrained("toString" as TrainedName).catch((e: unknown) => e);
    expect(error).to.be.instanceOf(LabError);
    expect((error as LabError).message).to.include('no trained model "toString". Use one of teaching-cnn,');
  });
});
