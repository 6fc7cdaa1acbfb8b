import type { Complain, Marker } from "./markers.js";

/** What stands in a written answer's cell where its model answer was, as a line of the source. */
const writtenPlaceholder = "// *Write your answer here.*";

export interface SplitSolution {
  /** The lines that students get: each solution is replaced by a throw, or by a line that asks for words. */
  readonly student: readonly string[];
  /** The lines with the solutions in them, without the markers. */
  readonly reference: readonly string[];
  /** How many solutions there were. */
  readonly solutions: number;
}

/**
 * Takes the solutions out of a cell. A throw stands in their place, since an empty body is a type error where
 * the function declares what it returns, and a type error would keep the whole cell from running.
 */
export function splitSolution(
  body: readonly string[],
  firstLine: number,
  marker: Marker,
  complain: Complain,
): SplitSolution {
  const student: string[] = [];
  const reference: string[] = [];
  let solutions = 0;
  let begun: number | undefined;
  for (const [index, text] of body.entries()) {
    const line = firstLine + index;
    const edge = edgeOf(text, line, complain);
    if (edge === undefined) {
      reference.push(text);
      if (begun === undefined) student.push(text);
    } else if (edge.word === "BEGIN") {
      if (marker.role !== "answer" && marker.role !== "written")
        throw complain(line, "a solution outside of a question", "Move it.");
      if (begun !== undefined)
        throw unbalanced(line, `the solution of line ${begun} has not ended`, complain);
      begun = line;
      solutions += 1;
      student.push(
        marker.role === "written"
          ? writtenPlaceholder
          : placeholder(edge.indent, marker.id, body.slice(0, index), line, complain),
      );
    } else {
      if (begun === undefined) throw unbalanced(line, "no solution has begun", complain);
      begun = undefined;
    }
  }
  if (begun !== undefined) throw unbalanced(begun, "this solution does not end", complain);
  return { student, reference, solutions };
}

// A marker that is almost right would put a solution into the students' notebook, so it is an error.
function edgeOf(
  text: string,
  line: number,
  complain: Complain,
): { word: string; indent: string } | undefined {
  const match = /^(\s*)\/\/ (BEGIN|END) SOLUTION\s*$/.exec(text);
  if (match) return { indent: match[1] ?? "", word: match[2] ?? "" };
  if (/\b(BEGIN|END)[\W_]*SOLUTION/i.test(text))
    throw complain(line, "a solution marker that is not alone on its line", "Write // BEGIN SOLUTION.");
  return undefined;
}

function unbalanced(line: number, problem: string, complain: Complain): Error {
  return complain(line, problem, "Each // BEGIN SOLUTION needs one // END SOLUTION behind it.");
}

function placeholder(
  indent: string,
  question: string,
  above: readonly string[],
  line: number,
  complain: Complain,
): string {
  for (const text of [...above].reverse()) {
    const match = /^(?:async )?function\*? ?(\w+)\s*[(<]|^const (\w+)\b.*=/.exec(text);
    const name = match?.[1] ?? match?.[2];
    if (name) return `${indent}throw new Error("${question}: write ${name}");`;
  }
  throw complain(
    line,
    "a solution outside of a function",
    "Put it into a function that begins at the left margin, without export.",
  );
}
