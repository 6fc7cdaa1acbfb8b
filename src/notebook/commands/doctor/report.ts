import { printable } from "../../../lab/printable.js";
import { paint } from "../paint.js";
import type { Terminal } from "../terminal.js";
import { wrap } from "../wrap.js";
import type { Finding } from "./finding.js";

const marks = {
  fine: { sign: "✓", tone: "pass" },
  broken: { sign: "✗", tone: "fail" },
  unsure: { sign: "?", tone: "cannot-judge" },
} as const;

/** A line for each finding, and below what is not fine what to do. */
export function doctorText(
  findings: readonly Finding[],
  { colour, columns }: Pick<Terminal, "colour" | "columns">,
): string {
  const width = Math.max(...findings.map(({ what }) => what.length));
  const lines = findings.flatMap(({ state, what, says, next }) => {
    const { sign, tone } = marks[state];
    const indent = width + 4;
    // A command stays in one line, to be copied.
    const steps = next
      .split("\n")
      .flatMap((line) => (line.startsWith("  ") ? [" ".repeat(indent) + line] : wrap(line, indent, columns)));
    const text = [...wrap(printable(says, 500), indent, columns), ...steps];
    const [first = "", ...rest] = text.filter((line) => line.trim() !== "");
    return [`${paint(tone, sign, colour)} ${what.padEnd(width)}  ${first.trimStart()}`, ...rest];
  });
  const count = findings.filter(({ state }) => state === "broken").length;
  const end =
    count === 0 ? "Nothing is broken." : `${count} of ${findings.length} broken: do what stands below ✗.`;
  return [...lines, "", end].join("\n");
}
