import type { PackedEdgelab } from "../edgelab/pack.js";
import { sameContents } from "../edgelab/tar.js";

/** Names of edgelab's tarball, as in `edgelab-0.1.0.tgz` and, packed again, `edgelab-0.1.0-2.tgz`. */
export const tarballPattern = /^edgelab-[^/]+\.tgz$/;

export interface NamedTarball {
  readonly name: string;
  readonly content: Uint8Array;
  /** The version that is there had other contents: the new ones get another name. */
  readonly repacked: boolean;
}

/**
 * The tarball's name in the course repository. npm installs a tarball once for each name, whatever is in it:
 * were other contents put under the same name, students would keep what they have.
 */
export function tarballName(
  { version, tarball }: Pick<PackedEdgelab, "version" | "tarball">,
  before: ReadonlyMap<string, Uint8Array>,
): NamedTarball {
  const stem = `edgelab-${version}`;
  const numbers: number[] = [];
  for (const [name, content] of before) {
    if (!tarballPattern.test(name) || !name.startsWith(stem)) continue;
    const number = /^(?:-([1-9]\d{0,5}))?\.tgz$/.exec(name.slice(stem.length));
    if (!number) continue;
    if (isSame(tarball, content)) return { name, content, repacked: false };
    numbers.push(Number(number[1] ?? 1));
  }
  if (numbers.length === 0) return { name: `${stem}.tgz`, content: tarball, repacked: false };
  return { name: `${stem}-${Math.max(...numbers) + 1}.tgz`, content: tarball, repacked: true };
}

function isSame(ours: Uint8Array, theirs: Uint8Array): boolean {
  try {
    return sameContents(ours, theirs);
  } catch {
    return false; // what is there can't be read
  }
}
