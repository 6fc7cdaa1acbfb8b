/**
 * The name that was probably meant, where one is near enough.
 *
 * @example
 * ```ts
 * closest("tittle", ["title", "labs"]); // "title"
 * ```
 */
export function closest(written: string, known: readonly string[]): string | undefined {
  const near = known
    .map((name) => ({ name, distance: distance(written.toLowerCase(), name.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance)[0];
  return near && near.distance <= Math.ceil(near.name.length / 3) ? near.name : undefined;
}

/** How many letters to add, drop or change (Levenshtein); a long text is none of our names. */
function distance(a: string, b: string): number {
  if (a.length > 50) return a.length;
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const changed = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(changed, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
