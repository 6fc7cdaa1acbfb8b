/**
 * Whether two texts are the same but for what editors change without being asked: line ends and the blanks at
 * the ends of lines. (Not by a regular expression: on a hostile line of a quarter of a million blanks it would
 * take minutes.)
 */
export function isSameText(a: string, b: string): boolean {
  return normal(a) === normal(b);
}

function normal(source: string): string {
  const lines = source.split("\n").map((line) => line.trimEnd());
  return lines.join("\n").trimEnd();
}
