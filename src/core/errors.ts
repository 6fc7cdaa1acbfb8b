/**
 * The one error class of the library: what was wrong with which value, and what to do next.
 *
 * @example
 * ```ts
 * const error = new LabError("BAD_BITS", "bits must be an integer from 2 to 16, got 1", "Use 8 for a byte.");
 * error.message; // "bits must be an integer from 2 to 16, got 1. Use 8 for a byte."
 * ```
 */
export class LabError extends Error {
  readonly code: string;
  readonly nextStep: string;

  constructor(code: string, problem: string, nextStep: string, options?: ErrorOptions) {
    super(`${problem}. ${nextStep}`, options);
    this.name = "LabError";
    this.code = code;
    this.nextStep = nextStep;
  }
}
