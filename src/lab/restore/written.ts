import { isSameText } from "./same-text.js";
import type { FoundCell } from "./sort.js";

/** What a student answered in words. */
export interface WrittenText {
  /** As in the release: "w1". */
  readonly id: string;
  /** The cell's text with what the student wrote in it; empty where it was left as it was handed out. */
  readonly text: string;
}

/** The answers in words, one for each that the release asks for, in its order. */
export function writtenTexts(found: readonly FoundCell[]): WrittenText[] {
  return found.flatMap((each) =>
    each.cell.role === "written" ? [{ id: each.cell.id, text: writtenText(each) }] : [],
  );
}

/**
 * What stands in several cells is joined: a person reads it, and half of an answer that was split into two would
 * do its writer wrong.
 */
export function writtenText({ cell, texts }: FoundCell): string {
  const own = texts.filter((text) => text.trim() !== "" && !isSameText(text, cell.source));
  return [...new Set(own)].join("\n\n");
}
