/**
 * Finds the blocks of commands (```sh) in a page, and the mark above each that says what becomes of it:
 *
 *     <!-- run -->                       runs in a folder of its own
 *     <!-- run in: week -->              runs in the folder "week", which all pages share, one after the other
 *     <!-- run in: week, exit 1 -->      has to end with this exit code
 *     <!-- run, with: examples labs -->  these paths of the repository are copied into the folder first
 *     <!-- not run: why -->              does not run
 *     <!-- run by: docs/x.test.ts -->    another test runs it
 *     <!-- write in: week, to: a.yaml -->   above a block of any kind: its text becomes this file
 *     <!-- prints -->                    above a block of text: what the commands before it print. Where it
 *                                        has "…", anything can stand; a line of "…" is any number of lines
 */

export type Mark =
  | {
      readonly kind: "run";
      readonly folder?: string;
      readonly exit: number;
      readonly copies: readonly string[];
    }
  | { readonly kind: "not run"; readonly why: string }
  | { readonly kind: "run by"; readonly file: string }
  | { readonly kind: "write"; readonly folder: string; readonly file: string };

export interface Block {
  /** Of the fence, counted from 1. */
  readonly line: number;
  readonly code: string;
  readonly mark: Mark;
  /** What it has to print, where the page says so. */
  readonly prints?: string;
}

export interface Page {
  readonly blocks: readonly Block[];
  /** What is wrong with the marks, one line each, with the number of the line. */
  readonly problems: readonly string[];
}

interface Fence {
  readonly line: number;
  readonly language: string;
  readonly text: string;
  /** The comment directly above, without its arrows. */
  readonly comment?: string;
}

export function readCommands(markdown: string): Page {
  const blocks: Block[] = [];
  const problems: string[] = [];
  for (const { line, language, text, comment } of fences(markdown)) {
    const last = blocks.at(-1);
    if (/^(bash|shell|console|zsh)$/.test(language))
      problems.push(`${line}: write sh in place of ${language}`);
    const [, folder, file] = /^write in: ([\w-]+), to: ([\w-][\w.-]*)$/.exec(comment ?? "") ?? [];
    if (folder !== undefined && file !== undefined) {
      blocks.push({ line, code: text, mark: { kind: "write", folder, file } });
    } else if (language === "sh") {
      const mark = comment === undefined ? undefined : readMark(comment);
      if (mark) blocks.push({ line, code: text, mark });
      else problems.push(`${line}: a block of commands has no mark above it, such as <!-- run -->`);
    } else if (comment === "prints") {
      if (last?.mark.kind === "run") blocks[blocks.length - 1] = { ...last, prints: text };
      else problems.push(`${line}: what prints this? No block above it runs`);
    }
  }
  return { blocks, problems };
}

function fences(markdown: string): readonly Fence[] {
  const found: Fence[] = [];
  const fence = /(?:^ *<!-- (.*?) -->\n\s*)?^( *)```(\w*)[^\n]*\n(?:([\s\S]*?)\n)??\2```$/gm;
  for (const match of markdown.matchAll(fence)) {
    const [whole, comment, indent = "", language = "", text = ""] = match;
    const above = markdown.slice(0, match.index + whole.indexOf("```"));
    found.push({
      line: above.split("\n").length,
      language,
      text: text.replaceAll(new RegExp(`^${indent}`, "gm"), ""),
      ...(comment === undefined ? {} : { comment }),
    });
  }
  return found;
}

function readMark(comment: string): Mark | undefined {
  const [, why] = /^not run: (\S.*)$/.exec(comment) ?? [];
  if (why !== undefined) return { kind: "not run", why };
  const [, file] = /^run by: (\S+)$/.exec(comment) ?? [];
  if (file !== undefined) return { kind: "run by", file };
  const run = /^run(?: in: ([\w/-]+))?(?:, exit (\d+))?(?:, with: ([\w./ -]+))?$/.exec(comment);
  if (!run) return undefined;
  const [, folder, exit = "0", copies = ""] = run;
  return {
    kind: "run",
    exit: Number(exit),
    copies: copies.split(" ").filter(Boolean),
    ...(folder === undefined ? {} : { folder }),
  };
}
