import { expect } from "chai";
import { type Edits, edited, problemsOf, TemporaryLabs } from "../fixtures/small-lab.js";
import { checkImports } from "./imports.js";

describe("verify: imports", () => {
  const labs = new TemporaryLabs();
  after(() => labs.remove());
  const problems = async (edits: Edits) => problemsOf(await checkImports(await labs.load(edits)));

  it("takes what the grader has, and in explore cells what is installed", async () => {
    const cell = edited(
      "const one = 1;",
      'import { join } from "node:path";\nimport { seeded } from "edgelab/core";\nconst one = 1;',
    );
    const explore =
      'import { magnitudeMask } from "edgelab/core/pruning";\nconst fs = await import("node:fs");\n';
    expect(
      await problems({ "notebook.ts": (text) => `${cell(text)}${explore}require("tslab");\n` }),
    ).to.deep.equal([]);
  });

  it("names the line of what the grader does not have", async () => {
    const lines = [
      'import { magnitudeMask } from "edgelab/core/pruning";',
      'import type { Chart } from "some-charts";',
      'const helper = require("./helper");',
      "const one = 1;",
    ];
    expect(await problems({ "notebook.ts": edited("const one = 1;", lines.join("\n")) })).to.deep.equal([
      'notebook.ts:8: lab.ts withholds "edgelab/core/pruning", so the grader does not have it',
      'notebook.ts:9: the grader does not have "some-charts": name its package in lab.ts, or move the import to an explore cell',
      'notebook.ts:10: "./helper" is a file, and the grader has no files beside the notebook',
    ]);
  });

  it("sees an import within a solution, on its line", async () => {
    const solution = edited("return (one + 1) * x;", 'const fs = require("left-pad");\n  return 2 * x;');
    expect((await problems({ "notebook.ts": solution })).join()).to.match(
      /^notebook\.ts:12: the grader does not/,
    );
  });

  it("asks whether what an explore cell imports is there at all", async () => {
    const explore = edited("double(2)", 'import x from "no-such-package";\nimport y from "./notes";\nx;');
    expect(await problems({ "notebook.ts": explore })).to.deep.equal([
      'notebook.ts:16: "no-such-package" is not found; is its package installed?',
      'notebook.ts:17: "./notes" is a file, and students get no files to import',
    ]);
  });
});
