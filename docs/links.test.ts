import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";

const root = path.join(import.meta.dirname, "..");
const pages = [
  ...["README.md", "CONTRIBUTING.md", "SECURITY.md"],
  ...readdirSync(path.join(root, "docs"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".md"))
    .map((name) => path.join("docs", name)),
];

/** Relative links and images: those to other sites are nobody's to fetch. */
function targets(markdown: string): readonly string[] {
  const prose = markdown.replace(/```[\s\S]*?```|`[^`\n]*`/g, "");
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = ""]) => target.replace(/#.*$/, ""))
    .filter((target) => target !== "" && !/^[a-z]+:/.test(target));
}

describe("the pages", () => {
  for (const page of pages)
    it(`${page} links to files that there are`, () => {
      const folder = path.dirname(path.join(root, page));
      const missing = targets(readFileSync(path.join(root, page), "utf8")).filter(
        (target) => !existsSync(path.join(folder, target)),
      );
      expect(missing).to.deep.equal([]);
    });

  it("can all be reached from the README", () => {
    const reached = new Set<string>();
    const todo = ["README.md"];
    for (let page = todo.pop(); page !== undefined; page = todo.pop()) {
      if (reached.has(page) || !page.endsWith(".md")) continue;
      reached.add(page);
      for (const target of targets(readFileSync(path.join(root, page), "utf8")))
        todo.push(path.join(path.dirname(page), target));
    }
    expect(pages.filter((page) => !reached.has(page))).to.deep.equal([]);
  });
});
