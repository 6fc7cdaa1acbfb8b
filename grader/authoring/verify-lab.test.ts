import { spawnSync } from "node:child_process";
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import { packageRoot } from "../package-root.js";
import { listLabs } from "./find-lab.js";

/** As an instructor types it: a lab's tests and the judge then share one copy of chai. */
function verify(lab: string): { readonly status: number | null; readonly stdout: string } {
  const cli = path.join(packageRoot(), "dist", "grader", "cli.js");
  const args = [cli, "verify", lab, "--seeds", "1", "--sample", "1"];
  return spawnSync(process.execPath, args, { encoding: "utf8" });
}

function problems(lab: string): string[] {
  const { stdout } = verify(lab);
  return stdout.split("\n").flatMap((line) => /^ {6}(.+)$/.exec(line)?.[1] ?? []);
}

describe("grader verify", function () {
  this.timeout(120_000);

  for (const lab of listLabs()) {
    it(`finds ${path.basename(lab)} fit, by its reference, its starter and a sample of its mutants`, () => {
      const { status, stdout } = verify(lab);
      expect(status, stdout).to.equal(0);
      expect(Number(/^(\d+) passed, 0 failed$/m.exec(stdout)?.[1])).to.be.greaterThan(3);
    });
  }

  describe("of a lab with a fault", () => {
    let folder: string;
    let lab: string;

    beforeEach(async () => {
      folder = await mkdtemp(path.join(tmpdir(), "edgelab-verify-"));
      lab = path.join(folder, "01-quantization");
      await cp(path.join(packageRoot(), "labs", "01-quantization"), lab, { recursive: true });
      await rm(path.join(lab, "mutants"), { recursive: true });
      await writeFile(path.join(folder, "package.json"), '{ "type": "module" }');
      // The lab's own imports of edgelab resolve as they do in a course's repository.
      await symlink(path.join(packageRoot(), "node_modules"), path.join(folder, "node_modules"));
    });
    afterEach(() => rm(folder, { recursive: true, force: true }));

    async function edit(file: string, from: string, to: string): Promise<void> {
      const text = await readFile(path.join(lab, file), "utf8");
      expect(text, file).to.include(from);
      await writeFile(path.join(lab, file), text.replace(from, to));
    }

    async function addMutant(fields: string): Promise<void> {
      const text = `import { mutant } from "edgelab/testing";\nexport default mutant("q1", ${fields});\n`;
      await cp(path.join(lab, "lab.ts"), path.join(lab, "mutants", "q1-added.ts"), { recursive: true });
      await writeFile(path.join(lab, "mutants", "q1-added.ts"), text);
    }

    it("says which tests a wrong reference fails", async () => {
      await edit("notebook.ts", "roundHalfToEven(-low / scale)", "Math.trunc(-low / scale)");
      expect(problems(lab).join("\n")).to.match(/q1, "reproduces the worked example": fail/);
    });

    it("says when the tests are not worth the question's points", async () => {
      await edit("notebook.ts", "question q1 points=10", "question q1 points=12");
      expect(problems(lab)).to.deep.equal(["q1 is worth 12 points, its tests 10"]);
    });

    it("says when a starter passes a test", async () => {
      const pass = 'test(0, "is always true", () => {});';
      await edit(
        "public/q1.test.ts",
        "({ student, rng, test }) => {",
        `({ student, rng, test }) => { ${pass}`,
      );
      expect(problems(lab)).to.deep.equal(['q1, "is always true": pass']);
    });

    it("says when a mutant survives", async () => {
      await addMutant(`{ misconception: "none", feedback: "-", caughtBy: ["reproduces the worked example"],
        changes: [["const low = Math.min(min, 0);", "const low = Math.min(0, min);"]] }`);
      expect(problems(lab).join("\n")).to.match(/not caught by "reproduces the worked example"/);
    });

    it("says when a mutant is caught for another reason than the one that it names", async () => {
      await addMutant(`{ misconception: "throws", feedback: "-", caughtBy: ["reproduces the worked example"],
        changes: [["const low = Math.min(min, 0);", "const low = JSON.parse('{');"]] }`);
      const found = problems(lab).join("\n");
      expect(found).to.match(/fails "gives zero back exactly" too, which it does not name/);
      expect(found).to.match(/fails "reproduces the worked example" without an assertion/);
    });
  });
});
