import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { type FeedbackView, feedbackView } from "../../../feedback/view.js";
import { packageRoot } from "../../../package-root.js";
import type { QuestionRecord } from "../../../pipeline/record.js";
import { unjudgedRecord } from "../../../pipeline/unjudged.js";
import type { Lab } from "../../load-lab.js";
import type { Finding, Workshop } from "../check.js";
import { distinctiveLiterals, distinctiveNumbers, holdsLiteral } from "../literals.js";

/** What the feedback page tells the authors of wrong answers gives away nothing of the hidden tests. */
export async function checkLeaks({ lab, told }: Workshop): Promise<Finding[]> {
  const hidden = await textsOf([...lab.files.hidden, ...lab.files.evaluate]);
  const published = [publicPart(lab), ...(await textsOf(lab.files.public))].join("\n");
  const literals = hidden.flatMap((file) => [...distinctiveLiterals(file)]);
  const problems = new Set<string>();
  for (const record of told) {
    const secrets = new Set([...literals, ...numbersIn(record)]);
    const unknown = [...secrets].filter((secret) => !holdsLiteral(published, secret));
    for (const shown of shownTexts(record, lab))
      for (const problem of leaksOf(shown, unknown, lab)) problems.add(`${record.id}: ${problem}`);
  }
  return [
    {
      title: `feedback gives nothing of the hidden tests away (${told.length} answers)`,
      problems: [...problems],
    },
  ];
}

function textsOf(files: readonly string[]): Promise<string[]> {
  return Promise.all(files.map((file) => readFile(file, "utf8")));
}

function publicPart({ source }: Lab): string {
  return source.cells.map((cell) => cell.source).join("\n");
}

/** What the hidden tests said, which is for the grader's eyes: drawn inputs and expected values. */
function numbersIn({ tests }: QuestionRecord): string[] {
  return tests
    .filter(({ visibility }) => visibility === "hidden")
    .flatMap(({ message }) => distinctiveNumbers(message));
}

/** All that the page says, but for the answer itself. */
function shownTexts(question: QuestionRecord, lab: Lab): string[] {
  const empty = unjudgedRecord(lab, { student: "s12345", status: "graded", problem: "", isolation: "" });
  const { score, maxScore } = question;
  const record = { ...empty, questions: [{ ...question, answer: "" }], score, maxScore };
  const { receipt, release, ...view }: FeedbackView = feedbackView(record, { title: lab.manifest.title });
  return textsIn(view);
}

function textsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap(textsIn);
}

function leaksOf(shown: string, secrets: readonly string[], { dir }: Lab): string[] {
  const where = `"${shown.slice(0, 100)}${shown.length > 100 ? "…" : ""}"`;
  const paths = [packageRoot(), dir, homedir(), "/opt/edgelab", "/lab/node_modules", "file://"];
  const path = paths.find((each) => each !== "/" && shown.includes(each));
  return [
    ...secrets
      .filter((secret) => holdsLiteral(shown, secret))
      .map((secret) => `${where} shows ${secret}, which only hidden tests hold`),
    ...(path === undefined ? [] : [`${where} shows the path ${path}`]),
    ...(/\bat .*:\d+:\d+\)?/.test(shown) ? [`${where} shows a stack`] : []),
  ];
}
