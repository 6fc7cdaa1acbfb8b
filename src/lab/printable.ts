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
  return short.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, code);
}

/**
 * The same for text of several lines that is of our own making, but may hold a stranger's words: an error's
 * message with its stack, for instance. It keeps its line ends and its length.
 */
export function printableLines(text: string): string {
  return text.replace(/(?![\n\t\u200c\u200d])[\p{C}\p{Zl}\p{Zp}]/gu, code);
}

function code(character: string): string {
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}
