import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { packageRoot } from "./package-root.js";
import { strangersIn } from "./publish/edgelab/contents.js";

/** What npm would put into the tarball that students install. */
function packed(): string[] {
  const args = ["pack", "--dry-run", "--json", "--ignore-scripts"];
  const { stdout, stderr, status } = spawnSync("npm", args, { cwd: packageRoot(), encoding: "utf8" });
  if (status !== 0) throw new Error(`npm pack ended with exit code ${status}: ${stderr}`);
  const [tarball] = JSON.parse(stdout) as { readonly files: readonly { readonly path: string }[] }[];
  return (tarball?.files ?? []).map((file) => file.path);
}

describe("the package that students install", () => {
  let files: readonly string[] = [];

  before(function () {
    this.timeout(60_000);
    files = packed();
  });

  it("holds what runs, its types, the templates, the jail's script, the library's pages, the README and the license", () => {
    expect(files).to.include.members([
      "package.json",
      "README.md",
      "LICENSE",
      "dist/grader/cli.js",
      "dist/jail/executor-main.cjs",
      "dist/jail/compiler-main.cjs",
      "dist/src/core/index.js",
      "dist/src/core/index.d.ts",
      "dist/src/notebook/index.js",
      "dist/src/testing/index.js",
      "grader/sandbox/jail.pl",
      "templates/feedback/page.hbs",
      "templates/course/README.md.hbs",
      "docs/core.md",
      "docs/conventions.md",
    ]);
  });

  it("holds nothing else: no sources, labs, tests, mutants, examples, benchmarks or other documents", () => {
    expect(strangersIn(files)).to.deep.equal([]);
  });

  it("would be found out with a hidden test, a mutant, a fixture, a lab or a source in it", () => {
    const strangers = [
      "labs/01-quantization/hidden/q1.test.ts",
      "dist/labs/01-quantization/lab.js",
      "dist/grader/cli.test.js",
      "dist/src/core/fixtures/load.js",
      "dist/grader/mutants/q1.js",
      "src/core/index.ts",
      "examples/cohort/answers.ts",
    ];
    expect(strangersIn([...files, ...strangers])).to.deep.equal(strangers);
  });

  it("holds no module whose source is gone", () => {
    const stale = files.filter((file) => {
      const source = /^dist\/((?:src|grader|devices)\/.+?)(?:\.d\.ts|\.js)$/.exec(file)?.[1];
      return source !== undefined && !existsSync(path.join(packageRoot(), `${source}.ts`));
    });
    expect(stale).to.deep.equal([]);
  });
});
