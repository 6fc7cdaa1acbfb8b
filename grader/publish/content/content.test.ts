import { expect } from "chai";
import fc from "fast-check";
import type { ReleaseCell } from "../../../src/lab/cells.js";
import type { Release } from "../../../src/lab/release.js";
import { packageRoot } from "../../package-root.js";
import { changesBetween, type Edition, withEntry } from "./changelog.js";
import { linkedFiles } from "./linked-files.js";
import { plain, studentPages } from "./student-pages.js";
import { tarballName } from "./tarball-name.js";
import { extraPackages } from "./versions.js";

const prose = (source: string, id = source): ReleaseCell => ({ id, role: "prose", source });
const answer = (question: string, source = "x"): ReleaseCell => ({
  id: question,
  role: "answer",
  source,
  question,
});

function release(cells: ReleaseCell[], points: Record<string, number>): Release {
  const questions = Object.entries(points).map(([id, points]) => ({ id, title: `About ${id}`, points }));
  const limits = { cellCpuMs: 1, callCpuMs: 1, memoryBytes: 1 };
  return {
    id: "x",
    title: "X",
    packages: [],
    withheld: [],
    limits,
    release: "r",
    questions,
    written: [],
    cells,
  };
}

const edition = (release: Release | undefined, files: Record<string, string> = {}): Edition => ({
  release,
  course: undefined,
  files: new Map(Object.entries(files).map(([name, text]) => [name, Buffer.from(text)])),
});

describe("the changelog of a course repository", () => {
  it("says which questions came, went, and count otherwise", () => {
    const before = release([answer("q1"), answer("q2")], { q1: 10, q2: 5 });
    const after = release([answer("q1"), answer("q3")], { q1: 12, q3: 1 });
    expect(changesBetween(edition(before), edition(after), "x", "UTC")).to.deep.equal([
      "q3 is new: About q3.",
      "q2 is gone.",
      "q1: 12 points (was 10).",
      "q3: 1 cell added.",
      "q2: 1 cell removed.",
    ]);
  });

  it("counts cells by the question that their section answers", () => {
    const before = release(
      [prose("# Lab"), prose("## One"), answer("q1"), prose("think"), prose("## Two"), answer("q2")],
      {},
    );
    const after = release(
      [prose("# Lab!"), prose("## One"), answer("q1", "y"), prose("## Two"), prose("more"), answer("q2")],
      {},
    );
    expect(changesBetween(edition(before), edition(after), "x", "UTC")).to.deep.equal([
      "Other parts: 1 cell changed.",
      "q1: 1 cell changed, 1 cell removed.",
      "q2: 1 cell added.",
    ]);
  });

  it("names the public tests that changed", () => {
    const same = release([], {});
    const before = edition(same, { "labs/x/public/q1.test.ts": "1", "labs/x/public/q2.test.ts": "1" });
    const after = edition(same, { "labs/x/public/q1.test.ts": "2", "labs/x/public/q2.test.ts": "1" });
    expect(changesBetween(before, after, "x", "UTC")).to.deep.equal(["Public tests changed: q1."]);
  });

  it("keeps whatever stood in it, below the newest entry", () => {
    expect(withEntry(withEntry("", "x v1", ["a"]), "x v2", ["b", "c"])).to.equal(
      "# Changes\n\n## x v2\n\n- b\n- c\n\n## x v1\n\n- a\n",
    );
    fc.assert(
      fc.property(fc.string(), (old) => {
        const text = old.replace(/^# Changes\n/, "");
        return (
          withEntry(text, "x v1", ["a"]).endsWith(text) &&
          withEntry(text, "x v1", ["a"]).startsWith("# Changes\n\n## x v1")
        );
      }),
    );
  });
});

describe("the files that a notebook links to", () => {
  const of = (text: string): string[] => linkedFiles([prose(text)], "x");

  it("are found in every form that Markdown and HTML have", () => {
    expect(
      of('![a](a.png) [b](<b c.csv> "t") ![d](d%20e.svg?x#y) <img alt="" src="f/g.png"> <a href=\'h.txt\'>'),
    ).to.deep.equal(["a.png", "b c.csv", "d e.svg", "f/g.png", "h.txt"]);
    expect(of("[ref]: notes.md\n\n[text][ref] [x](./p/../q.csv) [y](w(1).png)")).to.deep.equal([
      "notes.md",
      "q.csv",
      "w(1).png",
    ]);
  });

  it("are no addresses, anchors, attachments or code", () => {
    expect(
      of("[a](https://x.org/y.png) [b](#top) ![c](attachment:c.png) `[d](d.png)` [e](//x/y) [f](mailto:a@b)"),
    ).to.deep.equal([]);
    expect(of("```md\n![a](a.png)\n```")).to.deep.equal([]);
  });

  it("are refused outside of the lab's folder, and where they are the teacher's", () => {
    for (const path of ["../x.png", "/etc/passwd", "a/../../b", "..%2fx.png", "a\\b.png"])
      expect(() => of(`![](${path})`), path).to.throw("outside of the lab's folder");
    for (const path of [
      "hidden/q1.test.ts",
      "./mutants/a.ts",
      "a/../hidden/x",
      "lab.ts",
      "README.md",
      "HIDDEN/x",
      "build/reference.ipynb",
    ])
      expect(() => of(`![](${path})`), path).to.throw("must not have");
  });
});

describe("the pages of a course repository", () => {
  const lab = { id: "01-x", title: "One", version: 1, release: "r" };

  function readme(submit: "zip" | "git", title = "T"): string {
    return String(new Map(studentPages({ title, submit, labs: [lab] }, "UTC")).get("README.md"));
  }

  it("say how to hand in, as the course wants it", () => {
    expect(readme("zip")).to.include("zip file").and.not.to.include("your own repository");
    expect(readme("git")).to.include("your own repository").and.not.to.include("zip file");
    expect(readme("zip")).to.include("npx --no-install edgelab submit 01-x").and.to.include("edgelab doctor");
  });

  it("show titles as they are written, whatever signs are in them", () => {
    expect(readme("zip", "A | <b>*B*</b> {{x}} [c](d)")).to.match(
      /^# A \\\| \\<b\\>\\\*B\\\*\\<\/b\\> \{\{x\}\} \\\[c\\\]\(d\)\n/,
    );
    fc.assert(fc.property(fc.string(), (text) => !/(^|[^\\])(\\\\)*[|<>*`[\]]|\n/.test(plain(text))));
  });

  it("name packages of a lab that don't come with edgelab, with the version that is installed", () => {
    const extra = extraPackages(["@tensorflow/tfjs", "fast-check"], packageRoot());
    expect(Object.keys(extra)).to.deep.equal(["fast-check"]);
    expect(extra["fast-check"]).to.match(/^\d+\.\d+\.\d+$/);
    expect(() => extraPackages(["no-such-package-here"], packageRoot())).to.throw("is not installed");
  });
});

describe("the name of edgelab's tarball", () => {
  const edgelab = { version: "1.0.0", tarball: Buffer.from("new") };
  const named = (files: Record<string, string>): string =>
    tarballName(edgelab, new Map(Object.entries(files).map(([name, text]) => [name, Buffer.from(text)])))
      .name;

  it("is that of the version, and stays while its contents do", () => {
    expect(named({})).to.equal("edgelab-1.0.0.tgz");
    expect(named({ "edgelab-1.0.0-3.tgz": "new" })).to.equal("edgelab-1.0.0-3.tgz");
    expect(named({ "edgelab-0.9.0.tgz": "old" })).to.equal("edgelab-1.0.0.tgz");
  });

  it("is another one for other contents, so that npm installs them", () => {
    expect(named({ "edgelab-1.0.0.tgz": "old" })).to.equal("edgelab-1.0.0-2.tgz");
    expect(named({ "edgelab-1.0.0-2.tgz": "old" })).to.equal("edgelab-1.0.0-3.tgz");
    expect(named({ "edgelab-1.0.0-beta.tgz": "old" })).to.equal("edgelab-1.0.0.tgz");
  });
});
