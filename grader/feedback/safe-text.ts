const longestAnswer = 40_000;

/** Control characters, which a terminal would obey if the page is read in one, become visible. */
export function safeText(text: string, limit = longestAnswer): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  const safe = text.slice(0, limit).replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, "\ufffd");
  if (text.length <= limit) return safe;
  return `${safe}\n… and ${text.length - limit} characters more`;
}
