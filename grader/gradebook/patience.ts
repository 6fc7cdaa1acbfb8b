import { setTimeout as sleep } from "node:timers/promises";
import { isBusy } from "./errors.js";

/** Far longer than any transaction of ours, and shorter than a person waits. */
const patienceMs = 20_000;
const pauseMs = 3;

/**
 * Tries again while another process holds the database's lock. `work` must be safe to repeat: a
 * transaction, or a query.
 */
export async function patiently<Result>(work: () => Promise<Result>, limitMs = patienceMs): Promise<Result> {
  const deadline = performance.now() + limitMs;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!isBusy(error) || performance.now() > deadline) throw error;
    }
    // Unequal pauses, so that two that wait don't meet again and again.
    await sleep(pauseMs * (0.5 + Math.random()));
  }
}
