/** Where a finding comes from. Only what this command ran itself counts as measured. */
export type Evidence = "measured" | "recorded" | "computed" | "published";

export type Verdict = "holds" | "holds in part" | "fails";

/** What the lecture says, beside what was found. */
export interface Claim {
  /** The slide's title. */
  readonly slide: string;
  readonly says: string;
  readonly evidence: Evidence;
  readonly found: string;
  readonly verdict: Verdict;
  /** Where a student meets it: "lab 1, q6"; empty where no lab has it yet. */
  readonly taught: string;
}

/** All cases hold, none does, or some. */
export function verdictOf(cases: readonly boolean[]): Verdict {
  if (cases.every(Boolean)) return "holds";
  return cases.some(Boolean) ? "holds in part" : "fails";
}

export function percent(part: number, digits = 1): string {
  return `${(100 * part).toFixed(digits)} %`;
}

/** Differences of accuracies: "−0.4 points". */
export function points(difference: number): string {
  const value = (100 * difference).toFixed(1);
  return `${value.startsWith("-") ? `−${value.slice(1)}` : `+${value}`} points`;
}

export function times(ratio: number): string {
  return `${ratio.toFixed(ratio < 10 ? 2 : 0)}×`;
}
