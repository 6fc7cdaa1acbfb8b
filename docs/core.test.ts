import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { expect } from "chai";
import { runExample } from "./run-example.js";

/** `docs/core.md` is the library's table of contents: what it names is there, and what is there it names. */
const core = path.join(import.meta.dirname, "../src/core");
const page = readFileSync(path.join(import.meta.dirname, "core.md"), "utf8");
const files = readdirSync(core, { recursive: true, encoding: "utf8" });
/** Deeper folders are passed on by the ones above them; those for models, which load tfjs, are not. */
const indexes = files
  .filter((name) => /^([a-z-]+\/)?(models\/)?index\.ts$/.test(name.split(path.sep).join("/")))
  .sort();
const sources = files
  .filter((name) => name.endsWith(".ts") && !/\.(test|peer)\.ts$/.test(name))
  .map((name) => readFileSync(path.join(core, name), "utf8"));

describe("docs/core.md", () => {
  it("begins with an example that does what it says", async () => {
    const [, code = ""] = /```ts\n([\s\S]*?)```/.exec(page) ?? [];
    await runExample(code);
  });

  for (const index of indexes) {
    const subpath = path.posix.join("edgelab/core", path.dirname(index));

    it(`names every function of ${subpath}, in one import each`, async () => {
      const missing = (await functionsOf(index)).filter((name) => !importLine(name, subpath).test(page));
      expect(missing).to.deep.equal([]);
    });

    it(`tells of ${subpath} only what is there`, async () => {
      const there = Object.keys(await load(index));
      const told = [...page.matchAll(/import \{ ([^}]+) \} from "(edgelab[^"]*)"/g)]
        .filter(([, , from]) => from === subpath)
        .flatMap(([, names = ""]) => names.split(", "));
      expect(told.filter((name) => !there.includes(name))).to.deep.equal([]);
    });

    it(`${subpath}: each function has a docstring with an example`, async () => {
      const bare = (await functionsOf(index)).filter((name) => !docstringOf(name).includes("@example"));
      expect(bare).to.deep.equal([]);
    });
  }
});

async function load(index: string): Promise<Record<string, unknown>> {
  return import(pathToFileURL(path.join(core, index)).href);
}

async function functionsOf(index: string): Promise<string[]> {
  return Object.entries(await load(index))
    .filter(([, value]) => typeof value === "function")
    .map(([name]) => name);
}

function importLine(name: string, subpath: string): RegExp {
  return new RegExp(`import \\{ ([^}]+, )?${name}(, [^}]+)? \\} from "${subpath}"`);
}

/** The comment before the first declaration of that name. */
function docstringOf(name: string): string {
  const declared = new RegExp(
    `(/\\*\\*(?:(?!\\*/)[\\s\\S])*\\*/)\\s*export (?:async )?(?:function\\*?|const|class) ${name}\\b`,
  );
  for (const source of sources) {
    const [, docstring] = declared.exec(source) ?? [];
    if (docstring) return docstring;
  }
  return "";
}
