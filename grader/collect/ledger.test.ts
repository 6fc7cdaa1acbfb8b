import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { Ledger } from "./ledger.js";
import { withLock } from "./lock.js";

const line = (mirror: string, minute: number, tip: string | null) => ({
  ...{ lab: "01-quantization", mirror, students: ["s12345"], branch: "main", tip },
  asked: new Date(Date.UTC(2026, 10, 23, 12, minute)),
  answered: new Date(Date.UTC(2026, 10, 23, 12, minute, 1)),
});

describe("the memory of collects", () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), "edgelab-ledger-"));
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  it("gives back what was seen at each remote, in all labs' files, the oldest first", async () => {
    await (await Ledger.open(dir, "02-pruning")).append(line("a", 2, "two"));
    const ledger = await Ledger.open(dir, "01-quantization");
    await ledger.append(line("a", 1, null));
    await ledger.append(line("b", 3, "three"));
    const read = await Ledger.open(dir, "01-quantization");
    expect(read.of("a").map(({ tip }) => tip)).to.deep.equal([null, "two"]);
    expect(read.of("a")[0]?.asked).to.deep.equal(new Date("2026-11-23T12:01:00Z"));
    expect(read.of("nobody")).to.deep.equal([]);
  });

  it("loses a line that a kill has torn, and no other", async () => {
    const ledger = await Ledger.open(dir, "01-quantization");
    await ledger.append(line("a", 1, "one"));
    appendFileSync(join(dir, "01-quantization.jsonl"), '{"format":1,"mirror":"a","as');
    await ledger.append(line("a", 2, "two"));
    expect((await Ledger.open(dir, "x")).of("a").map(({ tip }) => tip)).to.deep.equal(["one", "two"]);
    expect(readFileSync(join(dir, "01-quantization.jsonl"), "utf8").split("\n")).to.have.length(4);
  });

  it("lets one collect work at a time, and takes over the lock of one that was killed", async () => {
    await withLock(dir, async () => {
      const second = await withLock(dir, async () => "worked").catch((error: Error) => error.message);
      expect(second).to.match(/another collect is at work here/);
    });
    writeFileSync(join(dir, "lock"), "999999999");
    expect(await withLock(dir, async () => "worked")).to.equal("worked");
  });
});
