import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { build } from "esbuild";
import Sqlite from "libsql";

/** Two graders at a time on one file, each killed after another few milliseconds of writing. */
const rounds = 12;
const writersAtOnce = 2;

describe("a gradebook whose graders are killed while they write", () => {
  let folder: string;
  let file: string;
  let writer: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "gradebook-kill-"));
    file = join(folder, "gradebook.db");
    // One plain file starts many times as fast as the sources do. It lies here to find libsql.
    writer = fileURLToPath(new URL(`.writer-${process.pid}.mjs`, import.meta.url));
    await build({
      entryPoints: [fileURLToPath(new URL("fixtures/writer.ts", import.meta.url))],
      outfile: writer,
      bundle: true,
      external: ["libsql"],
      platform: "node",
      format: "esm",
    });
  });

  after(async () => {
    await rm(writer, { force: true });
    await rm(folder, { recursive: true });
  });

  it("is whole after each kill, holds no half submission, and has lost nothing acknowledged", async () => {
    const acknowledged = new Set<string>();
    for (let round = 0; round < rounds; round += 1) {
      const names = Array.from({ length: writersAtOnce }, (_, index) => `${round}.${index}`);
      const written = await Promise.all(
        names.map((name, index) => writeUntilKilled(name, round * 3 + index)),
      );
      for (const receipt of written.flat()) acknowledged.add(receipt);
      inspect(acknowledged, `after round ${round}`);
    }
    expect(acknowledged.size, "acknowledged submissions").to.be.greaterThan(rounds * writersAtOnce);
  }).timeout(60_000);

  /** The receipts that the writer named before it was killed `delayMs` after the first. */
  async function writeUntilKilled(name: string, delayMs: number): Promise<string[]> {
    const child = spawn(process.execPath, [writer, file, name], { stdio: ["ignore", "pipe", "inherit"] });
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
    await Promise.race([once(child.stdout, "data"), failedToStart(child)]);
    await sleep(delayMs);
    child.kill("SIGKILL");
    if (child.exitCode === null && child.signalCode === null) await once(child, "close");
    // A line that the kill cut short was not acknowledged.
    return output.split("\n").slice(0, -1);
  }

  function inspect(acknowledged: ReadonlySet<string>, when: string): void {
    const sqlite = new Sqlite(file);
    const all = (query: string) => sqlite.prepare(query).all() as Record<string, unknown>[];
    expect(all("pragma integrity_check"), when).to.deep.equal([{ integrity_check: "ok" }]);
    expect(all("pragma foreign_key_check"), when).to.deep.equal([]);
    const parts = all(
      `select receipt,
        (select count(*) from question_results where attempt_id = attempts.id) as questions,
        (select count(*) from test_results where attempt_id = attempts.id) as tests
       from attempts`,
    );
    const halves = parts.filter((part) => part.questions !== 3 || part.tests !== 10);
    expect(halves, `half submissions ${when}`).to.deep.equal([]);
    const orphans = all("select id from submissions where id not in (select submission_id from attempts)");
    expect(orphans, `submissions without an attempt ${when}`).to.deep.equal([]);
    const kept = new Set(parts.map((part) => part.receipt));
    expect(parts.length, `doubled attempts ${when}`).to.equal(kept.size);
    const lost = [...acknowledged].filter((receipt) => !kept.has(receipt));
    expect(lost, `lost ${when}`).to.deep.equal([]);
    sqlite.close();
  }
});

async function failedToStart(child: ChildProcess): Promise<never> {
  const [code] = await once(child, "exit");
  throw new Error(`the writer ended before it wrote, with code ${String(code)}`);
}
