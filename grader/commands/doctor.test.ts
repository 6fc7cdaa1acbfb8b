import { expect } from "chai";
import { isolating, probeOnce } from "../sandbox/choose.js";
import { doctor } from "./doctor.js";

describe("grader doctor", () => {
  it("says of each backend whether it works, and what is missing where it does not", async () => {
    const { text } = await doctor();
    for (const backend of isolating) {
      const probe = await probeOnce(backend);
      expect(text).to.match(new RegExp(`${probe.works ? "✓" : "✗"} ${backend.kind}`));
      if (!probe.works) expect(text.replace(/\s+/g, " ")).to.include(probe.remedy);
    }
  });

  it("is content only where a backend works and everything loads", async () => {
    const { text, ok } = await doctor();
    const works = (await Promise.all(isolating.map(probeOnce))).some((probe) => probe.works);
    expect(ok).to.equal(works && !/✗ (Node|libsql|onnx|@tensorflow)/.test(text));
  });

  it("fits into 100 columns, and colours only when it is asked to", async () => {
    const { text } = await doctor();
    for (const line of text.split("\n")) expect(line.length, line).to.be.at.most(100);
    expect(text).not.to.include("\u001b");
    expect((await doctor({ colour: true })).text).to.include("\u001b[32m✓");
  });
});
