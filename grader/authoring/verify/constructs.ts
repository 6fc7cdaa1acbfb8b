import type ts from "typescript";
import type { CompiledCell } from "../../engine/messages.js";
import { kernelTypeScript, parseTypeScript, type TypeScript, walk } from "./kernel-typescript.js";

/** Something that a cell can't hold. */
export interface Refused {
  /** Counted from 0. */
  readonly line: number;
  readonly what: string;
}

interface Construct {
  readonly what: string;
  readonly matches: (node: ts.Node, ts: TypeScript) => boolean;
  /**
   * How the compiler complains of it, in words about what it makes of a cell. Others it lets pass, and the cell
   * fails when it runs: always, or where the compiler has not seen the cell's await.
   */
  readonly complaint: RegExp | "none" | "await unseen";
}

/** Good TypeScript elsewhere. Each is held against the kernel's own compiler and executor by the tests. */
const constructs: readonly Construct[] = [
  {
    what: "the kernel sees no await before a parenthesis, a literal or a sign: await a name or a call, as in `await run();`",
    complaint: "await unseen",
    matches: (node, ts) => ts.isAwaitExpression(node) && isAtTop(node, ts),
  },
  {
    what: "`for await` does not work at the top of a cell: put it into an async function, and await its call",
    complaint: "await unseen",
    matches: (node, ts) => ts.isForOfStatement(node) && node.awaitModifier !== undefined && isAtTop(node, ts),
  },
  {
    what: "`import.meta` is not known in a cell",
    complaint: "none",
    matches: (node, ts) => ts.isMetaProperty(node) && node.getText() === "import.meta",
  },
  {
    what: "a cell is no file, and `__dirname` and `__filename` are not defined: paths begin at the notebook's folder",
    complaint: "none",
    matches: (node, ts) =>
      ts.isIdentifier(node) &&
      /^__(dir|file)name$/.test(node.text) &&
      !ts.isPropertyAccessExpression(node.parent) &&
      !ts.isTypeOfExpression(node.parent),
  },
  {
    what: "a cell exports nothing: leave out the word `export`, later cells see the name anyway",
    complaint: /exported variable|Export declaration|Duplicate identifier|Export assignment|'export \*'/,
    matches: isExport,
  },
  {
    what: "the kernel has no `using`: close in a `finally` what was opened",
    complaint: /Unexpected keyword or identifier|Cannot find name 'using'/,
    matches: (node, ts) =>
      ts.isIdentifier(node) && node.text === "using" && ts.isExpressionStatement(node.parent),
  },
  {
    what: "the kernel has the decorators of before the standard: call the function yourself",
    complaint: /decorator/,
    matches: (node, ts) => ts.isDecorator(node),
  },
  {
    what: "the types of a module can't be named that comes by `await import`: write `import * as name from`",
    complaint: /but cannot be named/,
    matches: (node, ts) => ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword,
  },
  {
    what: "a `.ts` file is no module for a cell, and students get no files to import",
    complaint: /Cannot find module '\.|import path can(not| only) end/,
    matches: (node, ts) => ts.isStringLiteral(node) && /^\.{1,2}\/.*\.m?tsx?$/.test(node.text),
  },
  {
    what: "`import name = require()` does not work in a cell: write `import * as name from`",
    complaint: /Import assignment/,
    matches: (node, ts) => ts.isImportEqualsDeclaration(node),
  },
];

/** What keeps a cell from running, as far as its text and the compiler's answer tell. */
export function whyRefused(source: string, compiled: CompiledCell): Refused[] {
  const said = compiled.diagnostics.map(({ start, messageText }) => ({
    line: start.line,
    what: messageText,
  }));
  const causes = constructs.filter(({ complaint }) => {
    if (complaint instanceof RegExp) return said.some(({ what }) => complaint.test(what));
    return said.length === 0 && (complaint === "none" || !compiled.hasToplevelAwait);
  });
  const found = causes.flatMap((cause) => placesOf(cause, source).map((line) => ({ ...cause, line })));
  const isExplained = ({ line, what }: Refused): boolean =>
    found.some(
      (each) => each.line === line || (each.complaint instanceof RegExp && each.complaint.test(what)),
    );
  return [...found.map(({ line, what }) => ({ line, what })), ...said.filter((each) => !isExplained(each))];
}

function placesOf({ matches }: Construct, source: string): number[] {
  const tools = kernelTypeScript();
  const file = parseTypeScript(source);
  const lines: number[] = [];
  walk(file, (node) => {
    if (matches(node, tools)) lines.push(file.getLineAndCharacterOfPosition(node.getStart()).line);
  });
  return lines;
}

/** Whether a node runs with the cell itself, and not in a function of it. */
function isAtTop(node: ts.Node, { isFunctionLike, isClassStaticBlockDeclaration }: TypeScript): boolean {
  for (let { parent } = node; parent; parent = parent.parent)
    if (isFunctionLike(parent) || isClassStaticBlockDeclaration(parent)) return false;
  return true;
}

// Inside of a namespace the word has its use.
function isExport(node: ts.Node, ts: TypeScript): boolean {
  if (ts.isExportDeclaration(node) || ts.isExportAssignment(node)) return true;
  return node.kind === ts.SyntaxKind.ExportKeyword && !ts.isModuleBlock(node.parent.parent);
}
