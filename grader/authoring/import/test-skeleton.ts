import { asComments } from "./foreign-code.js";
import type { ImportedTest, ImportedTests } from "./nbgrader-tests.js";

export interface TestFile {
  /** Below the lab's folder: "public/q1.test.ts". */
  readonly path: string;
  readonly text: string;
}

/**
 * Test files that hold the original tests as comments, and say so when they run. Each original is worth its points
 * once: where students saw a part of it, half of them go to the public test and half to the hidden one.
 */
export function testFiles({ id, tests }: ImportedTests): TestFile[] {
  const open = tests.filter(({ visible }) => visible !== "");
  const files: TestFile[] = [];
  if (open.length > 0)
    files.push({
      path: `public/${id}.test.ts`,
      text: fileText(
        id,
        open.map((test) => testText(test, test.points / 2, test.visible)),
      ),
    });
  files.push({ path: `hidden/${id}.test.ts`, text: fileText(id, tests.map(hiddenTest)) });
  return files;
}

function hiddenTest(test: ImportedTest): string {
  const { visible, hidden, points } = test;
  const code = hidden === "" ? `There were no hidden tests here. Students saw:\n${visible}` : hidden;
  return testText(test, visible === "" ? points : points / 2, code);
}

function testText({ title }: ImportedTest, points: number, code: string): string {
  return [
    `  test(${points}, ${JSON.stringify(title)}, async () => {`,
    ...asComments(code, "    "),
    '    throw new Error("this test is not translated yet");',
    "  });",
  ].join("\n");
}

function fileText(id: string, tests: readonly string[]): string {
  const body = tests.length === 0 ? ["  // No tests were imported: write them."] : tests;
  return `import { question } from "edgelab/testing";

// The comments are the tests that were imported. Write each anew: call the student's function by student.call, and
// compare what comes back. Until then a test can't be judged.
export default question("${id}", ({ ${tests.length === 0 ? "" : "test "}}) => {
${body.join("\n\n")}
});
`;
}
