import { existsSync, realpathSync } from "node:fs";
import { join, relative, sep } from "node:path";
import type { Finding, Subject } from "../check.js";
import { type ProseLine, proseLines } from "../prose.js";

/** In a lab's folder, what never reaches students, whoever links to it. */
const unpublished = ["hidden", "mutants", "build", "lab.ts", "notebook.ts", "README.md"];

interface Link {
  readonly target: string;
  /** For an image: what stands in its place for who can't see it. */
  readonly alt?: string;
}

/** Every link of the notebook leads somewhere that students have, and every image says what it shows. */
export async function checkLinks({ lab, cells }: Subject): Promise<Finding[]> {
  const lines = proseLines(cells);
  const anchors = anchorsIn(lines);
  const problems = lines.flatMap(({ text, line }) =>
    linksIn(text).flatMap(({ target, alt }) =>
      [
        alt?.trim() === ""
          ? `the image "${target}" has no text for who can't see it: ![what it shows](…)`
          : "",
        problemOf(target, lab.dir, anchors),
      ]
        .filter((problem) => problem !== "")
        .map((problem) => `notebook.ts:${line}: ${problem}`),
    ),
  );
  return [{ title: "every link and image leads to something that students get", problems }];
}

function linksIn(text: string): Link[] {
  const inline = [...text.matchAll(/(!?)\[((?:[^[\]]|\[[^\]]*\])*)\]\(\s*<?([^)\s>]*)>?[^)]*\)/g)].flatMap(
    ([, sign, label = "", target = ""]) => [
      sign === "!" ? { target, alt: label } : { target },
      // An image may be what is clicked on.
      ...(sign === "" && label.includes("](") ? linksIn(label) : []),
    ],
  );
  const defined = [...text.matchAll(/^ {0,3}\[[^\]^]+\]:\s*<?(\S+?)>?(?:\s|$)/g)];
  const tags = [...text.matchAll(/<(img|a)\b([^>]*)>/gi)].flatMap(([, tag = "", attributes = ""]) => {
    const isImage = tag.toLowerCase() === "img";
    const target = attributeOf(attributes, isImage ? "src" : "href");
    if (target === undefined) return [];
    return [isImage ? { target, alt: attributeOf(attributes, "alt") ?? "" } : { target }];
  });
  return [...inline, ...defined.map(([, target = ""]) => ({ target })), ...tags];
}

function attributeOf(attributes: string, name: string): string | undefined {
  const match = new RegExp(`\\b${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)'|([^\\s>]+))`, "i").exec(attributes);
  return match ? (match[1] ?? match[2] ?? match[3]) : undefined;
}

/** What Jupyter makes of headings, and what the text names itself. */
function anchorsIn(lines: readonly ProseLine[]): Set<string> {
  return new Set(
    lines.flatMap(({ text }) => {
      const heading = /^ {0,3}#{1,6}\s+(.+?)\s*#*\s*$/.exec(text)?.[1];
      const named = [...text.matchAll(/\b(?:id|name)\s*=\s*["']([^"']+)["']/g)].map(([, id = ""]) => id);
      return heading === undefined ? named : [...named, heading.replace(/[*_`]/g, "").replace(/ /g, "-")];
    }),
  );
}

/** Empty for a link that leads somewhere. */
function problemOf(target: string, dir: string, anchors: ReadonlySet<string>): string {
  if (target === "") return "a link leads nowhere";
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(target)?.[1]?.toLowerCase();
  if (scheme === "http" || scheme === "https") return URL.canParse(target) ? "" : `"${target}" is no address`;
  if (scheme === "mailto" || (scheme === "data" && /^data:image\//i.test(target))) return "";
  if (scheme !== undefined) return `"${target}": a link is https:, or a file in the lab's folder`;
  const decoded = decode(target);
  if (decoded === undefined) return `"${target}" has a % that begins no character`;
  return decoded.startsWith("#") ? anchorProblem(decoded.slice(1), anchors) : fileProblem(decoded, dir);
}

function anchorProblem(anchor: string, anchors: ReadonlySet<string>): string {
  if (anchors.has(anchor)) return "";
  return `there is no heading for "#${anchor}". Jupyter makes #Around-zero of the heading "Around zero"`;
}

function fileProblem(target: string, dir: string): string {
  const path = target.replace(/[?#].*$/, "");
  const file = join(dir, path);
  const place = relative(dir, file);
  const isOutside = (inner: string): boolean => inner === ".." || inner.startsWith(`..${sep}`);
  if (path.startsWith("/") || isOutside(place))
    return `"${target}" lies outside of the lab's folder: students get what is linked to in it, and nothing else`;
  if (unpublished.includes(place.split(sep)[0] ?? "")) return `"${target}" is not for students`;
  if (!existsSync(file)) return `there is no file "${target}" in the lab's folder`;
  if (isOutside(relative(realpathSync(dir), realpathSync(file))))
    return `"${target}" is a link to a file outside of the lab's folder`;
  return "";
}

function decode(target: string): string | undefined {
  try {
    return decodeURIComponent(target);
  } catch {
    return undefined;
  }
}
