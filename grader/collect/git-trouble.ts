import { printable } from "../../src/lab/printable.js";
import { withoutPassword } from "../../src/lab/without-password.js";
import { GitFailed } from "./git.js";
import { CannotTake } from "./outcome.js";

interface Trouble {
  readonly sign: RegExp;
  readonly problem: string;
  readonly nextStep: string;
}

/** What git says (in English, by LC_ALL), and what it means for whoever collects. The first that fits counts. */
const troubles: readonly Trouble[] = [
  {
    sign: /Host key verification failed/i,
    problem: "the server's key is not known here",
    nextStep: "Connect once with ssh, and compare the key.",
  },
  {
    sign: /dubious ownership/i,
    problem: "git refuses a repository that belongs to another user of this machine",
    nextStep: "Allow it: git config --global --add safe.directory PATH.",
  },
  {
    sign: /authentication failed|permission denied|could not read (username|password)|prompts disabled|\b40[13]\b|access denied|not allowed to/i,
    problem: "the server does not let us in",
    nextStep: "Ask for access, or set up a key or a credential helper for git.",
  },
  {
    sign: /could not resolve|connection (refused|timed out|reset)|unable to (connect|look up)|network is unreachable|no route to host|failed to connect|timed out/i,
    problem: "the server can't be reached",
    nextStep: "Collect again later.",
  },
  {
    sign: /does not appear to be a git repository|repository .*(not found|not exported)|does not exist|no such file|not found|access denied or repository/i,
    problem: "there is no repository at the remote",
    nextStep: "Look at the remote in course.yaml, and ask the student.",
  },
  {
    sign: /fsck|bad object|index-pack|invalid|malformed|corrupt/i,
    problem: "the repository has objects that git finds broken or dangerous",
    nextStep: "Ask for a fresh repository with the notebook in it.",
  },
];

/** One line out of what went wrong with git. */
export function troubleOf(failure: unknown): CannotTake {
  if (!(failure instanceof GitFailed)) throw failure;
  const options = { cause: failure };
  if (failure.why === "timeout")
    return new CannotTake("failed", "the remote took too long", "Collect again with --student.", options);
  if (failure.why === "output")
    return new CannotTake(
      "failed",
      "the remote has far too many names in it",
      "Look at it by hand.",
      options,
    );
  const { stderr } = failure;
  const known = troubles.find(({ sign }) => sign.test(stderr));
  if (known) return new CannotTake("failed", known.problem, known.nextStep, options);
  const last = stderr.trim().split("\n").at(-1) ?? "";
  const said = printable(withoutPassword(last), 120);
  return new CannotTake("failed", `git failed: ${said || "without a word"}`, "Look at the remote.", options);
}
