import { mkdir, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect } from "chai";
import { problemsOf, subjectOf, TemporaryLabs } from "../fixtures/small-lab.js";
import { checkLinks } from "./links.js";

describe("verify: links and images", () => {
  const labs = new TemporaryLabs();
  after(() => labs.remove());

  /** The problems of a text cell that begins on line 2, beside some files of the lab. */
  async function problems(markdown: string, files: readonly string[] = []): Promise<string[]> {
    const text = markdown
      .split("\n")
      .map((line) => `// ${line}\n`)
      .join("");
    const lab = await labs.write({ "notebook.ts": (rest) => `// %% [markdown]\n${text}${rest}` });
    for (const file of files) {
      await mkdir(path.dirname(path.join(lab, file)), { recursive: true });
      await writeFile(path.join(lab, file), "");
    }
    return problemsOf(await checkLinks(await subjectOf(lab)));
  }

  it("takes files of the lab's folder, headings, and addresses that are well-formed", async () => {
    const markdown = `# Small *nets*
![a plot](images/a%20b.png "A plot"), <img src="images/c.svg" alt='a curve'>, [data](data.csv?raw#top)
[above](#Small-nets), [there](https://example.org/a_(b)), <a href="mailto:ta@example.org">write</a>
[![a badge](images/c.svg)](https://example.org) and [reference][1] <a id="here"></a> [here](#here)

[1]: http://example.org/page`;
    expect(await problems(markdown, ["images/a b.png", "images/c.svg", "data.csv"])).to.deep.equal([]);
  });

  it("leaves alone what is code or a formula", async () => {
    const markdown = "`[a](missing.md)` and ``![](x.png)`` and $f[i](x.y)$\n```ts\n[a](missing.md)\n```";
    expect(await problems(markdown)).to.deep.equal([]);
  });

  it("names line and target of a file that is not there", async () => {
    expect(await problems("First.\n![a plot](images/none.png)\n[1]: none.csv")).to.deep.equal([
      'notebook.ts:3: there is no file "images/none.png" in the lab\'s folder',
      'notebook.ts:4: there is no file "none.csv" in the lab\'s folder',
    ]);
  });

  it("refuses what students do not get", async () => {
    const found = await problems(
      "[a](../other/b.md) [b](/etc/passwd) [c](hidden/q1.test.ts) [d](./README.md) [e](file:///tmp/x) [f](build/release.json)",
    );
    expect(found.map((problem) => problem.replace("notebook.ts:2: ", ""))).to.deep.equal([
      '"../other/b.md" lies outside of the lab\'s folder: students get what is linked to in it, and nothing else',
      '"/etc/passwd" lies outside of the lab\'s folder: students get what is linked to in it, and nothing else',
      '"hidden/q1.test.ts" is not for students',
      '"./README.md" is not for students',
      '"file:///tmp/x": a link is https:, or a file in the lab\'s folder',
      '"build/release.json" is not for students',
    ]);
  });

  it("refuses a link in the folder that leads out of it", async () => {
    const lab = await labs.write({
      "notebook.ts": (rest) => `// %% [markdown]\n// [a](out.txt)\n${rest}`,
      "../secret.txt": "secret",
    });
    await symlink("../secret.txt", path.join(lab, "out.txt"));
    expect(problemsOf(await checkLinks(await subjectOf(lab)))).to.deep.equal([
      'notebook.ts:2: "out.txt" is a link to a file outside of the lab\'s folder',
    ]);
  });

  it("refuses an image without words, an address that is none, and a heading that is not there", async () => {
    const found = await problems("![](a.png) <img src=a.png>\n[a](https://) [b](#Nowhere) [c]() [d](%zz)", [
      "a.png",
    ]);
    expect(found).to.have.length(6);
    expect(found[0]).to.match(/^notebook\.ts:2: the image "a\.png" has no text/);
    expect(found[1]).to.match(/^notebook\.ts:2: the image "a\.png" has no text/);
    expect(found[2]).to.match(/^notebook\.ts:3: "https:\/\/" is no address/);
    expect(found[3]).to.match(/no heading for "#Nowhere"/);
    expect(found[4]).to.match(/a link leads nowhere/);
    expect(found[5]).to.match(/begins no character/);
  });
});
