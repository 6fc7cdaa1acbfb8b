import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { readCommands } from "./read-commands.js";
import { isAsShown, Workshop } from "./run-commands.js";

const root = path.join(import.meta.dirname, "..");
const timeLimitMs = 120_000;

/** In the order in which somebody reads them: pages can share a folder. */
const pages = [
  "README.md",
  "CONTRIBUTING.md",
  "SECURITY.md",
  ...readdirSync(path.join(root, "docs"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".md"))
    .map((name) => path.posix.join("docs", name.split(path.sep).join("/")))
    .sort(),
];

describe("the commands in", function () {
  this.timeout(timeLimitMs + 10_000);
  let workshop: Workshop;
  before(() => {
    workshop = new Workshop();
  });
  after(() => workshop.close());

  for (const page of pages) {
    const { blocks, problems } = readCommands(readFileSync(path.join(root, page), "utf8"));

    it(`${page} are marked: each block runs, or the page says why not`, () => {
      expect(problems.map((problem) => `${page}:${problem}`)).to.deep.equal([]);
    });

    for (const block of blocks) {
      const { line, mark, prints } = block;
      const [first = ""] = block.code.split("\n");
      if (mark.kind === "run by")
        it(`${page}:${line} are run by ${mark.file}, which is there`, () => {
          expect(mark.file).to.match(/\.(test|peer)\.ts$/);
          expect(existsSync(path.join(root, mark.file))).to.equal(true);
        });
      if (mark.kind === "write")
        it(`${page}:${line} become the file ${mark.file}`, async () => {
          await workshop.run(block, timeLimitMs);
        });
      if (mark.kind !== "run") continue;
      it(`${page}:${line} do what it says: ${first}`, async function () {
        const { exit, stdout, stderr, late } = await workshop.run(block, timeLimitMs);
        if (/can't be isolated here/.test(stderr)) this.skip();
        expect({ exit, late }, `${stdout}\n${stderr}`).to.deep.equal({ exit: mark.exit, late: false });
        if (prints !== undefined && !isAsShown(stdout, prints)) expect(stdout).to.equal(prints);
      });
    }
  }
});
