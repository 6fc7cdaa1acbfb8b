import { isMarker } from "../percent-cells.js";

/** A cell of the source as Jupyter shows it. */
export interface VisibleCell {
  readonly type: "code" | "markdown";
  readonly text: string;
}

/**
 * What of a cell is shown in Jupyter: text without its comment signs; code with its marker as its first line,
 * where that says more than "code". Only `lines` can tell everything that the author wrote.
 *
 * @param lines the marker's line and those below it.
 */
export function visibleCell([marker = "", ...body]: readonly string[]): VisibleCell {
  switch (/^\/\/ %%\s*(\S*)/.exec(marker)?.[1]) {
    case "[markdown]":
      return { type: "markdown", text: body.map(shownProse).join("\n") };
    case "written":
      return {
        type: "markdown",
        text: [`<!-- ${marker.slice(3)} -->`, ...body.map(shownWritten)].join("\n"),
      };
    case "":
      return { type: "code", text: body.join("\n") };
    default:
      return { type: "code", text: [marker, ...body].join("\n") };
  }
}

/** The lines of the source that a cell in Jupyter stands for; what `visibleCell` hides is written as usual. */
export function sourceLines({ type, text }: VisibleCell): string[] {
  const lines = text.split("\n");
  if (type === "markdown") {
    const marker = /^<!-- (%% written\b.*?) *-->\s*$/.exec(lines[0] ?? "")?.[1];
    if (marker === undefined) return ["// %% [markdown]", ...lines.map(proseLine)];
    return [`// ${marker}`, ...lines.slice(1).map(writtenLine)];
  }
  const first = lines.findIndex((line) => line.trim() !== "");
  return isMarker(lines[first] ?? "") ? lines.slice(first) : ["// %%", ...lines];
}

// In text that a student sees as written, the edges of the model answer would be odd; as comments they don't show.
const sourceEdge = /^\/\/ (BEGIN|END) SOLUTION\s*$/;
const shownEdge = /^<!-- (BEGIN|END) SOLUTION -->\s*$/;

function shownWritten(line: string): string {
  const edge = sourceEdge.exec(line)?.[1];
  return edge === undefined ? shownProse(line) : `<!-- ${edge} SOLUTION -->`;
}

function writtenLine(line: string): string {
  const edge = shownEdge.exec(line)?.[1];
  return edge === undefined ? proseLine(line) : `// ${edge} SOLUTION`;
}

function shownProse(line: string): string {
  return line.replace(/^\/\/ ?/, "").trimEnd();
}

/** A line of text as a comment. What would end the comment, or begin a cell, can't stay as it is. */
export function proseLine(line: string): string {
  const text = line
    .replace(/[\r\u2028\u2029]/g, " ")
    .replace(/^(\s*)%%/, "$1\\%%")
    .trimEnd();
  return text === "" ? "//" : `// ${text}`;
}
