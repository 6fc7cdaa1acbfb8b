import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import { failure } from "../fixtures/course.js";
import { packEdgelab } from "./pack.js";
import { readTarball, sameContents } from "./tar.js";

describe("the tarball that students install", function () {
  this.timeout(60_000);
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "edgelab-pack-test-"));
    const manifest = {
      name: "edgelab",
      version: "1.2.3",
      files: ["dist"],
      scripts: { prepare: "x" },
      devDependencies: { a: "1.0.0" },
    };
    await write("package.json", JSON.stringify(manifest));
    await write("dist/src/notebook/index.js", "export {};\n");
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  async function write(file: string, content: string): Promise<void> {
    const full = path.join(folder, file);
    await mkdir(path.dirname(full), { recursive: true });
    await writeFile(full, content);
  }

  it("has the same bytes whenever it is made of the same files", async () => {
    const first = await packEdgelab(folder);
    await write("dist/src/notebook/index.js", "export {};\n");
    const second = await packEdgelab(folder);
    expect(Buffer.compare(first.tarball, second.tarball)).to.equal(0);
    await write("dist/src/notebook/index.js", "export {};\n\n");
    expect(sameContents(first.tarball, (await packEdgelab(folder)).tarball)).to.equal(false);
  });

  it("has no scripts for npm to run or to warn of", async () => {
    const { files, version } = await packEdgelab(folder);
    const manifest = JSON.parse(String(files.get("package.json")));
    expect(version).to.equal("1.2.3");
    expect(manifest).to.deep.equal({ name: "edgelab", version: "1.2.3", files: ["dist"] });
  });

  it("is refused with something in it that students must not get", async () => {
    await write("dist/labs/01-x/hidden/q1.test.js", "1");
    expect((await failure(packEdgelab(folder))).message).to.include("dist/labs/01-x/hidden/q1.test.js");
  });

  it("is not made of a package that was not built", async () => {
    await rm(path.join(folder, "dist"), { recursive: true });
    expect((await failure(packEdgelab(folder))).message).to.include("npm run build");
  });

  it("is read as tar reads it, long names too", async () => {
    const long = `dist/src/${"long-".repeat(30)}name.js`;
    await write(long, "1");
    await write("dist/src/ä.js", "2");
    const { tarball, files } = await packEdgelab(folder);
    await write("x.tgz", "");
    await writeFile(path.join(folder, "x.tgz"), tarball);
    const listed = execFileSync("tar", ["-tzf", "x.tgz", "--quoting-style=literal"], {
      cwd: folder,
      encoding: "utf8",
    });
    const names = listed
      .trim()
      .split("\n")
      .map((name) => name.replace("package/", ""));
    expect([...files.keys()])
      .to.have.members(names)
      .and.to.include(long);
    expect(String(files.get("dist/src/ä.js"))).to.equal("2");
  });

  it("is refused where it is damaged", () => {
    expect(() => readTarball(Buffer.from("no tarball"))).to.throw("can't be read");
  });
});
