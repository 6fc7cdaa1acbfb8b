import { LabError } from "../../../src/core/errors.js";
import { CannotJudge } from "../../../src/testing/run-question.js";

/** What to say of an error that is about the lab, or the machine; whatever else is our own fault, and thrown on. */
export function messageOf(error: unknown): string {
  if (error instanceof LabError) return error.message;
  if (error instanceof CannotJudge) return `could not be judged: ${error.message}`;
  throw error;
}
