import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { LabError } from "../../src/core/errors.js";
import { packageMounts } from "./packages.js";

describe("the packages that a lab may import", () => {
  let project: string;
  let edgelab: string;

  beforeEach(() => {
    project = realpathSync(mkdtempSync(join(tmpdir(), "edgelab-packages-")));
    edgelab = join(project, "node_modules", "edgelab");
  });
  afterEach(() => rmSync(project, { recursive: true }));

  function install(path: string, manifest: object = {}): string {
    const folder = join(project, path);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "package.json"), JSON.stringify(manifest));
    return folder;
  }

  function mounted(...names: string[]): Record<string, string> {
    const mounts = packageMounts(names, "/lab/node_modules", edgelab);
    return Object.fromEntries(mounts.map(({ source, target }) => [target, source.slice(project.length + 1)]));
  }

  it("bring what they depend on, and that what it depends on", () => {
    install("node_modules/a", { dependencies: { "@scope/b": "1" } });
    install("node_modules/@scope/b", { dependencies: { c: "1" } });
    install("node_modules/c", { dependencies: { a: "1" } });
    install("node_modules/unasked");
    expect(mounted("a")).to.deep.equal({
      "/lab/node_modules/a": "node_modules/a",
      "/lab/node_modules/@scope/b": "node_modules/@scope/b",
      "/lab/node_modules/c": "node_modules/c",
    });
  });

  it("bring optional and peer dependencies only where they are installed, and never development's", () => {
    install("node_modules/a", {
      optionalDependencies: { here: "1", absent: "1" },
      peerDependencies: { peer: "1", nobody: "1" },
      devDependencies: { tool: "1" },
    });
    for (const name of ["here", "peer", "tool"]) install(`node_modules/${name}`);
    expect(Object.keys(mounted("a"))).to.have.members(
      ["a", "here", "peer"].map((n) => `/lab/node_modules/${n}`),
    );
  });

  it("are edgelab's own copies where it is a dependency with other versions than its neighbours", () => {
    install("node_modules/a", { version: "1.0.0" });
    install("node_modules/edgelab/node_modules/a", { version: "2.0.0" });
    expect(mounted("a")).to.deep.equal({ "/lab/node_modules/a": "node_modules/edgelab/node_modules/a" });
  });

  it("bring a nested copy inside of its owner's folder, with what that copy needs from outside", () => {
    install("node_modules/a", { dependencies: { b: "2" } });
    install("node_modules/a/node_modules/b", { version: "2.0.0", dependencies: { c: "1" } });
    install("node_modules/b", { version: "1.0.0" });
    install("node_modules/c");
    expect(mounted("a")).to.deep.equal({
      "/lab/node_modules/a": "node_modules/a",
      "/lab/node_modules/c": "node_modules/c",
    });
  });

  it("are found behind symbolic links", () => {
    install("elsewhere/a");
    mkdirSync(join(project, "node_modules"));
    symlinkSync(join(project, "elsewhere/a"), join(project, "node_modules/a"));
    expect(mounted("a")).to.deep.equal({ "/lab/node_modules/a": "elsewhere/a" });
  });

  it("bring their types", () => {
    for (const name of ["a", "@types/a", "@scope/b", "@types/scope__b"]) install(`node_modules/${name}`);
    const expected = ["a", "@types/a", "@scope/b", "@types/scope__b"].map(
      (name) => `/lab/node_modules/${name}`,
    );
    expect(Object.keys(mounted("a", "@scope/b"))).to.have.members(expected);
  });

  it("are refused when one is missing, or when two versions would have to lie in one place", () => {
    install("node_modules/a", { dependencies: { lost: "1" } });
    expect(() => mounted("nothing")).to.throw(LabError, "nothing is not installed");
    expect(() => mounted("a")).to.throw(LabError, "lost (needed by a) is not installed");
    install("node_modules/b", { dependencies: { c: "1" } });
    install("node_modules/c");
    install("node_modules/edgelab/node_modules/c");
    expect(() => mounted("c", "b")).to.throw(LabError, "two versions of c");
  });
});
