import { GitPluginError } from "simple-git";
import { LabError } from "../../../src/core/errors.js";
import { withoutPassword } from "../../../src/lab/without-password.js";
import { safe } from "../../terminal/cell.js";

/** Somebody else pushed between our looking and our pushing. */
export class RemoteMoved extends Error {}

/** What a failed git command says, as the error that a person gets: git's own line, and what to do. */
export function gitProblem(error: unknown, remote: string): Error {
  const where = safe(withoutPassword(remote));
  if (error instanceof GitPluginError && error.plugin === "abort") return error;
  if (error instanceof GitPluginError && error.plugin === "timeout")
    return new LabError("REMOTE_SILENT", `${where} said nothing for too long`, "Try again when it answers.");
  const message = error instanceof Error ? error.message : String(error);
  if (/ENOENT/.test(message) && /spawn/.test(message))
    return new LabError("NO_GIT", "git is not installed here", "Install it: apt install git.");
  if (moved.test(message)) return new RemoteMoved(tellingLine(message));
  const known = advice.find(({ sign }) => sign.test(message));
  return new LabError(
    known?.code ?? "GIT_FAILED",
    `git could not do it with ${where}: ${tellingLine(message)}`,
    known?.nextStep ?? "Look at the address and at your access to it, then publish again.",
  );
}

const moved =
  /\[rejected\].*\((fetch first|non-fast-forward|stale info|already exists)\)|\[remote rejected\].*(cannot lock ref|failed to update ref|reference already exists)/;

const advice: readonly { readonly code: string; readonly sign: RegExp; readonly nextStep: string }[] = [
  {
    code: "REMOTE_REFUSED",
    sign: /\[remote rejected\]|hook declined|protected branch/,
    nextStep:
      "The repository has a rule against this push: allow it there, then publish again. Nothing was changed.",
  },
  {
    code: "NO_ATOMIC_PUSH",
    sign: /does not support --atomic/,
    nextStep:
      "Publish to a server that takes a branch and its tag in one step, which today's git servers do.",
  },
  {
    code: "REMOTE_ACCESS",
    sign: /could not read (Username|Password)|Permission denied|Authentication failed|access rights|access denied|HTTP 40[13]|returned error: 40[13]/i,
    nextStep:
      "Make sure that `git push` to it works for you without a question: an ssh key in the agent, or a credential helper.",
  },
  {
    code: "REMOTE_UNREACHABLE",
    sign: /Could not resolve host|unable to connect|Connection (refused|timed out|reset)|Network is unreachable|unable to access/i,
    nextStep: "Look at the address and at the network, then publish again.",
  },
  {
    code: "NO_REPOSITORY",
    sign: /does not appear to be a git repository|does not exist|not found|not exported/i,
    nextStep: "Make an empty repository there first: git init --bare PATH, or the button on your git server.",
  },
];

/** git says much; the line that tells why is its last complaint that is no general remark. */
function tellingLine(message: string): string {
  const lines = message
    .split(/[\r\n]+/)
    .map((line) => line.trim())
    .filter((line) => line !== "" && !general.test(line));
  const reason =
    lines.find((line) => /\[(remote )?rejected\]/.test(line)) ??
    lines.find((line) => /^(fatal|error|remote|ssh|ERROR):?/.test(line)) ??
    lines.at(0) ??
    "no reason given";
  const said = lines
    .filter((line) => line.startsWith("remote:") && line !== reason)
    .map((line) => line.slice(7).trim());
  const text = [reason, ...said].join(" · ").replace(/\t/g, " ");
  return safe(withoutPassword(text)).slice(0, 400);
}

const general =
  /^(Cloning into|hint:|To |Pushing to|Done$|error: failed to push|(remote: )?(Counting|Compressing|Enumerating|Writing|Receiving|Resolving|Total|Delta)|fatal: Could not read from remote|Please make sure|and the repository exists)/;
