import path from "node:path";
import { LabError } from "../../../src/core/errors.js";
import { withoutPassword } from "../../../src/lab/without-password.js";
import { safe } from "../../terminal/cell.js";

/** A remote as git gets it: a URL as it is, a path made absolute, since git works in another folder. */
export function checkRemote(remote: string, workingDir: string): string {
  const unsafe =
    remote === "" || remote.startsWith("-") || /^[\w.+-]+::/.test(remote) || /\p{Cc}/u.test(remote);
  if (unsafe)
    throw new LabError(
      "BAD_REMOTE",
      `"${safe(withoutPassword(remote))}" is no address to publish to`,
      "Give the URL of a git repository, or the path of a bare one.",
    );
  const isUrl = /^[a-z][\w+.-]*:\/\//i.test(remote) || /^[^/\\]+:/.test(remote);
  return isUrl ? remote : path.resolve(workingDir, remote);
}
