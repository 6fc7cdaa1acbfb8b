import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { LabError } from "../../src/core/errors.js";
import { readSubmission } from "./intake.js";

describe("readSubmission", () => {
  let dir = "";
  const at = (name: string) => join(dir, name);
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), "intake-"));
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  async function failure(path: string): Promise<LabError> {
    try {
      await readSubmission(path);
    } catch (error) {
      if (error instanceof LabError) return error;
      throw error;
    }
    throw new Error("it was read");
  }

  it("gives the bytes of a file and their hash", async () => {
    writeFileSync(at("a.ipynb"), "abc");
    const { bytes, sha256 } = await readSubmission(at("a.ipynb"));
    expect(new TextDecoder().decode(bytes)).to.equal("abc");
    // FIPS 180-2, appendix B.1
    expect(sha256).to.equal("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  });

  it("reads an empty file", async () => {
    writeFileSync(at("a.ipynb"), "");
    expect((await readSubmission(at("a.ipynb"))).bytes).to.have.length(0);
  });

  it("refuses half a gigabyte without reading it", async () => {
    writeFileSync(at("a.ipynb"), "");
    truncateSync(at("a.ipynb"), 500 * 2 ** 20);
    const begin = process.cpuUsage();
    const before = process.memoryUsage().rss;
    expect((await failure(at("a.ipynb"))).message).to.contain("a.ipynb has 500 MiB, 16 are allowed");
    const { user, system } = process.cpuUsage(begin);
    expect((user + system) / 1000).to.be.below(500);
    expect(process.memoryUsage().rss - before).to.be.below(50 * 2 ** 20);
  });

  it("refuses a symbolic link, also to a good file", async () => {
    writeFileSync(at("a.ipynb"), "{}");
    symlinkSync(at("a.ipynb"), at("b.ipynb"));
    expect((await failure(at("b.ipynb"))).message).to.contain("symbolic link");
  });

  it("refuses a pipe without waiting for who writes to it", async () => {
    execFileSync("mkfifo", [at("a.ipynb")]);
    expect((await failure(at("a.ipynb"))).message).to.contain("a.ipynb is a pipe");
  });

  it("refuses a device", async () => {
    expect((await failure("/dev/zero")).message).to.contain("zero is a device");
  });

  it("refuses a socket", async () => {
    const server = createServer().listen(at("a.ipynb"));
    await new Promise((resolve) => server.once("listening", resolve));
    expect((await failure(at("a.ipynb"))).message).to.contain("socket");
    await new Promise((resolve) => server.close(resolve));
  });

  it("refuses a folder", async () => {
    mkdirSync(at("a.ipynb"));
    expect((await failure(at("a.ipynb"))).message).to.contain("a.ipynb is a folder");
  });

  it("says in one line that a file is not there, whatever its name", async () => {
    expect((await failure(at("no\u001b[2J\n.ipynb"))).message).to.equal(
      "there is no no\\u{1b}[2J\\u{a}.ipynb. Check the path.",
    );
  });

  it("says that a file cannot be read", async function () {
    if (process.getuid?.() === 0) this.skip(); // root may read everything
    writeFileSync(at("a.ipynb"), "{}");
    chmodSync(at("a.ipynb"), 0);
    expect((await failure(at("a.ipynb"))).message).to.contain("cannot be read (EACCES)");
  });
});
