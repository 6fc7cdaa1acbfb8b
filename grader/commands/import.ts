import { mkdir, readFile, writeFile } from "node:fs/promises";
import { basename, dirname, join, relative, resolve } from "node:path";
import { LabError } from "../../src/core/errors.js";
import { hashOf } from "../authoring/export-source/export-source.js";
import { type ImportedLab, importNotebook } from "../authoring/import/import-notebook.js";
import { rememberImport, wasImported } from "../authoring/import/imported-mark.js";
import { noteLine } from "../authoring/import/notes.js";
import { type AuthoredNotebook, readNotebook } from "../authoring/import/read-notebook.js";
import { badLabId, changedSince, labExists } from "../authoring/import/refusals.js";
import { carriedOver, headingOf, labText, readmeText } from "../authoring/import/report.js";
import type { TestFile } from "../authoring/import/test-skeleton.js";
import { complainAbout } from "../authoring/percent.js";
import { splitCells } from "../authoring/percent-cells.js";
import { replaceFile } from "../feedback/replace-file.js";
import { safe } from "../terminal/cell.js";
import { wrap } from "../terminal/wrap.js";

export interface ImportCommand {
  /** The notebook. */
  readonly file: string;
  /** The lab's folder; where nothing is said, `labs/` and the lab's or the file's name. */
  readonly to?: string;
  readonly title?: string;
  /** Replace the `notebook.ts` of a lab that there is. Nothing else of it is ever replaced. */
  readonly force: boolean;
  readonly workingDir: string;
}

export interface ImportResult {
  readonly dir: string;
  readonly imported: ImportedLab;
  /** Below `dir`. */
  readonly written: readonly string[];
  /** What was there already, and stays. */
  readonly kept: readonly string[];
}

/** `grader import`: makes a lab's source of a notebook, or takes an edited export back into its lab. */
export async function importLab(options: ImportCommand): Promise<ImportResult> {
  const name = basename(options.file);
  const notebook = readNotebook(await bytesOf(resolve(options.workingDir, options.file)), name);
  const dir = targetOf(options, notebook);
  const id = basename(dir);
  const path = join(dir, "notebook.ts");
  const existing = await readFile(path, "utf8").catch(() => undefined);
  if (existing !== undefined && !options.force) await refuseLoss(dir, existing, notebook);
  const imported = importNotebook(notebook, {
    file: name,
    ...(existing === undefined ? {} : { above: aboveOf(existing) }),
  });
  await mkdir(dir, { recursive: true });
  await replaceFile(path, (temporary) => writeFile(temporary, imported.text, { flag: "wx" }));
  if (notebook.source)
    await rememberImport(dir, { exported: notebook.source.sha256, written: hashOf(imported.text) });
  const isReturn = existing !== undefined && notebook.source !== undefined;
  const others = isReturn ? [] : filesBeside({ id, name, title: options.title }, imported);
  const written = ["notebook.ts"];
  const kept: string[] = [];
  for (const file of others)
    ((await addFile(join(dir, file.path), file.text)) ? written : kept).push(file.path);
  return { dir, imported, written, kept };
}

/** What a new lab needs beside its source. An export that comes back needs none of it. */
function filesBeside(
  { id, name, title }: { readonly id: string; readonly name: string; readonly title: string | undefined },
  imported: ImportedLab,
): readonly TestFile[] {
  const heading = title ?? headingOf(imported.source) ?? id;
  return [
    { path: "lab.ts", text: labText(id, heading, imported.packages) },
    { path: "README.md", text: readmeText(heading, name, imported) },
    ...imported.tests,
  ];
}

/** What is said at the end: what was carried over, what was not, and what to do next. */
export function importReport(
  { dir, imported, written, kept }: ImportResult,
  { workingDir, columns }: { readonly workingDir: string; readonly columns: number },
): string {
  const { notes, source } = imported;
  const id = basename(dir);
  const isHere = dir === resolve(workingDir, "labs", id);
  const lab = isHere ? id : relative(workingDir, dir) || ".";
  const grader = "npx --no-install grader";
  return [
    `${relative(workingDir, dir) || "."}: ${carriedOver(source)}`,
    `written: ${written.join(", ")}`,
    ...(kept.length > 0 ? [`kept as they were: ${kept.join(", ")}`] : []),
    ...(notes.length > 0 ? ["", "Not carried over as it was:"] : []),
    ...notes.flatMap((note) => wrap(`- ${safe(noteLine(note))}`, columns, "  ")),
    "",
    `Next: ${grader} build ${lab}, then ${grader} verify ${lab}`,
  ].join("\n");
}

function targetOf({ to, file, workingDir }: ImportCommand, { source }: AuthoredNotebook): string {
  const name = source?.lab ?? basename(file).replace(/(\.source)?\.ipynb$/, "");
  const id = to === undefined ? name : basename(to);
  if (!/^[a-z0-9][a-z0-9._-]{0,63}$/.test(id)) throw badLabId(id);
  return resolve(workingDir, to ?? join("labs", name));
}

async function refuseLoss(dir: string, existing: string, { source }: AuthoredNotebook): Promise<void> {
  if (source?.lab !== basename(dir)) throw labExists(dir);
  const now = hashOf(existing);
  // Edited, imported, and edited again: then the file is what the import before made of the same export.
  if (now !== source.sha256 && !(await wasImported(dir, { exported: source.sha256, written: now })))
    throw changedSince(dir);
}

function aboveOf(text: string): readonly string[] {
  try {
    return splitCells(text, complainAbout("notebook.ts")).above;
  } catch (error) {
    if (error instanceof LabError) return []; // a source that does not parse is replaced with --force
    throw error;
  }
}

/** Writes a file that is not there yet; false where it is. */
async function addFile(path: string, text: string): Promise<boolean> {
  await mkdir(dirname(path), { recursive: true });
  try {
    await writeFile(path, text, { flag: "wx" });
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  }
}

async function bytesOf(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
    throw new LabError("NO_FILE", `${path} cannot be read (${code})`, "Give a notebook's path.", { cause });
  }
}
