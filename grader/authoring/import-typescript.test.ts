import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect } from "chai";
import { LabError } from "../../src/core/errors.js";
import { importTypeScript } from "./import-typescript.js";

describe("a lab's file", () => {
  let dir = "";
  const put = (path: string, text: string): string => {
    const file = join(dir, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    return file;
  };
  beforeEach(() => {
    dir = realpathSync(mkdtempSync(join(tmpdir(), "import-typescript-")));
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  async function failure(file: string): Promise<string> {
    const error: unknown = await importTypeScript(file).catch((reason) => reason);
    expect(error).to.be.instanceOf(LabError).with.property("code", "CANNOT_LOAD");
    return (error as LabError).message;
  }

  for (const [what, manifest] of [
    ["without any package.json", undefined],
    ["below one of CommonJS", '{ "type": "commonjs" }'],
    ["below one of ES modules", '{ "type": "module" }'],
  ])
    it(`is an ES module ${what}`, async () => {
      if (manifest !== undefined) put("package.json", manifest);
      const file = put("a.ts", "const x: number = await Promise.resolve(3);\nexport default x;\n");
      expect((await importTypeScript(file)).default).to.equal(3);
    });

  it("imports other files of the lab, with and without their ending, and JSON", async () => {
    put("lib/one.ts", 'export { two } from "./two";\nexport enum Kind { A = 1 }\n');
    put("lib/two.ts", "export const two = 2;");
    put("data.json", '{ "three": 3 }');
    const file = put(
      "hidden/q1.test.ts",
      `import { Kind, two } from "../lib/one.js";
import data from "../data.json" with { type: "json" };
export default [Kind.A, two, data.three];`,
    );
    expect((await importTypeScript(file)).default).to.deep.equal([1, 2, 3]);
  });

  it("imports packages that are installed beside it, and modules of Node", async () => {
    put("node_modules/dozen/package.json", '{ "name": "dozen", "exports": "./index.mjs" }');
    put("node_modules/dozen/index.mjs", "export default 12; export const url = import.meta.url;");
    const file = put(
      "a.ts",
      'import path, { basename } from "node:path";\nimport dozen, { url } from "dozen";\nexport default [dozen, url, basename("a/b"), path.sep];',
    );
    const url = `file://${join(dir, "node_modules/dozen/index.mjs")}`;
    expect((await importTypeScript(file)).default).to.deep.equal([12, url, "b", "/"]);
  });

  it("gets the running grader's edgelab, whatever is installed under that name", async () => {
    put("node_modules/edgelab/package.json", '{ "name": "edgelab", "exports": { "./core": "./core.mjs" } }');
    put("node_modules/edgelab/core.mjs", "export const seeded = 1;");
    const file = put("a.ts", 'export { seeded } from "edgelab/core";');
    expect((await importTypeScript(file)).seeded).to.be.a("function");
  });

  it("knows its own place, and so does each file that it imports", async () => {
    put("lib/place.ts", "export const place = import.meta.dirname;");
    const file = put(
      "a.ts",
      'import { place } from "./lib/place.js";\nexport default [import.meta.url, import.meta.filename, place];',
    );
    expect((await importTypeScript(file)).default).to.deep.equal([`file://${file}`, file, join(dir, "lib")]);
  });

  it("is loaded anew after an edit, of a file that it imports too", async () => {
    put("one.ts", "export const one = 1;");
    const file = put("a.ts", 'export { one as default } from "./one.js";');
    expect((await importTypeScript(file)).default).to.equal(1);
    put("one.ts", "export const one = 11;");
    expect((await importTypeScript(file)).default).to.equal(11);
  });

  it("names its own lines where it throws later", async () => {
    const file = put(
      "a.ts",
      "interface A { x: 1 }\n\nexport function f(): A {\n  throw new Error('x');\n}\n",
    );
    const { f } = await importTypeScript(file);
    const caught = ((): unknown => {
      try {
        return (f as () => void)();
      } catch (error) {
        return error;
      }
    })();
    expect((caught as Error).stack).to.match(/a\.ts:4/);
  });

  it("says where it is not TypeScript, and what it imports that is not there", async () => {
    expect(await failure(put("a.ts", "export const a = 1;\nexport default {{;"))).to.match(
      /a\.ts cannot be loaded: Expected .* \(a.ts, line 2, column 17\)/,
    );
    expect(await failure(put("b.ts", 'import "./nothing.js";'))).to.match(
      /"\.\/nothing\.js".* \(b.ts, line 1/,
    );
    expect(await failure(put("c.ts", 'import "no-such-package";'))).to.match(/"no-such-package"/);
    expect(await failure(put("d.ts", 'import "edgelab/cores";'))).to.match(/edgelab has no "edgelab\/cores"/);
    expect(await failure(put("e.ts", "throw new Error('at\\nonce');"))).to.match(/cannot be loaded: at\. /);
    expect(await failure(join(dir, "f.ts"))).to.match(/f\.ts cannot be loaded/);
  });
});
