import { printable } from "../../lab/printable.js";
import type { ValidatedQuestion, Validation } from "../run-notebook/validate.js";
import { escapeHtml, styles } from "../theme.js";
import { dueText, type Receipt } from "./receipt.js";
import type { Submitted } from "./submit-notebook.js";

type Row = readonly [label: string, value: string];

export function receiptText({ receipt, validation }: Submitted): string {
  const rows = rowsOf(receipt);
  const width = Math.max(...rows.map(([label]) => label.length));
  return [
    `✓ handed in: ${receipt.lab}`,
    ...rows.map(([label, value]) => `  ${label.padEnd(width)}  ${value}`),
    ...linesOf(receipt, validation).map((line) => `  ${line}`),
  ].join("\n");
}

export function receiptHtml({ receipt, validation }: Submitted): string {
  const rows = rowsOf(receipt).map(
    ([label, value]) => `<dt class="muted">${escapeHtml(label)}</dt><dd>${escapeHtml(value)}</dd>`,
  );
  const lines = linesOf(receipt, validation).map((line) => `<p class="muted">${escapeHtml(line)}</p>`);
  return `${styles}<div class="edgelab edgelab-check edgelab-receipt"><p><span class="pass" role="img" aria-label="done">✓</span> handed in: <strong>${escapeHtml(receipt.lab)}</strong></p>
<dl>${rows.join("")}</dl>${lines.join("")}</div>`;
}

function rowsOf(receipt: Receipt): Row[] {
  const { to, at, due, points, sha256 } = receipt;
  const where: readonly Row[] =
    to.kind === "zip"
      ? [["file", to.path]]
      : [
          ["pushed to", `${to.remote}, branch ${to.branch}`],
          ["commit", to.commit],
        ];
  return [
    ...where,
    [
      "time",
      `${at.slice(0, 19).replace("T", " ")} UTC by this computer's clock; the course's own clock counts`,
    ],
    ...(due === undefined ? [] : [["due", dueText(due, new Date(at)).replace(/^due /, "")] as const]),
    ["notebook", `${receipt.notebook}, made from release ${receipt.release}`],
    ["sha256", sha256],
    [
      "points",
      points ? `${points.earned} of ${points.possible} of the public tests` : "the public tests did not run",
    ],
  ];
}

/** What is still to be done, then what did not run or pass, then the notices. */
function linesOf({ to, notices, due, at }: Receipt, { questions, problem }: Validation): string[] {
  const lines = [
    ...(to.kind === "zip" ? ["Upload this file where your course asks for it."] : []),
    ...questions.flatMap(unfinished),
    ...(problem === undefined ? [] : [`Not everything could be tried here: ${problem}`]),
    ...notices,
    againText(due, at),
  ];
  // What a cell threw may hold anything.
  return lines.map((line) => printable(line, 400));
}

function againText(due: string | undefined, at: string): string {
  if (due === undefined) return "You can hand in again; the last one counts.";
  return Date.parse(at) <= Date.parse(due)
    ? "You can hand in again until the due date; the last one counts."
    : "The due date is over: what that means for this submission, your course says.";
}

function unfinished({ id, outcomes, cellError }: ValidatedQuestion): string[] {
  const failed = outcomes.filter(({ verdict }) => verdict !== "pass").map(({ title }) => title);
  const firstLine = cellError.trim().split("\n")[0];
  return [
    ...(firstLine ? [`? ${id}: its cell did not run to its end: ${firstLine}`] : []),
    ...(failed.length > 0 ? [`✗ ${id}: not passed: ${failed.join("; ")}`] : []),
  ];
}
