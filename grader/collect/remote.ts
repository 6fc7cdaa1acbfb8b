import { createHash } from "node:crypto";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { LabError } from "../../src/core/errors.js";
import { printable } from "../../src/lab/printable.js";
import { withoutPassword } from "../../src/lab/without-password.js";

export interface Remote {
  /** What git is given. */
  readonly address: string;
  /** Name of the mirror's folder; no part of a user name or password. */
  readonly name: string;
  /** The repository's folder where it lies on this machine. */
  readonly localPath?: string;
}

const schemes = ["file", "git", "ssh", "http", "https"];

/**
 * Checks the `remote` of a student or a group.
 *
 * @throws LabError BAD_REMOTE where git would take it for an option or a command, or can't know it.
 */
export function parseRemote(text: string, courseDir: string): Remote {
  const refuse = (why: string): LabError =>
    new LabError(
      "BAD_REMOTE",
      `the remote "${printable(withoutPassword(text))}" ${why}`,
      "Write a URL (https, ssh, git, file) or a path into course.yaml.",
    );
  if (text.startsWith("-")) throw refuse("begins with a dash, which git takes for an option");
  if (/[\p{Cc}\p{Zl}\p{Zp}]/u.test(text)) throw refuse("has control characters in it");
  // `ext::sh -c …` and its like run a program.
  if (/^[\w+.-]+::/.test(text)) throw refuse("names a helper program");
  const scheme = /^([\w+.-]+):\/\//.exec(text)?.[1]?.toLowerCase();
  if (scheme !== undefined && !schemes.includes(scheme)) throw refuse(`has the scheme ${scheme}`);
  if (text.trim() === "") throw refuse("is empty");
  const localPath = localPathOf(text, scheme, courseDir);
  const address = localPath ?? text;
  return { address, name: nameOf(address), ...(localPath === undefined ? {} : { localPath }) };
}

function localPathOf(text: string, scheme: string | undefined, courseDir: string): string | undefined {
  if (scheme === "file") {
    try {
      return fileURLToPath(text);
    } catch {
      return undefined;
    }
  }
  // git takes `host:path` for ssh unless a slash comes before the colon.
  return scheme !== undefined || /^[^/]+:/.test(text) ? undefined : path.resolve(courseDir, text);
}

function nameOf(address: string): string {
  const readable = withoutPassword(address)
    .replace(/[?#].*$/, "")
    .split(/[/:]/)
    .filter((part) => part !== "")
    .slice(-2)
    .join("-")
    .replace(/[^A-Za-z0-9._-]+/g, "_")
    .replace(/^[.-]+/, "")
    .slice(-40);
  const hash = createHash("sha256").update(address).digest("hex").slice(0, 16);
  return `${readable || "remote"}-${hash}`;
}
