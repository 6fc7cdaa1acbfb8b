/** All that the package may hold which students install: what runs, its types, and its pages. */
const expected =
  /^(package\.json|README\.md|LICENSE|docs\/(core|conventions)\.md|grader\/sandbox\/jail\.pl|templates\/.+|dist\/(src|grader|devices)\/.+\.(js|d\.ts|json)|dist\/jail\/[\w-]+\.cjs)$/;

/** What must not be in it, wherever it lies. */
const forbidden = /\.(test|peer)\.|(^|\/)(labs|hidden|public|mutants|examples|fixtures|peers|conformance)\//;

/** A lab's templates are for a new lab of one's own: their tests hide nothing. */
const labTemplate = /^templates\/lab\//;

/** Of the names of files in the package, those that have no business there. */
export function strangersIn(files: readonly string[]): string[] {
  return files.filter((file) => !expected.test(file) || (forbidden.test(file) && !labTemplate.test(file)));
}
