import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import { listLabs } from "../../../grader/authoring/find-lab.js";
import { loadLab } from "../../../grader/authoring/load-lab.js";
import { drawCohort } from "./draw.js";
import { factsOf } from "./facts.js";
import { gradeCohort, surprises } from "./grade.js";
import { writeCohort } from "./write.js";

describe("sixty drawn submissions", () => {
  for (const dir of listLabs())
    it(`of ${path.basename(dir)} get the grades that were predicted`, async () => {
      const out = await mkdtemp(path.join(tmpdir(), "edgelab-sixty-"));
      try {
        const lab = await loadLab(dir);
        const drawn = drawCohort(await factsOf(lab), { count: 60, seed: "sixty" });
        const expected = await writeCohort(out, { lab, seed: "sixty", drawn });
        const records = await gradeCohort({ lab: dir, out, jobs: 2 });
        expect(records).to.have.length(60);
        expect(surprises(expected, records)).to.deep.equal([]);
      } finally {
        await rm(out, { recursive: true, force: true });
      }
    });
});
