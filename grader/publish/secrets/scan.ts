import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import type { Lab } from "../../authoring/load-lab.js";
import { isText, type Piece, piecesOf } from "./pieces.js";
import { digitsOf, numbersIn, type Secret } from "./secrets.js";
import { lineAt, squeeze } from "./text.js";

/** A place in what students would get that tells what only the grader's side knows. */
export interface Leak {
  readonly file: string;
  /** Within the file: a line, or a path in its JSON. */
  readonly place: string;
  readonly what: string;
}

type Files = ReadonlyMap<string, Uint8Array>;

/** Files of the lab that are the teacher's own, by the hash of their contents. */
export async function privateFiles(lab: Lab): Promise<Map<string, string>> {
  const below = await Promise.all(["hidden", "mutants"].map((name) => filesBelow(path.join(lab.dir, name))));
  const files = [...below.flat(), path.join(lab.dir, "notebook.ts"), ...lab.files.evaluate];
  const hashed = await Promise.all(files.map(async (file) => [hash(await readFile(file)), file] as const));
  return new Map(hashed.map(([key, file]) => [key, path.relative(lab.dir, file)]));
}

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true }).catch(() => []);
  return entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
}

/** Searches the files of a course repository. */
export function findLeaks(
  files: Files,
  secrets: readonly Secret[],
  privates: ReadonlyMap<string, string>,
): Leak[] {
  return [...files].flatMap(([file, content]) => {
    const copied = privates.get(hash(content));
    if (copied !== undefined) return [{ file, place: "the whole file", what: copied }];
    if (privateName.test(file)) return [{ file, place: "its name", what: "a file of the teacher's" }];
    return searchFile(file, content, secrets);
  });
}

const privateName = /(^|\/)(hidden|mutants|build)\/|(^|\/)(lab|notebook|evaluate)\.ts$|reference\.ipynb$/;

/**
 * Searches edgelab's own package. A solution's line may stand in it: the library holds the same formulas, and
 * the sandbox withholds those modules. So may a short number: it holds the weights of whole models.
 */
export function findLeaksInPackage(files: Files, secrets: readonly Secret[]): Leak[] {
  const rare = secrets.filter(
    ({ kind, value }) => kind === "text" || (kind === "number" && digitsOf(value) >= 7),
  );
  const searched = [...files].filter(([name]) => !name.startsWith("templates/lab/"));
  return searched.flatMap(([file, content]) => searchFile(file, content, rare));
}

function searchFile(file: string, content: Uint8Array, secrets: readonly Secret[]): Leak[] {
  const pieces = isText(content)
    ? piecesOf(file, content)
    : [{ text: Buffer.from(content).toString("latin1"), place: "its bytes" }];
  return pieces.flatMap((piece) => searchPiece(file, piece, secrets));
}

function searchPiece(file: string, { text, place }: Piece, secrets: readonly Secret[]): Leak[] {
  const squeezed = squeeze(text);
  const numbers = new Map(numbersIn(text).map(({ value, at }) => [value, at]));
  return secrets.flatMap(({ kind, value, shown, origin }) => {
    const at = kind === "number" ? numbers.get(value) : found(squeezed.indexOf(value));
    if (at === undefined) return [];
    const line = kind === "number" ? text.slice(0, at).split("\n").length : lineAt(text, at);
    const where = place === "" ? `line ${line}` : place;
    return [{ file, place: where, what: `${JSON.stringify(shown)} of ${origin}` }];
  });
}

function found(index: number): number | undefined {
  return index < 0 ? undefined : index;
}

function hash(content: Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}
