import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { packageRoot } from "../../../package-root.js";
import { installPacked, type Place } from "./installed.js";
import { type SubpathTypes, typesOf } from "./loose-types.js";
import { importable } from "./subpaths.js";
import { openConverter } from "./tslab-typescript.js";

/** A type that is refused, as TypeScript numbers it: an argument, a value, all overloads, nothing in common. */
const typeErrors = [2345, 2322, 2769, 2559];

/** What tslab's converter lets pass of a subpath's wrong uses, and what it says to the import above them. */
function passedBy(converter: ReturnType<typeof openConverter>, types: SubpathTypes): readonly string[] {
  const { subpath, exported } = types;
  const names = exported.map(({ name }) => name).join(", ");
  const lines = [`import { ${names} } from "${subpath}";`, ...exported.map(({ wrongUse }) => wrongUse)];
  const { diagnostics } = converter.convert("", lines.join("\n"));
  const refused = diagnostics.filter(({ code }) => typeErrors.includes(code)).map(({ start }) => start.line);
  const passed = lines.filter((_, i) => i > 0 && !refused.includes(i));
  const other = diagnostics.filter(({ start }) => start.line === 0).map(({ messageText }) => messageText);
  return [...passed, ...other];
}

function sharedTests(open: () => Place): void {
  let place: Place;
  let types: readonly SubpathTypes[];
  before(() => {
    place = open();
    types = typesOf(place.labDir, importable(place.packageDir), join(place.packageDir, "dist"));
  });

  it("has all of the library's folders, and each exports something", () => {
    expect(types.map(({ subpath }) => subpath)).to.deep.equal(indexFolders());
    expect(types.filter(({ exported }) => exported.length === 0)).to.deep.equal([]);
  });

  it("shows tslab no `any` in whatever a subpath exports", () => {
    expect(types.flatMap(({ subpath, loose }) => loose.map((where) => `${subpath}: ${where}`))).to.deep.equal(
      [],
    );
  });

  it("lets a cell import each subpath, and refuses a wrong use of everything in it", () => {
    const converter = openConverter(place.labDir);
    try {
      const imports = types.map(({ subpath }, i) => `import * as m${i} from "${subpath}"; m${i};`);
      expect(converter.convert("", imports.join("\n")).diagnostics).to.deep.equal([]);
      for (const of of types) expect(passedBy(converter, of), of.subpath).to.deep.equal([]);
    } finally {
      converter.close();
    }
  });

  it("finds at run time what the types promise", () => {
    const { resolve } = createRequire(join(place.labDir, "cell.js"));
    for (const { subpath } of types) expect(resolve(subpath), subpath).to.include("/dist/src/");
  });
}

/** "edgelab/core/data" for src/core/data/index.ts. */
function indexFolders(): readonly string[] {
  return readdirSync(join(packageRoot(), "src"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith("index.ts"))
    .map((name) => `edgelab/${name.slice(0, -"/index.ts".length)}`)
    .sort();
}

describe("the types that a notebook sees", function () {
  this.timeout(120_000);

  describe("in this repository", () => {
    const packageDir = packageRoot();
    sharedTests(() => ({ packageDir, labDir: join(packageDir, "labs/01-quantization") }));
  });

  describe("in a course with edgelab's tarball", () => {
    let folder: string;
    sharedTests(() => {
      const installed = installPacked();
      folder = installed.folder;
      return installed;
    });
    after(() => rmSync(folder, { recursive: true, force: true }));
  });
});

describe("the search for `any`", function () {
  this.timeout(60_000);

  it("finds it in parameters, results, what these hold, and types that tslab's TypeScript can't read", () => {
    const folder = realpathSync(mkdtempSync(join(tmpdir(), "edgelab-any-")));
    const packageDir = join(folder, "node_modules/loose");
    mkdirSync(packageDir, { recursive: true });
    writeFileSync(
      join(packageDir, "index.d.ts"),
      `export declare function parameter(a: number, b: any): void;
export declare function result(): Promise<readonly any[]>;
export declare const table: { readonly rows: Map<string, { cell?: any }> };
export declare function later(x: number): Float32Array<ArrayBuffer>;
export interface Options { readonly [key: string]: any }
export { missing as gone } from "./missing.js";
export declare function fine(a: unknown): ReadonlyMap<string, number>;
`,
    );
    try {
      const [types] = typesOf(folder, ["loose"], packageDir);
      expect(types?.loose).to.have.members([
        "parameter(b)",
        "result › result<><>",
        "table › rows<> › cell",
        "later › result",
        "Options › [key]",
        "gone",
      ]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("says which module is not found", () => {
    const [types] = typesOf(tmpdir(), ["edgelab/nowhere"], tmpdir());
    expect(types?.loose).to.deep.equal(["not found"]);
  });
});
