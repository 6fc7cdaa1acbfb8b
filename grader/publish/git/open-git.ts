import { devNull } from "node:os";
import { type SimpleGit, simpleGit } from "simple-git";

export interface GitOptions {
  readonly dir: string;
  /** git is ended after so long without a sign of life. */
  readonly patienceMs: number;
  readonly signal?: AbortSignal | undefined;
  /** An index file of one's own, as a repository without a work tree needs one to build a commit in. */
  readonly indexFile?: string;
  /** What the command reads. */
  readonly input?: string;
}

/**
 * git as publishing runs it: it asks for nothing, and runs no hook. Nothing is ever checked out, so links,
 * submodules and filters of what others pushed are names in a list to it.
 */
export async function openGit(options: GitOptions): Promise<SimpleGit> {
  const { dir, patienceMs, signal, indexFile, input } = options;
  const env = environment(process.env, indexFile);
  const git = simpleGit({
    baseDir: dir,
    config: [...config, `http.lowSpeedTime=${Math.ceil(patienceMs / 1000)}`],
    timeout: { block: patienceMs },
    allowEnvironment: ["GIT_SSH_COMMAND", ...Object.keys(env).filter((name) => name.startsWith("GIT_"))],
    unsafe: {
      allowUnsafeAskPass: true,
      allowUnsafeConfigPaths: true,
      allowUnsafeHooksPath: true,
      allowUnsafeProtocolOverride: true,
      allowUnsafeSshCommand: true,
      allowUnsafeTemplateDir: true,
    },
    ...(signal ? { abort: signal } : {}),
    // With somebody listening, git says how far it is: the sign of life that the patience waits for.
    progress: () => undefined,
    ...(input === undefined ? {} : { input: () => input }),
  }).env(env);
  const ssh =
    env.GIT_SSH_COMMAND ?? (await git.raw(["config", "--get", "--default", "ssh", "core.sshCommand"]));
  return git.env({ ...env, GIT_SSH_COMMAND: `${ssh.trim()} -o BatchMode=yes -o ConnectTimeout=20` });
}

const config = [
  `core.hooksPath=${devNull}`,
  "core.symlinks=false",
  "fetch.recurseSubmodules=false",
  "push.recurseSubmodules=no",
  "push.followTags=false",
  "protocol.ext.allow=never",
  "init.defaultBranch=main",
  "user.useConfigOnly=true",
  "gc.auto=0",
  "http.lowSpeedLimit=1",
];

/** What of the user's own settings git may see; whatever else begins with GIT_ stays behind. */
const kept =
  /^GIT_(CONFIG_(GLOBAL|SYSTEM|NOSYSTEM)|(AUTHOR|COMMITTER)_(NAME|EMAIL)|SSH_COMMAND|SSL_\w+|CEILING_DIRECTORIES)$/;
const dropped = /^(GIT_.*|EDITOR|PAGER|VISUAL|PREFIX|SSH_ASKPASS|LANG|LANGUAGE|LC_.*)$/;

function environment(user: NodeJS.ProcessEnv, indexFile: string | undefined): Record<string, string> {
  const own = Object.entries(user).filter(([name]) => kept.test(name) || !dropped.test(name));
  return {
    ...(Object.fromEntries(own) as Record<string, string>),
    // Its messages are read, and its answers are for whoever started the command, not for a prompt.
    LC_ALL: "C",
    GIT_TERMINAL_PROMPT: "0",
    GIT_ASKPASS: "",
    GCM_INTERACTIVE: "never",
    ...(indexFile === undefined ? {} : { GIT_INDEX_FILE: indexFile }),
  };
}
