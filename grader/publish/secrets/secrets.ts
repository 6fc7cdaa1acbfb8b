import { readFile } from "node:fs/promises";
import path from "node:path";
import type { Lab } from "../../authoring/load-lab.js";
import { loadMutants } from "../../authoring/load-tests.js";
import { isMarkedPublic, type Literal, literalsIn } from "./literals.js";
import { squeeze } from "./text.js";

/** Something that only the grader's side knows. */
export interface Secret {
  /** A text or a number of a hidden test or mutant, or a line of a solution. */
  readonly kind: "text" | "number" | "solution";
  /** A text without white space, or a number in the shortest form. */
  readonly value: string;
  /** As it is written, for a message. */
  readonly shown: string;
  /** Where it is written, as in `hidden/q1.test.ts:12`. */
  readonly origin: string;
}

/** Shorter ones are found everywhere: characters without white space, and digits that count. */
const shortestText = 12;
const shortestCode = 16;
const fewestDigits = 4;

/**
 * What of a lab must reach no student: the distinctive lines of its solutions, the strings and numbers of its
 * hidden tests and mutants, and the rubrics of written answers. Left out is what students have by right: what the
 * code cells of their notebook say, titles of questions, and what public tests call the same values.
 */
export async function secretsOf(lab: Lab): Promise<Secret[]> {
  const cells = lab.source.cells.filter(({ role }) => role !== "prose");
  const titles = [...lab.source.questions, ...lab.source.written].map(({ title }) => title);
  const labels = await publicLabels(lab);
  const code = squeeze([...cells.map(({ source }) => source), ...titles, lab.manifest.title].join("\n"));
  const found = [
    ...solutionLines(lab),
    ...rubrics(lab),
    ...(await hiddenLiterals(lab, labels)),
    ...(await mutantTexts(lab)),
  ];
  const numbers = new Set(numbersIn(cells.map(({ source }) => source).join("\n")).map(({ value }) => value));
  return found.filter(({ kind, value }) => (kind === "number" ? !numbers.has(value) : !code.includes(value)));
}

function solutionLines({ source }: Lab): Secret[] {
  return source.cells.flatMap((cell) => {
    const handedOut = new Set(cell.source.split("\n").map(squeeze));
    return cell.reference.split("\n").flatMap((line, index) => {
      if (handedOut.has(squeeze(line)) || isCommonplace(line)) return [];
      return codeSecret(line, `the solution of ${cell.id}, line ${index + 1}`);
    });
  });
}

/** Lines that any code may have. */
function isCommonplace(line: string): boolean {
  const text = line.trim();
  return (
    isMarkedPublic(text) ||
    /^(\}?\s*else\b|return [\w.]+;?$|for \((const|let) \w+ of [\w.]+\) \{?$)/.test(text) ||
    /^for \(let \w+ = [01]; \w+ <=? [\w.]+; (\w+\+\+|\+\+\w+|\w+ \+= 1)\) \{?$/.test(text)
  );
}

/** What a written answer is graded by tells what it should say. */
function rubrics({ source }: Lab): Secret[] {
  return source.written.flatMap(({ id, rubric }) =>
    rubric.flatMap((text) => textSecret(text, `the rubric of ${id}`)),
  );
}

async function hiddenLiterals(lab: Lab, labels: string): Promise<Secret[]> {
  const secrets: Secret[] = [];
  for (const file of [...lab.files.hidden, ...lab.files.helpers, ...lab.files.evaluate])
    for (const literal of literalsIn(await codeOf(file))) {
      if (literal.isLabel && labels.includes(squeeze(literal.value))) continue;
      secrets.push(...secretOf(literal, `${path.relative(lab.dir, file)}:${literal.line}`));
    }
  return secrets;
}

/** JSON in brackets is an expression of TypeScript. */
async function codeOf(file: string): Promise<string> {
  const text = await readFile(file, "utf8");
  return file.endsWith(".json") ? `(${text})` : text;
}

function secretOf({ kind, value }: Literal, origin: string): Secret[] {
  if (kind === "text") return textSecret(value, origin);
  const number = numberText(value);
  return isTelling(number) ? [{ kind, value: number, shown: value, origin }] : [];
}

function textSecret(text: string, origin: string): Secret[] {
  const value = squeeze(text);
  return value.length < shortestText ? [] : [{ kind: "text", value, shown: text.trim(), origin }];
}

function codeSecret(text: string, origin: string): Secret[] {
  const value = squeeze(text);
  return value.length < shortestCode ? [] : [{ kind: "solution", value, shown: text.trim(), origin }];
}

/** What a mutant says to teachers and to who fell for it, and what it changes: that is a solution's text. */
async function mutantTexts(lab: Lab): Promise<Secret[]> {
  return (await loadMutants(lab)).flatMap(({ question, misconception, feedback, changes }) => {
    const origin = `a mutant of ${question}`;
    const said = [misconception, feedback].flatMap((text) => textSecret(text, origin));
    const changed = changes
      .flat()
      .flatMap((text) => text.split("\n"))
      .flatMap((text) => codeSecret(text, origin));
    return [...said, ...changed];
  });
}

/** A label of a template is but a part of what another test writes out. */
async function publicLabels(lab: Lab): Promise<string> {
  const sources = await Promise.all(lab.files.public.map((file) => readFile(file, "utf8")));
  const labels = sources.flatMap((source) => literalsIn(source)).filter(({ isLabel }) => isLabel);
  return labels.map(({ value }) => squeeze(value)).join("\n");
}

/** The numbers in a text, each in its shortest form. Digits within names and hashes are none. */
export function numbersIn(text: string): { readonly value: string; readonly at: number }[] {
  const form = /(?<![\w.])(?:\d[\d_]*(?:\.[\d_]*)?|\.\d[\d_]*)(?:e[+-]?\d+)?(?![\w])/gi;
  return [...text.matchAll(form)].map((match) => ({ value: numberText(match[0]), at: match.index }));
}

function numberText(text: string): string {
  return String(Number(text.replace(/_/g, "")));
}

/** Four digits that count. Powers of two and of ten are in every text about computers. */
function isTelling(number: string): boolean {
  return digitsOf(number) >= fewestDigits && !Number.isInteger(Math.log2(Number(number)));
}

/** How many digits of a number count: 0.0108 has three, 1500 has two. */
export function digitsOf(number: string): number {
  const digits = number.replace(/e.*$/i, "").replace(/\D/g, "").replace(/^0+/, "");
  return (number.includes(".") ? digits : digits.replace(/0+$/, "")).length;
}
