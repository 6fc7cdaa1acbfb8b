/**
 * Text from an untrusted file, safe to show in one line of a terminal: anything that could move the cursor,
 * change direction or hide is escaped, and long text is cut.
 *
 * @example
 * ```ts
 * printable("a\u001b[2Jb"); // "a\\u{1b}[2Jb"
 * ```
 */
export function printable(text: string, maxLength = 80): string {
  // Cut first: the text may be megabytes long.
  const short = text.length > maxLength ? `${text.slice(0, maxLength - 1)}…` : text;
  return short.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, (c) => `\\u{${(c.codePointAt(0) ?? 0).toString(16)}}`);
}
