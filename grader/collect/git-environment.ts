import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** Through these only, and none where git is to read what lies here already. */
const protocols = { network: "file:git:ssh:http:https", none: "none" } as const;

const passedOn = ["GIT_SSH_COMMAND", "GIT_SSL_CAINFO", "GIT_SSL_CAPATH"];
const guarded = /^(GIT_.*|EDITOR|VISUAL|PAGER|PREFIX|SSH_ASKPASS)$/i;

/** The variables that git must be allowed to see: simple-git takes all others of git's own away. */
export function allowedVariables(): string[] {
  return [...passedOn, ...Object.keys(ourEnvironment("", undefined))];
}

function ourEnvironment(dir: string, address: string | undefined): Record<string, string> {
  return {
    GIT_DIR: dir,
    GIT_ALLOW_PROTOCOL: address === undefined ? protocols.none : protocols.network,
    GIT_TERMINAL_PROMPT: "0",
    GIT_NO_LAZY_FETCH: "1",
    GIT_NO_REPLACE_OBJECTS: "1",
    LC_ALL: "C",
  };
}

/** The environment of one git: the instructor's, without what could ask, run or lead elsewhere. */
export async function gitEnvironment(
  dir: string,
  address: string | undefined,
): Promise<Record<string, string>> {
  const inherited: Record<string, string> = {};
  for (const [name, value] of Object.entries(process.env))
    if (value !== undefined && (!guarded.test(name) || passedOn.includes(name))) inherited[name] = value;
  const ours = ourEnvironment(dir, address);
  if (address === undefined) return { ...inherited, ...ours };
  // BatchMode: a question for a password or an unknown host would wait for ever.
  const ssh = `${process.env.GIT_SSH_COMMAND ?? (await sshCommand())} -oBatchMode=yes -oConnectTimeout=20`;
  return { ...inherited, ...ours, GIT_SSH_COMMAND: ssh };
}

let configured: Promise<string> | undefined;

/** What the instructor set as core.sshCommand, since the variable that we need takes its place. */
function sshCommand(): Promise<string> {
  configured ??= promisify(execFile)("git", ["config", "--global", "--get", "core.sshCommand"]).then(
    ({ stdout }) => stdout.trim() || "ssh",
    () => "ssh",
  );
  return configured;
}
