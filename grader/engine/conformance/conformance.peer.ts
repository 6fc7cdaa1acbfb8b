import { readFileSync } from "node:fs";
import { expect } from "chai";
import { findJupyter } from "../../peers/jupyter.js";
import { notebooks } from "./cells.js";
import { engineAnswers } from "./compare.js";
import type { Answer } from "./normalise.js";
import { type Recording, record, recordedFile } from "./record.js";

const recorded = JSON.parse(readFileSync(recordedFile, "utf8")) as Recording;

const answerOf = ({ status, stdout, stderr, displays }: Answer): Answer => ({
  status,
  stdout,
  stderr,
  displays,
});

describe("the Jupyter kernel, asked now through nbclient", function () {
  this.timeout(600_000);
  let live: Recording;
  let engine: ReadonlyMap<string, readonly Answer[]>;

  before(async function () {
    const jupyter = findJupyter();
    if ("missing" in jupyter) {
      console.log(`      no Jupyter: ${jupyter.missing}`);
      return this.skip();
    }
    live = await record(jupyter);
    engine = await engineAnswers(notebooks);
  });

  notebooks.forEach(({ name, cells }, number) => {
    describe(`notebook "${name}"`, () => {
      cells.forEach(([title], index) => {
        it(title, () => {
          const cell = live.notebooks[number]?.cells[index];
          const before = recorded.notebooks[number]?.cells[index];
          if (!cell || !before) throw new Error("a cell has no answer");
          expect(engine.get(name)?.[index], "the engine beside the kernel").to.deep.equal(answerOf(cell));
          expect(answerOf(before), "the recording beside the kernel").to.deep.equal(answerOf(cell));
        });
      });
    });
  });
});
