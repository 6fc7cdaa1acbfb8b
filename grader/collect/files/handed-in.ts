import { createHash } from "node:crypto";
import { z } from "zod";
import { handedInFileName } from "../../../src/lab/handed-in.js";
import { printable } from "../../../src/lab/printable.js";
import type { FoundFile } from "./listing.js";

const maxBytes = 64 * 1024;
const schema = z.object({ release: z.string(), sha256: z.string(), at: z.string() });

/** What `submit` on the student's machine says of a notebook in the same folder of its zip. Nothing of it is believed. */
export async function readHandedIn(
  files: readonly FoundFile[],
  notebook: FoundFile,
  bytes: Uint8Array,
): Promise<string | undefined> {
  const path = [...notebook.path.slice(0, -1), handedInFileName].join("/");
  const file = files.find((one) => one.path.join("/") === path);
  if (!file || file.bytes > maxBytes) return undefined;
  try {
    const said = schema.parse(JSON.parse(Buffer.from(await file.read()).toString("utf8")));
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    const changed = said.sha256 === sha256 ? "" : ", of another notebook than this";
    return `the student's submit says ${printable(said.at, 30)}, release ${printable(said.release, 20)}${changed}`;
  } catch {
    return `${handedInFileName} in it can't be read`;
  }
}
