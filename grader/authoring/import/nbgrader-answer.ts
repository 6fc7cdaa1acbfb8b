import { LabError } from "../../../src/core/errors.js";
import { splitSolution } from "../solution.js";
import { asComments, isOurLanguage } from "./foreign-code.js";
import { regionsOf } from "./nbgrader-regions.js";
import type { Note } from "./notes.js";
import type { AuthoredCell } from "./read-notebook.js";

export interface AnswerContext {
  /** Ours: "q1". */
  readonly id: string;
  readonly language: string | undefined;
}

/** The lines of a question's cell, with its solution between our markers. */
export function answerLines(cell: AuthoredCell, context: AnswerContext, notes: Note[]): string[] {
  const { number } = cell;
  const { id, language } = context;
  const regions = regionsOf(cell, "SOLUTION");
  if (!isOurLanguage(language)) {
    notes.push({
      cell: number,
      text: `the answer of ${id} is code for the kernel "${language}": it stands as a comment in a solution; write it in TypeScript`,
    });
    return untranslated(cell, id);
  }
  if (regions.length === 1) {
    const marked = markBodies(cell.text.split("\n"));
    if (marked !== undefined && isSplittable(marked, id)) {
      notes.push({
        cell: number,
        text: `${id} had no solution markers, so all of it was the solution; markers were put around the bodies of its functions`,
      });
      return marked;
    }
  } else {
    const marked = regions.flatMap(({ inside, lines }) => (inside ? marks(lines) : lines));
    if (isSplittable(marked, id)) return withoutBlankEnd(marked);
  }
  notes.push({
    cell: number,
    text: `the solution of ${id} is in no function at the left margin, which ours needs: it stands as a comment in a function that does nothing; rewrite the question`,
  });
  return untranslated(cell, id);
}

function marks(lines: readonly string[]): string[] {
  const indent = /^\s*/.exec(lines.find((line) => line.trim() !== "") ?? "")?.[0] ?? "";
  return [`${indent}// BEGIN SOLUTION`, ...lines, `${indent}// END SOLUTION`];
}

/** Puts the body of each function at the left margin between markers; undefined where there is none. */
function markBodies(lines: readonly string[]): string[] | undefined {
  const marked: string[] = [];
  let isOpen = false;
  let count = 0;
  for (const line of lines) {
    if (isOpen && /^\}/.test(line)) {
      marked.push("  // END SOLUTION", line);
      isOpen = false;
    } else marked.push(line);
    if (isOpen || !/^(export )?(async )?function\b.*\{$|^const \w+ = .*\{$/.test(line.trimEnd())) continue;
    marked.push("  // BEGIN SOLUTION");
    isOpen = true;
    count += 1;
  }
  return isOpen || count === 0 ? undefined : withoutBlankEnd(marked);
}

/** Whether our builder finds the function around each solution, which its placeholder has to name. */
function isSplittable(lines: readonly string[], id: string): boolean {
  const complain = (_line: number, problem: string, next: string) =>
    new LabError("UNSPLITTABLE", problem, next);
  try {
    return splitSolution(lines, 1, { role: "answer", id, title: id, points: 1 }, complain).solutions > 0;
  } catch (error) {
    if (error instanceof LabError && error.code === "UNSPLITTABLE") return false;
    throw error;
  }
}

const reserved =
  /^(await|break|case|catch|class|const|continue|debugger|default|delete|do|else|enum|export|extends|false|finally|for|function|if|import|in|instanceof|new|null|return|super|switch|this|throw|true|try|typeof|var|void|while|with|yield|let|static|package|private|protected|public|interface|implements)$/;

function untranslated(cell: AuthoredCell, id: string): string[] {
  const [, found = ""] = /^\s*(?:async )?(?:def|function) +([A-Za-z_]\w*)/m.exec(cell.text) ?? [];
  const name = found === "" || reserved.test(found) ? `answer${id.slice(1)}` : found;
  return [
    `function ${name}(): unknown {`,
    "  // BEGIN SOLUTION",
    ...asComments(cell.text, "  "),
    `  throw new Error("${id}: not translated yet");`,
    "  // END SOLUTION",
    "}",
  ];
}

function withoutBlankEnd(lines: readonly string[]): string[] {
  return lines.slice(0, lines.findLastIndex((line) => line.trim() !== "") + 1);
}
