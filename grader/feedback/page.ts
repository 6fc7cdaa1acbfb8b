import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import Handlebars from "handlebars";
import { packageRoot } from "../package-root.js";
import type { SubmissionRecord } from "../pipeline/record.js";
import { feedbackFileName } from "./file-name.js";
import { providePlotly } from "./plotly-copy.js";
import { replaceFile } from "./replace-file.js";
import { type FeedbackView, feedbackView } from "./view.js";

type Context = FeedbackView & { readonly nonce: string };

let compiled: ((context: Context) => string) | undefined;

/**
 * One student's feedback as a whole HTML page. Everything in it is escaped, and only the page's own two
 * scripts run: they carry its nonce.
 */
export function renderFeedback(
  record: SubmissionRecord,
  lab: { readonly title: string },
  nonce = randomBytes(18).toString("base64"),
): string {
  compiled ??= compilePage();
  return compiled({ ...feedbackView(record, lab), nonce });
}

/** Writes the student's page into `folder`, in place of an older one, and gives its path. */
export async function writeFeedback(
  folder: string,
  record: SubmissionRecord,
  lab: { readonly title: string },
): Promise<string> {
  await providePlotly(folder);
  const path = join(folder, feedbackFileName(record.student));
  const page = renderFeedback(record, lab);
  await replaceFile(path, (temporary) => writeFile(temporary, page, { flag: "wx" }));
  return path;
}

function compilePage(): (context: Context) => string {
  const folder = join(packageRoot(), "templates", "feedback");
  const read = (name: string) => readFileSync(join(folder, name), "utf8");
  const handlebars = Handlebars.create();
  // Our own text goes in as partials, so that no template needs a stash that doesn't escape.
  handlebars.registerPartial("style", read("style.css"));
  handlebars.registerPartial("bars", read("bars.js"));
  handlebars.registerPartial("question", read("question.hbs"));
  handlebars.registerPartial("written", read("written.hbs"));
  const page = handlebars.compile<Context>(read("page.hbs"), { strict: true, knownHelpersOnly: true });
  return (context) => page(context);
}
