import { isMarker } from "../percent-cells.js";

/** Whether the kernel of our labs could run what a notebook's kernel ran. */
export function isOurLanguage(language: string | undefined): boolean {
  return language === undefined || language === "typescript" || language === "javascript";
}

/**
 * Code as comments, line by line: whatever it was, it runs no more, it begins no cell, and no line of it is
 * taken for the edge of a solution.
 */
export function asComments(code: string, indent = ""): string[] {
  const lines = code.split(/\r\n?|[\n\u2028\u2029]/);
  while (lines.at(-1)?.trim() === "") lines.pop();
  return lines.map((line) => {
    const text = line.trimEnd().replace(/\b(BEGIN|END)[\W_]*SOLUTION/gi, "$1 of the solution");
    const comment = text === "" ? `${indent}//` : `${indent}// ${text}`;
    return isMarker(comment) ? `${indent}// (magic) ${text.trimStart()}` : comment;
  });
}

const magic = /^\s*(%%?[a-z]|!\s*(apt|bash|cat|cd|conda|curl|git|ls|mkdir|npm|npx|pip3?|python3?|sh|wget)\b)/;

/** Makes comments of a notebook's magic lines, which TypeScript can't read, and says on which lines they were. */
export function withoutMagics(code: string): { readonly code: string; readonly lines: readonly number[] } {
  const found: number[] = [];
  const kept = code.split("\n").map((line, index) => {
    if (!magic.test(line)) return line;
    found.push(index + 1);
    return `// (magic) ${line.trim()}`;
  });
  return { code: kept.join("\n"), lines: found };
}
