import { execFileSync } from "node:child_process";
import { resolve } from "node:path";
import { expect } from "chai";

const built = resolve(import.meta.dirname, "../../dist/src/notebook/index.js");

describe("edgelab/notebook", () => {
  it("loads nothing heavy until it is used, and can be loaded by require, as the kernel does", () => {
    const code = `require(${JSON.stringify(built)});
console.log(JSON.stringify([...Object.keys(require.cache), ...process.moduleLoadList]));`;
    const loaded = execFileSync(process.execPath, ["--no-warnings", "-e", code], { encoding: "utf8" });
    for (const heavy of ["mocha", "chai", "tsx", "plotly", "zod"]) {
      expect(loaded).not.to.include(`node_modules/${heavy}`);
    }
  });
});
