import type { Course } from "../find-course.js";

/** What was found: it is right, it is broken, or it is not known or only matters for some. */
export interface Finding {
  readonly state: "fine" | "broken" | "unsure";
  /** What was looked at: "Node.js". */
  readonly what: string;
  /** What is there, or what is wrong. */
  readonly says: string;
  /** What to do; empty where it is fine. */
  readonly next: string;
}

export interface Place {
  readonly course: Course;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Ends what a check has started. */
  readonly signal?: AbortSignal;
}

/** One thing that can be broken. A check never throws because of what it finds. */
export interface Check {
  readonly what: string;
  run(place: Place): Promise<readonly Omit<Finding, "what">[]>;
}

export function fine(says: string): Omit<Finding, "what"> {
  return { state: "fine", says, next: "" };
}

export function broken(says: string, next: string): Omit<Finding, "what"> {
  return { state: "broken", says, next };
}

export function unsure(says: string, next: string): Omit<Finding, "what"> {
  return { state: "unsure", says, next };
}
