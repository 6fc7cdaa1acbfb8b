/** A learning curve or a comparison that takes minutes to make, as a table. */
export interface Recording {
  /** One sentence: what was done, with which data, and what a row is. */
  readonly what: string;
  /** Makes it again. */
  readonly command: string;
  /** The texts of all seeds begin with it, but for those of the glyphs, which all recordings share. */
  readonly seed: string;
  readonly backend: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (number | string)[])[];
}
