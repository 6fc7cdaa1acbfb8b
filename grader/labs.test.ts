import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { expect } from "chai";
import { exportSource } from "./authoring/export-source/export-source.js";
import { listLabs } from "./authoring/find-lab.js";
import { importNotebook } from "./authoring/import/import-notebook.js";
import { readNotebook } from "./authoring/import/read-notebook.js";
import { loadLab } from "./authoring/load-lab.js";
import { build } from "./commands/build.js";
import { packageRoot } from "./package-root.js";
import { readLabContent } from "./publish/content/lab-content.js";
import { packEdgelab } from "./publish/edgelab/pack.js";
import { findLeaks, findLeaksInPackage, privateFiles } from "./publish/secrets/scan.js";
import { secretsOf } from "./publish/secrets/secrets.js";

/** As an instructor types it: with a mutant that was written down and one made by rule of each question. */
function verify(lab: string) {
  const cli = join(packageRoot(), "dist", "grader", "cli.js");
  const args = [cli, "verify", lab, "--seeds", "1", "--sample", "1", "--jobs", "1"];
  return spawnSync(process.execPath, args, { encoding: "utf8" });
}

for (const lab of listLabs(packageRoot()))
  describe(`the lab ${basename(lab)}`, function () {
    this.timeout(300_000);

    it("has the notebook that its source builds", async () => {
      await build(lab, { check: true });
    });

    it("is the same byte for byte after its source was exported and imported", () => {
      const text = readFileSync(join(lab, "notebook.ts"), "utf8");
      const exported = new TextEncoder().encode(exportSource(text, basename(lab)));
      const read = readNotebook(exported, "x.ipynb");
      expect(importNotebook(read, { file: "x.ipynb" }).text).to.equal(text);
    });

    it("is found fit, by its reference, its starter and two mutants of each question", async function () {
      const { status, stdout, stderr } = verify(lab);
      if (/can't be isolated here/.test(stderr)) this.skip();
      expect(status, stdout + stderr).to.equal(0);
      const held = stdout.split("\n").filter((line) => line.startsWith("  ✓ "));
      for (const title of ["the reference scores full marks", "the starter runs and scores nothing"])
        expect(held).to.include(`  ✓ ${title}`);
      const { source } = await loadLab(lab);
      for (const { id } of source.questions)
        for (const caught of [/: caught$/, /: 1 of 1 automatic mutants caught/])
          expect(
            held.some((line) => line.startsWith(`  ✓ ${id}`) && caught.test(line)),
            id,
          ).to.equal(true);
    });

    it("shows in nothing that is published what only the grader's side knows", async () => {
      const loaded = await loadLab(lab);
      const { files } = await readLabContent(loaded);
      expect(findLeaks(files, await secretsOf(loaded), await privateFiles(loaded))).to.deep.equal([]);
    });

    it("is in no part of the package that students install", async () => {
      const edgelab = await packEdgelab(packageRoot());
      expect(findLeaksInPackage(edgelab.files, await secretsOf(await loadLab(lab)))).to.deep.equal([]);
    });
  });
