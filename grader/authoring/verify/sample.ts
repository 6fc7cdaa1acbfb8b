/** The first few of each group, in their order; all of them where no number is given. */
export function firstOfEach<T>(
  items: readonly T[],
  groupOf: (item: T) => string,
  count: number | undefined,
): readonly T[] {
  if (count === undefined) return items;
  const taken = new Map<string, number>();
  return items.filter((item) => {
    const group = groupOf(item);
    const number = (taken.get(group) ?? 0) + 1;
    taken.set(group, number);
    return number <= count;
  });
}

/** So many of them, evenly spread and always the same. */
export function spread<T>(items: readonly T[], count: number | undefined): readonly T[] {
  if (count === undefined || items.length <= count) return items;
  return Array.from(
    { length: count },
    (_, index) => items[Math.floor((index * items.length) / count)],
  ).filter((item) => item !== undefined);
}
