import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument } from "yaml";
import { printable } from "../../src/lab/printable.js";
import { badCourse, type Path } from "./problems.js";

/** A YAML file as data: every scalar is a string, so that an id 007 keeps its zeros. */
export interface YamlFile {
  readonly value: unknown;
  /** The line of a value, or of the nearest thing around it that is there. */
  readonly lineOf: (path: Path) => number;
}

const maxBytes = 1024 * 1024;
/** Some repeated dates or lists; a file whose aliases multiply each other is refused. */
const maxAliasCount = 200;

/** Reads YAML 1.2 with nothing in it but mappings, lists and text. */
export function readYaml(text: string, file: string): YamlFile {
  if (text.length > maxBytes)
    throw badCourse(
      `${file} has ${text.length} characters, more than ${maxBytes}`,
      "Keep only the course in it.",
    );
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { schema: "failsafe", lineCounter, prettyErrors: false });
  const lineAt = (offset: number) => lineCounter.linePos(offset).line;
  const [error] = document.errors;
  if (error) {
    const { problem, nextStep } = syntaxProblem(error.code, error.message);
    throw badCourse(`${file}:${lineAt(error.pos[0])}: ${problem}`, nextStep);
  }
  return {
    value: dataOf(document, file),
    lineOf: (path) => lineAt(offsetOf(document, path)),
  };
}

function syntaxProblem(code: string, message: string): { problem: string; nextStep: string } {
  if (code === "TAB_AS_INDENT")
    return { problem: "a tab where only spaces can stand", nextStep: "Indent with two spaces." };
  if (code === "DUPLICATE_KEY")
    return { problem: "this key stands here twice", nextStep: "Keep one of the two." };
  return {
    problem: `this is not YAML: ${printable(message, 200)}`,
    nextStep: 'Look at the indentation, and put text with ": " or "#" in it into quotes.',
  };
}

function dataOf(document: Document, file: string): unknown {
  try {
    return document.toJS({ maxAliasCount });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw badCourse(
      `${file} has an alias (*name) that can't be followed: ${printable(reason, 200)}`,
      "Write the values out.",
    );
  }
}

function offsetOf(document: Document, path: Path): number {
  let node: unknown = document.contents;
  let offset = 0;
  for (const key of path) {
    if (isAlias(node)) node = node.resolve(document);
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(key));
      if (!pair) break;
      offset = isScalar(pair.key) ? (pair.key.range?.[0] ?? offset) : offset;
      node = pair.value;
    } else if (isSeq(node)) {
      const item: unknown = node.items[Number(key)];
      const range = isScalar(item) || isMap(item) || isSeq(item) || isAlias(item) ? item.range : undefined;
      if (!range) break;
      offset = range[0];
      node = item;
    } else break;
  }
  return offset;
}
