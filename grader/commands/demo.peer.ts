import { spawnSync } from "node:child_process";
import path from "node:path";
import { expect } from "chai";
import { packageRoot } from "../package-root.js";
import { isolating, probeOnce } from "../sandbox/choose.js";

describe("grader demo, under each isolation", function () {
  this.timeout(300_000);

  for (const { kind, probe } of isolating.map((backend) => ({
    kind: backend.kind,
    probe: probeOnce(backend),
  }))) {
    for (const turn of ["once", "and once more"]) {
      it(`gives each of the sixteen the expected record in ${kind}, ${turn}`, async function () {
        const found = await probe;
        if (!found.works) {
          console.log(`      ${kind}: ${found.why}`);
          this.skip();
        }
        const cli = path.join(packageRoot(), "dist", "grader", "cli.js");
        const { status, stdout, stderr } = spawnSync(process.execPath, [cli, "demo", "--isolation", kind], {
          encoding: "utf8",
        });
        expect(stdout + stderr).to.match(/All 16 records are as expected/);
        expect(status).to.equal(0);
      });
    }
  }
});
