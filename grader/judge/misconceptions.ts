import type { CallRequest } from "../../src/lab/serve-call.js";
import { decode, encode } from "../../src/lab/wire.js";
import { alike } from "./alike.js";

export interface RecordedCall {
  readonly request: Uint8Array;
  readonly reply: Uint8Array;
}

/** Known wrong answers of a lab, as functions that can be called here: they are the course's own code. */
export interface MutantLibrary {
  of(question: string): Promise<readonly CallableMutant[]>;
}

export interface CallableMutant {
  readonly feedback: string;
  /** Titles of the tests that it fails whatever is drawn. */
  readonly caughtBy: readonly string[];
  readonly functions: Readonly<Record<string, unknown>>;
}

/** What a student's answer did in the tests of one question. */
export interface AnswerSeen {
  /** All calls of the tests that failed. */
  readonly failedCalls: readonly RecordedCall[];
  /** Titles of the tests that passed. */
  readonly passed: ReadonlySet<string>;
}

const shownLines = 2;

/**
 * Which known wrong answers would have given exactly these replies? A mutant is named only where it agrees
 * with the answer in every call of every failed test, and where the answer passed no test that
 * always catches the mutant: in the calls of one failed test alone, two mistakes can look the same.
 */
export async function matchMisconceptions(
  question: string,
  { failedCalls, passed }: AnswerSeen,
  mutants: MutantLibrary,
): Promise<readonly string[]> {
  if (failedCalls.length === 0) return [];
  const lines = new Set<string>();
  for (const mutant of await mutants.of(question)) {
    if (mutant.caughtBy.some((title) => passed.has(title))) continue;
    if (await repliesAlike(mutant, failedCalls)) lines.add(mutant.feedback);
  }
  return [...lines].slice(0, shownLines);
}

async function repliesAlike(mutant: CallableMutant, calls: readonly RecordedCall[]): Promise<boolean> {
  for (const call of calls) if (!(await repliesTo(mutant, call))) return false;
  return true;
}

async function repliesTo(mutant: CallableMutant, call: RecordedCall): Promise<boolean> {
  const request = decode(call.request) as CallRequest;
  // What a handle stands for is only known on the student's side.
  if (request[0] !== "call") return false;
  const callee = mutant.functions[request[1]];
  if (typeof callee !== "function") return false;
  try {
    // Encoded and decoded as the student's value was, so that both are plain data.
    const [own, given] = [encode([true, await callee(...request[2])]), call.reply];
    return Buffer.from(own).equals(given) || alike(decode(own), decode(given));
  } catch {
    return false;
  }
}
