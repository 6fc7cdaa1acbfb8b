import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { LabError } from "../../src/core/errors.js";
import { packageRoot } from "../package-root.js";
import { stagedEdgelab } from "./stage.js";
import { sandboxView } from "./view.js";

function edgelabIn(withheld: readonly string[]): string {
  const { mounts } = sandboxView({ packages: [], withheld });
  const mount = mounts.find(({ target }) => target === "/lab/node_modules/edgelab");
  return mount?.source ?? "";
}

function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" });
}

describe("what a lab's cells can import", () => {
  before(function () {
    // Made by the build; without it there is nothing to look at.
    if (!existsSync(join(packageRoot(), "dist/src/core/index.js"))) this.skip();
  });

  it("has edgelab without the modules that the lab withholds, in no form", () => {
    const without = filesBelow(edgelabIn(["core/quantization"]));
    expect(without).to.include("dist/src/core/index.js");
    // Learning curves that were recorded are numbers, whatever they are named after.
    const module = (path: string): boolean => path.includes("quantiz") && !path.includes("/zoo/recorded/");
    expect(without.filter(module)).to.deep.equal([]);
    expect(filesBelow(edgelabIn([])), "where nothing is withheld").to.include(
      "dist/src/core/quantization/index.js",
    );
  });

  it("imports a withheld module from no file that is left", () => {
    const folder = edgelabIn(["core/quantization"]);
    for (const path of filesBelow(folder).filter((name) => statSync(join(folder, name)).isFile())) {
      expect(readFileSync(join(folder, path), "utf8"), path).not.to.match(
        /["'][^"'\n]*quantization\/[^"'\n]*["'];?$/m,
      );
    }
  });

  it("holds neither grader nor labs nor tests, and nothing but code, types and data", () => {
    const folder = edgelabIn([]);
    expect(readdirSync(folder)).to.have.members(["package.json", "dist"]);
    expect(readdirSync(join(folder, "dist"))).to.deep.equal(["src"]);
    for (const path of filesBelow(folder)) {
      expect(path).not.to.match(/\.test\.|fixtures|\.map$|\.tsbuildinfo$/);
      if (statSync(join(folder, path)).isFile()) expect(path).to.match(/\.(js|d\.ts|json)$/);
    }
  });

  it("keeps what package.json says about imports, and drops its scripts", () => {
    const read = (folder: string) => JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    const manifest = read(edgelabIn([]));
    expect(manifest.exports).to.deep.equal(read(packageRoot()).exports);
    expect(manifest).not.to.have.any.keys("scripts", "devDependencies", "bin");
  });

  it("can be read by every user, whatever the umask was", () => {
    const folder = edgelabIn([]);
    expect(statSync(folder).mode & 0o005).to.equal(5);
    for (const path of filesBelow(folder))
      expect(statSync(join(folder, path)).mode & 0o004, path).to.equal(4);
  });

  it("needs few packages to be loaded, and none that is heavy or the grader's", () => {
    expect([...stagedEdgelab([]).dependencies]).to.deep.equal(["@tensorflow/tfjs"]);
    expect(packagesIn([])).to.not.include.members(["@tensorflow/tfjs"]);
  });

  it("has TensorFlow.js, with the backend that edgelab loads late, where a lab names it", () => {
    expect(packagesIn(["@tensorflow/tfjs"])).to.include.members([
      "@tensorflow/tfjs",
      "@tensorflow/tfjs-backend-wasm",
    ]);
  });

  it("is refused when a name to withhold matches nothing, for that would hand out the answer", () => {
    for (const name of ["core/quantisation", "../grader", "core", "core/../notebook"]) {
      expect(() => sandboxView({ packages: [], withheld: [name] }), name).to.throw(LabError, "to withhold");
    }
  });
});

function packagesIn(packages: readonly string[]): string[] {
  return sandboxView({ packages, withheld: [] }).mounts.map(({ target }) =>
    target.slice("/lab/node_modules/".length),
  );
}
