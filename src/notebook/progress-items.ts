import { inspect } from "node:util";
import { LabError } from "../core/errors.js";
import { printable } from "../lab/printable.js";
import { kernelSession } from "./kernel-session.js";
import { seconds } from "./seconds.js";

/** Drawing more often would cost more than it shows; printed lines stay, so that there are fewer. */
const everyMs = { drawn: 250, printed: 10_000 };

/** Works on one item after the other, and says how far it is. */
export async function runItems<Item, Result>(
  label: string,
  items: Iterable<Item>,
  work: (item: Item, index: number) => Result | Promise<Result>,
  now: () => number = Date.now,
): Promise<Result[]> {
  const all = Array.from(items);
  const line = kernelSession().newLine();
  const every = line ? everyMs.drawn : everyMs.printed;
  const start = now();
  let shown = line ? Number.NEGATIVE_INFINITY : start;
  const results: Result[] = [];
  for (const [index, item] of all.entries()) {
    if (now() - shown >= every) {
      shown = now();
      (line ?? console.log)(itemsLine(label, index, all.length, shown - start));
      // The kernel sends the line when the event loop comes round, which work without an await never lets it.
      await new Promise((resolve) => setTimeout(resolve, 0));
    }
    results.push(await workOn(item, index, { label, count: all.length, work }));
  }
  (line ?? console.log)(itemsLine(label, all.length, all.length, now() - start));
  return results;
}

interface Loop<Item, Result> {
  readonly label: string;
  readonly count: number;
  readonly work: (item: Item, index: number) => Result | Promise<Result>;
}

async function workOn<Item, Result>(item: Item, index: number, loop: Loop<Item, Result>): Promise<Result> {
  try {
    return await loop.work(item, index);
  } catch (cause) {
    const what = printable(
      inspect(item, { depth: 1, maxArrayLength: 4, breakLength: Number.POSITIVE_INFINITY }),
    );
    throw new LabError(
      "ITEM_FAILED",
      `${loop.label}: item ${index + 1} of ${loop.count}, ${what}, failed: ${cause instanceof Error ? cause.message : cause}`,
      "Try that item alone; nothing after it was done.",
      { cause },
    );
  }
}

export function itemsLine(label: string, done: number, count: number, elapsedMs: number): string {
  const left = done > 0 && done < count ? `, about ${seconds((elapsedMs / done) * (count - done))} left` : "";
  return `${label}: ${done} of ${count} · ${seconds(elapsedMs)}${left}`;
}
