import { expect } from "chai";
import { importedModules, isAllowed } from "../lab/imports.js";
import { defineLab } from "../lab/manifest.js";
import { gradedCode } from "./import-rule.js";

const manifest = defineLab({
  id: "x",
  title: "X",
  packages: ["chai", "@tensorflow/tfjs"],
  withheld: ["core/quantization"],
});

describe("the import rule", () => {
  it("allows the lab's packages, Node's modules and the rest of edgelab", () => {
    for (const name of [
      "chai",
      "chai/register",
      "@tensorflow/tfjs",
      "@tensorflow/tfjs/dist/x",
      "node:fs",
      "fs",
      "tslab",
    ]) {
      expect(isAllowed(name, manifest), name).to.equal(true);
    }
    for (const name of ["edgelab/core", "edgelab/notebook", "edgelab/core/quantization-of-others"]) {
      expect(isAllowed(name, manifest), name).to.equal(true);
    }
  });

  it("refuses other packages, the student's own files and what is withheld", () => {
    for (const name of ["lodash", "@tensorflow/other", "./helper", "../x", "/etc/x", "chain"]) {
      expect(isAllowed(name, manifest), name).to.equal(false);
    }
    for (const name of ["edgelab/core/quantization", "edgelab/core/quantization/index.js"]) {
      expect(isAllowed(name, manifest), name).to.equal(false);
    }
  });

  it("refuses what loads TensorFlow.js where the lab does not name it", () => {
    const without = { ...manifest, packages: [] };
    for (const name of ["edgelab/core/training", "edgelab/core/zoo", "edgelab/core/pruning/models"]) {
      expect(isAllowed(name, manifest), name).to.equal(true);
      expect(isAllowed(name, without), name).to.equal(false);
    }
    expect(isAllowed("edgelab/core/pruning", without)).to.equal(true);
  });

  it("refuses what edgelab has for others than students", () => {
    for (const name of [
      "edgelab",
      "edgelab/testing",
      "edgelab/lab",
      "edgelab/labs/01-quantization/hidden/q1.test",
      "edgelab/notebook/kernel/launcher",
      "edgelab/corex",
      "edgelab/dist/src/core/index.js",
    ]) {
      expect(isAllowed(name, manifest), name).to.equal(false);
    }
  });

  it("finds every way to name a module", () => {
    const code = `import a from "a"; import * as b from 'b'; import "c"; export { d } from "d";
const e = require("e"); const f = await import("f"); import type { G } from "g";`;
    expect(importedModules(code)).to.deep.equal(["a", "b", "c", "d", "e", "f", "g"]);
  });

  it("reads the cells that the grader runs, and nothing from what is no notebook", () => {
    const notebook = {
      cells: [
        { cell_type: "markdown", source: "m" },
        { cell_type: "code", source: ["a\n", "b"] },
        { cell_type: "code", source: "check", metadata: { edgelab: { role: "check" } } },
        { cell_type: "code", source: "own", metadata: {} },
        { cell_type: "code" },
      ],
    };
    expect(gradedCode(JSON.stringify(notebook))).to.equal("a\nb\nown\n");
    for (const text of ["", "null", "{}", '{"cells":[null]}']) expect(gradedCode(text)).to.equal("");
  });
});
