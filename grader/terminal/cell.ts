import stringWidth from "string-width";

/** How many columns a terminal gives the text. */
export function width(text: string): number {
  return stringWidth(text);
}

/**
 * Text of a stranger as one line of a terminal: what could move the cursor, colour, or turn the reading
 * direction is shown as a code, and right-to-left text is kept from moving its neighbours.
 */
export function safe(text: string): string {
  const line = text
    .replace(/\s+/g, " ")
    .trim()
    // Marks that pile up on one letter would reach into other lines.
    .replace(/(\p{M}{3})\p{M}+/gu, "$1")
    .replace(/[\p{Cc}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}]|(?![\u200c\u200d])\p{Cf}/gu, code);
  return rightToLeft.test(line) ? `\u2068${line}\u2069` : line;
}

const rightToLeft = /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u;

function code(character: string): string {
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}

const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });

/** The text within so many columns; where something had to go, "…" says so. */
export function cutTo(text: string, columns: number): string {
  if (width(text) <= columns) return text;
  let kept = "";
  for (const { segment } of graphemes.segment(text)) {
    if (width(kept + segment) > columns - 1) break;
    kept += segment;
  }
  // A cut must not leave the direction turned.
  return kept.startsWith("\u2068") ? `${kept}…\u2069` : `${kept}…`;
}

export function padEnd(text: string, columns: number): string {
  return text + " ".repeat(Math.max(0, columns - width(text)));
}

export function padStart(text: string, columns: number): string {
  return " ".repeat(Math.max(0, columns - width(text))) + text;
}
