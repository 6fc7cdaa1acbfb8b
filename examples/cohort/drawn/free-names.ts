import { kernelTypeScript, parseTypeScript } from "../../../grader/authoring/verify/kernel-typescript.js";

/** What TypeScript says of a name that stands for nothing: as a value, a type, a namespace, a shorthand property. */
const unknownName = new Set([2304, 2503, 2552, 2580, 2581, 2582, 2583, 2584, 2591, 2592, 2593, 18004]);

/**
 * The names that a text uses and does not declare itself: those of earlier cells, and those of JavaScript's own
 * library, which is left out here. A parameter that is called like another cell's function is none of them.
 */
export function freeNames(text: string): ReadonlySet<string> {
  const names = known.get(text) ?? find(text);
  known.set(text, names);
  return names;
}

/** Most of a cohort's answers are the same few. */
const known = new Map<string, ReadonlySet<string>>();

function find(text: string): ReadonlySet<string> {
  const { createProgram, ModuleKind, ScriptTarget } = kernelTypeScript();
  const name = "cell.ts";
  const file = parseTypeScript(text);
  const program = createProgram(
    [name],
    { noLib: true, noResolve: true, types: [], module: ModuleKind.ESNext, target: ScriptTarget.ES2022 },
    {
      getSourceFile: (asked) => (asked === name ? file : undefined),
      getDefaultLibFileName: () => "",
      getCurrentDirectory: () => "/",
      getCanonicalFileName: (path) => path,
      useCaseSensitiveFileNames: () => true,
      getNewLine: () => "\n",
      fileExists: (path) => path === name,
      readFile: (path) => (path === name ? text : undefined),
      writeFile: () => undefined,
    },
  );
  const found = program.getSemanticDiagnostics(file).filter(({ code }) => unknownName.has(code));
  return new Set(found.map(({ start = 0, length = 0 }) => text.slice(start, start + length)));
}
