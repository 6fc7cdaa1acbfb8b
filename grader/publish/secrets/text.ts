/** Text without white space and capitals: a line that was wrapped or begins a sentence is found all the same. */
export function squeeze(text: string): string {
  return text.replace(/\s+/g, "").toLowerCase();
}

/** The line, from 1, of the character that stands at a place of the text without its white space. */
export function lineAt(text: string, squeezedIndex: number): number {
  let seen = 0;
  let line = 1;
  for (const character of text) {
    if (character === "\n") line++;
    if (/\s/.test(character)) continue;
    if (seen >= squeezedIndex) return line;
    seen += character.length;
  }
  return line;
}
