import { type FileHandle, mkdir, open, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";

/** What a remote had at the time of a collect. */
export interface Sighting {
  /** Whatever is not there at this time was handed in later. */
  readonly asked: Date;
  /** Whatever is there at this time was handed in before. */
  readonly answered: Date;
  readonly branch: string | null;
  /** null: the repository was empty. */
  readonly tip: string | null;
}

const time = z.iso.datetime().transform((text) => new Date(text));
const lineSchema = z.object({
  format: z.literal(1),
  mirror: z.string(),
  asked: time,
  answered: time,
  branch: z.string().nullable(),
  tip: z.string().nullable(),
});

export interface LedgerLine extends Sighting {
  readonly lab: string;
  /** Name of the mirror: addresses may hold passwords. */
  readonly mirror: string;
  readonly students: readonly string[];
}

/**
 * The memory of all collects, one file a lab, only ever appended to. What was seen for one lab says when a commit
 * came in for the others too, so all files are read.
 */
export class Ledger {
  readonly #file: string;
  readonly #sightings: ReadonlyMap<string, readonly Sighting[]>;

  private constructor(file: string, sightings: ReadonlyMap<string, readonly Sighting[]>) {
    this.#file = file;
    this.#sightings = sightings;
  }

  static async open(collectedDir: string, lab: string): Promise<Ledger> {
    await mkdir(collectedDir, { recursive: true });
    const sightings = new Map<string, Sighting[]>();
    const files = (await readdir(collectedDir)).filter((name) => name.endsWith(".jsonl"));
    for (const name of files) {
      for (const line of (await readFile(join(collectedDir, name), "utf8")).split("\n")) {
        const read = readLine(line);
        if (!read) continue;
        const list = sightings.get(read.mirror) ?? [];
        list.push(read);
        sightings.set(read.mirror, list);
      }
    }
    for (const list of sightings.values()) list.sort((a, b) => a.asked.getTime() - b.asked.getTime());
    return new Ledger(join(collectedDir, `${lab}.jsonl`), sightings);
  }

  /** What earlier collects saw at a remote, the oldest first. */
  of(mirror: string): readonly Sighting[] {
    return this.#sightings.get(mirror) ?? [];
  }

  /** Written to the disk when this returns. */
  async append(line: LedgerLine): Promise<void> {
    const file = await open(this.#file, "a+");
    try {
      // After a kill in the middle of a line, the next one begins a new line and only the torn one is lost.
      const start = (await endsInLine(file)) ? "" : "\n";
      await file.write(`${start}${JSON.stringify({ format: 1, ...line })}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
  }
}

async function endsInLine(file: FileHandle): Promise<boolean> {
  const { size } = await file.stat();
  if (size === 0) return true;
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1);
  return buffer[0] === 0x0a;
}

function readLine(line: string): (Sighting & { readonly mirror: string }) | undefined {
  try {
    return lineSchema.parse(JSON.parse(line));
  } catch {
    return undefined;
  }
}
