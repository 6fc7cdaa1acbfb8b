import { expect } from "chai";
import { type Edits, edited, TemporaryLabs } from "../fixtures/small-lab.js";
import { checkReadingTime } from "./reading-time.js";

describe("verify: reading time", () => {
  const labs = new TemporaryLabs();
  after(() => labs.remove());
  const finding = async (edits: Edits) => {
    const [found] = await checkReadingTime(await labs.load(edits));
    return { title: found?.title, problems: found?.problems, notes: found?.notes };
  };

  it("counts words, and compares them with what the text says", async () => {
    const words = "// word\n".repeat(700);
    expect(await finding({ "notebook.ts": edited("// Write `double`.\n", words) })).to.deep.equal({
      title: "every question is explained: 707 words, 4 min of reading, 3 min stated in all",
      problems: [],
      notes: ["q1: 707 words, 4 min of reading; the text says about 3 min: less than it takes to read it"],
    });
  });

  it("says where a question comes without a word", async () => {
    const text = (source: string) => source.slice(source.indexOf("// %%\n"));
    const found = await finding({ "notebook.ts": text });
    expect(found.problems).to.deep.equal(["notebook.ts:3: nothing is said before question q1"]);
    expect(found.notes?.[0]).to.match(/the text does not say how long/);
  });
});
