import { expect } from "chai";
import { LabError } from "../../src/core/errors.js";
import { chooseIsolation, describeStrength, isolating, nothingWorks, probeOnce } from "./choose.js";
import type { Strength } from "./jail.js";

const strong: Strength = {
  kind: "bubblewrap",
  seccomp: true,
  network: true,
  nestedNamespacesRefused: true,
  separateUser: false,
};

describe("the choice of an isolation backend", () => {
  it("prefers bubblewrap, then util-linux, and never takes none by itself", () => {
    expect(isolating.map(({ kind }) => kind)).to.deep.equal(["bubblewrap", "util-linux"]);
  });

  it("takes the first that works, or refuses", async () => {
    const probes = await Promise.all(isolating.map(probeOnce));
    const first = isolating.find((_, index) => probes[index]?.works);
    if (first) expect((await chooseIsolation("auto")).backend).to.equal(first);
    else expect(await chooseIsolation("auto").catch((error) => error)).to.be.instanceOf(LabError);
  });

  it("takes none where it is asked for, and calls it by its name", async () => {
    const { backend, strength } = await chooseIsolation("none");
    expect(backend.kind).to.equal("none");
    expect(describeStrength(strength)).to.equal("none");
  });

  it("says in three lines what to install or allow where nothing works", () => {
    const error = nothingWorks([
      { kind: "bubblewrap", why: "bwrap is not installed", remedy: "sudo apt-get install bubblewrap" },
      { kind: "util-linux", why: "unshare: Operation not permitted", remedy: "sudo sysctl -w a.b=1" },
    ]);
    expect(error.code).to.equal("NO_ISOLATION");
    const lines = error.message.split("\n");
    expect(lines).to.have.length(3);
    expect(lines[0]).to.include("bwrap is not installed").and.to.include("Operation not permitted");
    expect(lines[1]).to.include("sudo apt-get install bubblewrap").and.to.include("sudo sysctl -w a.b=1");
    expect(lines[2]).to.include("doctor").and.to.include("--isolation none");
  });

  it("is described with what it lacks", () => {
    expect(describeStrength(strong)).to.equal("bubblewrap");
    const weak: Strength = { ...strong, kind: "util-linux", seccomp: false, nestedNamespacesRefused: false };
    expect(describeStrength(weak)).to.equal("util-linux (no seccomp, nested namespaces allowed)");
  });
});
