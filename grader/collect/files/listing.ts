/** A file of a folder or zip that was handed over; nothing of it was read yet but its name, size and time. */
export interface FoundFile {
  /** From the top of what was given. */
  readonly path: readonly string[];
  readonly at: Date;
  readonly bytes: number;
  read(): Promise<Uint8Array>;
}

export interface Listing {
  readonly files: readonly FoundFile[];
  /** A line for each thing that is left out, with the reason. */
  readonly ignored: readonly string[];
}

export const baseName = ({ path }: FoundFile): string => path.at(-1) ?? "";

/** What nobody hands in on purpose: hidden files, Jupyter's checkpoints, macOS's doubles, packages. */
export function isAside(path: readonly string[]): boolean {
  return path.some((part) => part.startsWith(".") || part === "__MACOSX" || part === "node_modules");
}

/** Only these are looked at. */
export function isOfInterest(name: string): boolean {
  return /\.(ipynb|zip)$/i.test(name) || name === "submission.json";
}
