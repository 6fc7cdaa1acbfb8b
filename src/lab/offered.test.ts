import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect } from "chai";
import { needsTensorFlow } from "./offered.js";

const src = join(import.meta.dirname, "..");

describe("what loads TensorFlow.js", () => {
  const indexes = readdirSync(join(src, "core"), { recursive: true, encoding: "utf8" })
    .filter((name) => /(^|\/)index\.ts$/.test(name))
    .map((name) => `core/${name}`);

  for (const index of indexes) {
    const subpath = dirname(index);
    it(`is told rightly of ${subpath}`, () => {
      expect(reachesTensorFlow(join(src, index))).to.equal(needsTensorFlow(subpath));
    });
  }
});

/** Follows imports of values; those of types alone are gone when the code runs. */
function reachesTensorFlow(entry: string): boolean {
  const files = new Set([entry]);
  for (const file of files) {
    const code = readFileSync(file, "utf8");
    for (const [, clause = "", from = ""] of code.matchAll(/^(?:import|export) ([^;]*?)from "([^"]+)";/gms)) {
      if (/^type |^\{\s*(?:type \w+(?: as \w+)?,?\s*)+\}/.test(clause)) continue;
      if (from.startsWith("@tensorflow/")) return true;
      if (from.startsWith(".")) files.add(join(dirname(file), from.replace(/\.js$/, ".ts")));
    }
  }
  return false;
}
