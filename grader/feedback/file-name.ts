import { createHash } from "node:crypto";

/** Room for ".html", a temporary suffix, and file systems that allow 143 bytes. */
const longestName = 120;
const dot = ".".charCodeAt(0);

/**
 * A file name for any student's id: bytes outside `A-Z a-z 0-9 . _ -` are percent-encoded, and so are
 * dots that would hide the file or name a folder above. Two ids never share a name.
 */
export function feedbackFileName(student: string): string {
  const bytes = Buffer.from(student, "utf8");
  let name = bytes.length === 0 ? "~" : "";
  for (const [index, byte] of bytes.entries()) {
    const character = String.fromCharCode(byte);
    // Only a dot between two others: never first, never last before ".html", never after another.
    const isRiskyDot =
      byte === dot && (index === 0 || index === bytes.length - 1 || bytes[index - 1] === dot);
    name += /[A-Za-z0-9._-]/.test(character) && !isRiskyDot ? character : percent(byte);
  }
  if (name.length > longestName) {
    // No name that was encoded in full contains a "~".
    name = `${name.slice(0, 50)}~${createHash("sha256").update(bytes).digest("hex")}`;
  }
  return `${name}.html`;
}

function percent(byte: number): string {
  return `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
}
