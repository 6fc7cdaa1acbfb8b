import { realpathSync } from "node:fs";
import { dirname, relative, sep } from "node:path";
import { LabError } from "../../core/errors.js";
import { printable } from "../../lab/printable.js";
import { withoutPassword } from "../../lab/without-password.js";
import { type GitReply, git, quietSsh } from "./git.js";
import type { Destination } from "./receipt.js";

export interface Pushed {
  readonly to: Destination & { readonly kind: "git" };
  /** The notebook as the commit has it: filters and line ends may have changed it. */
  readonly bytes: Uint8Array;
}

/**
 * Commits the notebook, and nothing else, and pushes the branch. A notebook that has not changed since the last
 * commit is pushed as it is. `check` may refuse what was committed before it is pushed.
 *
 * @throws LabError with what is missing, what was done already and what to run.
 */
export async function pushNotebook(
  notebookPath: string,
  lab: string,
  check: (committed: Uint8Array) => void,
): Promise<Pushed> {
  const dir = dirname(notebookPath);
  const root = await rootOf(dir);
  const path = relative(realpathSync(root), realpathSync(notebookPath)).split(sep).join("/");
  const branch = await branchOf(root);
  await needRemote(root);
  await refuseHalfDone(root);
  await commit(root, path, lab);
  const head = await must(root, ["rev-parse", "HEAD"]);
  const { bytes } = await git(root, ["cat-file", "blob", `HEAD:${path}`]);
  check(bytes);
  await push(root, branch, head);
  const address = withoutPassword(await must(root, ["remote", "get-url", remote]));
  return { to: { kind: "git", remote: `${remote} (${printable(address)})`, branch, commit: head }, bytes };
}

async function must(root: string, args: readonly string[]): Promise<string> {
  const reply = await git(root, args);
  if (reply.ok) return reply.text;
  throw new LabError("GIT_FAILED", `git ${args[0]} failed: ${reply.said}`, "Mend it, then submit again.");
}

async function rootOf(dir: string): Promise<string> {
  const reply = await git(dir, ["rev-parse", "--show-toplevel"]);
  if (reply.ok) return reply.text;
  throw new LabError(
    "NO_REPOSITORY",
    `${dir} is in no git repository (${reply.said})`,
    'Clone the course repository with git, or use submit({ to: "zip" }).',
  );
}

async function branchOf(root: string): Promise<string> {
  const reply = await git(root, ["symbolic-ref", "-q", "--short", "HEAD"]);
  if (reply.ok) return reply.text;
  throw new LabError(
    "DETACHED_HEAD",
    `${root} is on no branch, so there is nothing that could be pushed`,
    "Go back to one, such as: git switch main. Then submit again.",
  );
}

/**
 * Only where the student has said so: `origin` may be the course's own, where everybody would read the answers, and
 * the next publication would take the notebook's place.
 */
const remote = "submit";

async function needRemote(root: string): Promise<void> {
  if ((await must(root, ["remote"])).split("\n").includes(remote)) return;
  throw new LabError(
    "NO_REMOTE",
    `${root} has no remote named ${remote}, which says where your own repository is`,
    `Add the address that your course gave you, or that of your own copy: git remote add ${remote} ADDRESS. Then submit again.`,
  );
}

/** A commit of one file is not possible in the middle of a merge, and would end it in a way nobody wants. */
async function refuseHalfDone(root: string): Promise<void> {
  for (const name of ["MERGE_HEAD", "CHERRY_PICK_HEAD", "REVERT_HEAD"]) {
    const { ok } = await git(root, ["rev-parse", "-q", "--verify", name]);
    if (ok)
      throw new LabError(
        "HALF_DONE_MERGE",
        `${root} is in the middle of a ${name.replace("_HEAD", "").replace("_", "-").toLowerCase()}`,
        "Finish it (git status says how), then submit again.",
      );
  }
}

async function commit(root: string, path: string, lab: string): Promise<void> {
  const added = await git(root, ["add", "--", `:(top,literal)${path}`]);
  if (!added.ok) throw notCommitted(added, path);
  const staged = await git(root, ["diff", "--cached", "--quiet", "--", `:(top,literal)${path}`]);
  if (staged.ok) return;
  const identity = await git(root, ["var", "GIT_COMMITTER_IDENT"]);
  if (!identity.ok)
    throw new LabError(
      "GIT_NO_NAME",
      "git does not know your name, which a commit needs",
      'Run: git config --global user.name "Your Name" and git config --global user.email you@example.org. ' +
        "Then submit again.",
    );
  const done = await git(root, ["commit", "-m", `Hand in ${lab}`, "--", `:(top,literal)${path}`]);
  if (!done.ok) throw notCommitted(done, path);
}

function notCommitted({ said, timedOut }: GitReply, path: string): LabError {
  return new LabError(
    "NOT_COMMITTED",
    `git did not commit ${path}${timedOut ? " within a minute" : ""}: ${said}`,
    "Nothing was handed in. Mend what git says, then submit again.",
  );
}

async function push(root: string, branch: string, head: string): Promise<void> {
  const reply = await git(root, ["push", remote, `HEAD:refs/heads/${branch}`], await quietSsh(root));
  if (reply.ok) return;
  const problem = reply.timedOut ? "did not answer within a minute" : `refused the push:\n${reply.said}\n`;
  throw new LabError(
    "PUSH_REFUSED",
    `${remote} ${problem}Nothing was handed in yet; nothing is lost either: your notebook is in commit ${head.slice(0, 10)}`,
    nextStep(reply, branch),
  );
}

function nextStep({ said }: GitReply, branch: string): string {
  if (/\[rejected\]|fetch first|non-fast-forward/.test(said))
    return `It has commits that you do not have. Run: git pull --no-rebase ${remote} ${branch}. Then submit again.`;
  return `When it is mended, submit again, or run: git push ${remote} HEAD:${branch}`;
}
