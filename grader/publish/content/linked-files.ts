import path from "node:path";
import { LabError } from "../../../src/core/errors.js";
import type { ReleaseCell } from "../../../src/lab/cells.js";

/** What of a lab's folder is the teacher's own; so are hidden files, settings with passwords among them, and copies. */
const privatePart =
  /^(hidden|mutants|build|lab\.ts|notebook\.ts|evaluate\.ts|README\.md)(\/|$)|(^|\/)\.|^course\.ya?ml$|\.source\.ipynb$|(~|\.bak)$/i;

/**
 * The files that a notebook's text shows or links to, as paths in the lab's folder. Addresses elsewhere, anchors
 * and attachments are none.
 *
 * @throws LabError PRIVATE_LINK, LINK_OUTSIDE where a student's copy could not or must not have the file.
 */
export function linkedFiles(cells: readonly ReleaseCell[], lab: string): string[] {
  const found = new Set<string>();
  for (const cell of cells)
    if (cell.role === "prose" || cell.role === "written")
      for (const target of targets(cell.source)) {
        const file = fileOf(target);
        if (file === undefined) continue;
        found.add(checked(file, target, `${lab}, cell ${cell.id}`));
      }
  return [...found].sort();
}

/** `[text](target "title")`, `![text](<target>)`, `[text]: target`, `src="target"` and `href="target"`. */
const forms = [
  /\]\(\s*(?:<([^>\n]+)>|([^\s()]+(?:\([^\s()]*\)[^\s()]*)*))/g,
  /^ {0,3}\[[^\]\n]+\]:\s*(?:<([^>\n]+)>|(\S+))/gm,
  /\b(?:src|href)\s*=\s*(?:"([^"\n]+)"|'([^'\n]+)')/gi,
];

function targets(markdown: string): string[] {
  // What stands in code is shown, not followed.
  const text = markdown.replace(/^(```|~~~)[\s\S]*?^\1/gm, "").replace(/`[^`\n]*`/g, "");
  return forms.flatMap((form) => [...text.matchAll(form)].map(([, first, second]) => first ?? second ?? ""));
}

function fileOf(target: string): string | undefined {
  if (/^([a-z][\w+.-]*:|\/\/|#)/i.test(target)) return undefined;
  const bare = target.replace(/[?#].*$/s, "");
  try {
    return decodeURIComponent(bare);
  } catch {
    return bare;
  }
}

function checked(file: string, target: string, where: string): string {
  const normal = path.posix.normalize(file);
  if (path.posix.isAbsolute(normal) || normal.includes("\\") || normal === ".." || normal.startsWith("../"))
    throw new LabError(
      "LINK_OUTSIDE",
      `${where} links to ${JSON.stringify(target)}, which is outside of the lab's folder`,
      "Put the file into the lab's folder, or link to a web address.",
    );
  if (privatePart.test(normal))
    throw new LabError(
      "PRIVATE_LINK",
      `${where} links to ${JSON.stringify(target)}, which students must not have`,
      "Take the link out, or put what students may see into a file beside the notebook.",
    );
  return normal;
}
