import { readFileSync } from "node:fs";
import path from "node:path";
import Handlebars from "handlebars";
import { DateTime } from "luxon";
import type { CourseFile } from "../../../src/lab/course-file.js";
import { packageRoot } from "../../package-root.js";

/** The pages and settings at the top of a course repository, made from the templates. */
export function studentPages(course: CourseFile, timezone: string): [string, Uint8Array][] {
  const context = {
    title: plain(course.title),
    git: course.submit === "git",
    labs: course.labs.map((lab) => ({
      id: lab.id,
      title: plain(lab.title),
      due: lab.due === undefined ? "no due date" : dueText(lab.due, timezone),
    })),
    first: course.labs[0]?.id,
  };
  return pages.map(([name, template]) => [name, Buffer.from(render(template, context))]);
}

// npm leaves files named .npmrc and .gitignore out of a package, so that the templates have other names.
const pages = [
  ["README.md", "README.md.hbs"],
  [".npmrc", "npmrc.hbs"],
  [".gitignore", "gitignore.hbs"],
] as const;

function render(template: string, context: object): string {
  const text = readFileSync(path.join(packageRoot(), "templates", "course", template), "utf8");
  // Markdown and settings, no HTML: what people wrote is made plain before it goes in.
  return Handlebars.compile(text, { noEscape: true, strict: true, knownHelpersOnly: true })(context);
}

/** As in "Tue 1 Dec 2026, 23:59 (Europe/Berlin)". */
export function dueText(due: string, timezone: string): string {
  const time = DateTime.fromISO(due, { zone: timezone, locale: "en-GB" });
  return `${time.toFormat("ccc d LLL yyyy, HH:mm")} (${timezone})`;
}

/** A title as text of a Markdown line or table: nothing in it begins a link, a tag or another column. */
export function plain(text: string): string {
  return text
    .replace(/\s+/g, " ")
    .trim()
    .replace(/[\\`*_[\]<>|#]/g, "\\$&");
}
