/**
 * What `submit` puts into a zip file: the notebook, named after its lab, and this description of it. It comes
 * from the student's machine: whoever collects believes nothing of it, and shows it as what the student's side said.
 */
export interface HandedIn {
  readonly format: 1;
  readonly lab: string;
  /** The release that the student worked with. */
  readonly release: string;
  /** Of the notebook's bytes, hex. */
  readonly sha256: string;
  /** ISO 8601, by the student's clock. */
  readonly at: string;
}

export const handedInFileName = "submission.json";

/** As in `01-quantization-20261123-101500.zip`. */
export function zipName(lab: string, at: Date): string {
  const stamp = at.toISOString().replace(/[-:]/g, "").replace("T", "-").slice(0, 15);
  return `${lab}-${stamp}.zip`;
}
