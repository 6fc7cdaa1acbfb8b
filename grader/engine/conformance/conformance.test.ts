import { readFileSync } from "node:fs";
import { expect } from "chai";
import { LabError } from "../../../src/core/errors.js";
import { chooseIsolation } from "../../sandbox/choose.js";
import { notebooks } from "./cells.js";
import { answersOf, engineAnswers } from "./compare.js";
import type { Answer } from "./normalise.js";
import { type Recording, recordedFile } from "./record.js";

const recording = JSON.parse(readFileSync(recordedFile, "utf8")) as Recording;

describe("the engine, beside the answers recorded from the Jupyter kernel", () => {
  let engine: ReadonlyMap<string, readonly Answer[]>;

  before(async function () {
    this.timeout(180_000);
    try {
      await chooseIsolation("auto");
    } catch (error) {
      if (!(error instanceof LabError)) throw error;
      console.log(`      not compared: ${error.message}`);
      return this.skip();
    }
    engine = await engineAnswers(notebooks);
  });

  it("is compared with a recording of the cells that stand there now", () => {
    const recorded = recording.notebooks.map(({ name, cells }) => ({
      name,
      cells: cells.map((cell) => [cell.name, cell.source]),
    }));
    expect(recorded).to.deep.equal(notebooks);
  });

  for (const { name, cells } of recording.notebooks) {
    describe(`notebook "${name}"`, () => {
      cells.forEach((cell, index) => {
        it(cell.name, () => {
          const { status, stdout, stderr, displays } = cell;
          expect(engine.get(name)?.[index]).to.deep.equal({ status, stdout, stderr, displays });
        });
      });
    });
  }
});

describe("an engine's answer in the recorder's form", () => {
  it("has each stream's text in one piece", () => {
    const [answer] = answersOf([
      {
        status: "ran",
        outputs: [
          { type: "stream", name: "stdout", text: "a" },
          { type: "stream", name: "stderr", text: "b" },
          { type: "stream", name: "stdout", text: "c" },
        ],
      },
    ]);
    expect(answer).to.deep.equal({ status: "ok", stdout: "ac", stderr: "b", displays: [] });
  });

  it("shows a display that a later cell updated, where it stood, in its last form", () => {
    const answers = answersOf([
      { status: "ran", outputs: [{ type: "display", data: { "text/plain": "1" }, id: "x" }] },
      { status: "threw", outputs: [{ type: "display", data: { "text/html": "2" }, id: "x" }] },
    ]);
    expect(answers.map(({ status, displays }) => [status, displays])).to.deep.equal([
      ["ok", [{ "text/html": "2" }]],
      ["error", []],
    ]);
  });
});
