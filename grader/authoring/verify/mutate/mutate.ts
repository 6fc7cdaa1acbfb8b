import type ts from "typescript";
import { kernelTypeScript, parseTypeScript, walk } from "../kernel-typescript.js";
import type { LocatedCell } from "../notebook-lines.js";
import { dropBranch } from "./branches.js";
import type { Change, Mutator, Tools } from "./change.js";
import { changeConstant } from "./constants.js";
import { changeFunction } from "./functions.js";
import { dropOperand } from "./operands.js";
import { swapOperator } from "./operators.js";
import { offByOne } from "./ranges.js";
import { changeRounding } from "./rounding.js";

/** A wrong answer that nobody thought of: the reference with one small change. */
export interface AutomaticMutant {
  readonly question: string;
  /** The whole answer cell. */
  readonly source: string;
  /** Of the first line that differs, in notebook.ts. */
  readonly line: number;
  /** The lines that differ, without the indentation that they share. */
  readonly before: readonly string[];
  readonly after: readonly string[];
}

/** In this order; of two that make the same program the first one counts. */
const mutators: readonly Mutator[] = [
  swapOperator,
  dropOperand,
  changeConstant,
  changeRounding,
  changeFunction,
  dropBranch,
  offByOne,
];

/** All mutants of an answer's solutions that differ from it, and from each other, as programs. */
export function automaticMutants(answer: LocatedCell, roundings: readonly string[]): AutomaticMutant[] {
  const { reference, question = "" } = answer.cell;
  const seen = new Set([emitted(reference)]);
  const found: AutomaticMutant[] = [];
  for (const change of changesOf(answer, roundings)) {
    const source = reference.slice(0, change.start) + change.text + reference.slice(change.end);
    const program = emitted(source);
    if (seen.has(program)) continue;
    seen.add(program);
    found.push({ question, source, ...difference(answer, source, change) });
  }
  return found;
}

function changesOf(answer: LocatedCell, roundings: readonly string[]): Change[] {
  const tools: Tools = { ts: kernelTypeScript(), roundings };
  const file = parseTypeScript(answer.cell.reference);
  const changes: Change[] = [];
  walk(file, (node) => {
    if (isWithinSolution(node, file, answer))
      for (const mutate of mutators) changes.push(...mutate(node, tools));
  });
  return changes;
}

function isWithinSolution(node: ts.Node, file: ts.SourceFile, { reference }: LocatedCell): boolean {
  const lineAt = (position: number): number => file.getLineAndCharacterOfPosition(position).line;
  const own = reference.slice(lineAt(node.getStart()), lineAt(node.getEnd()) + 1);
  return own.length > 0 && own.every(({ isSolution }) => isSolution);
}

/** The program without its types, comments and layout. */
function emitted(source: string): string {
  const ts = kernelTypeScript();
  const compilerOptions = { target: ts.ScriptTarget.ES2022, removeComments: true };
  return ts.transpileModule(source, { compilerOptions }).outputText;
}

function difference(
  answer: LocatedCell,
  source: string,
  { start, text }: Change,
): Pick<AutomaticMutant, "line" | "before" | "after"> {
  const { reference } = answer.cell;
  const first = reference.slice(0, start).split("\n").length - 1;
  const removed = reference.split("\n").length - source.split("\n").length;
  const count = text.split("\n").length;
  return {
    line: answer.reference[first]?.line ?? answer.markerLine,
    before: dedented(reference.split("\n").slice(first, first + count + removed)),
    after: dedented(source.split("\n").slice(first, first + count)),
  };
}

function dedented(lines: readonly string[]): string[] {
  const indents = lines.filter((line) => line.trim() !== "").map((line) => /^ */.exec(line)?.[0].length ?? 0);
  const shared = Math.min(...indents);
  return lines.map((line) => line.slice(Number.isFinite(shared) ? shared : 0));
}
