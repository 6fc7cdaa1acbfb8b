import { execFile } from "node:child_process";
import { LabError } from "../../core/errors.js";
import { printable } from "../../lab/printable.js";
import { withoutPassword } from "../../lab/without-password.js";

export interface GitReply {
  readonly ok: boolean;
  readonly bytes: Uint8Array;
  /** The same as text, without the last line's end. */
  readonly text: string;
  /** What git said, in lines that are safe to show: no control characters, no password in an address. */
  readonly said: string;
  readonly timedOut: boolean;
}

const timeoutMs = 60_000;
const maxLines = 12;
const maxBuffer = 64 * 1024 * 1024;

/**
 * Runs git in a folder. It never asks for anything: whoever waits in a notebook would not see the question.
 *
 * @throws LabError NO_GIT where git is not installed.
 */
export function git(dir: string, args: readonly string[], ssh?: string): Promise<GitReply> {
  return new Promise((resolve, reject) => {
    const child = execFile(
      "git",
      args,
      { cwd: dir, timeout: timeoutMs, maxBuffer, encoding: "buffer", env: quietEnvironment(ssh) },
      (error, bytes, stderr) => {
        if (error?.code === "ENOENT") reject(noGit());
        const text = bytes.toString().trimEnd();
        const said = safeLines(stderr.toString().trim() || text);
        resolve({ ok: !error, bytes, text, said, timedOut: error?.killed === true });
      },
    );
    child.stdin?.end();
  });
}

function noGit(): LabError {
  return new LabError("NO_GIT", "git is not installed", 'Install git, or use submit({ to: "zip" }).');
}

function quietEnvironment(ssh: string | undefined): NodeJS.ProcessEnv {
  // In git's own language, whatever the machine speaks: what it says is looked at.
  const quiet = { ...process.env, LC_ALL: "C", GIT_TERMINAL_PROMPT: "0" };
  return ssh === undefined ? quiet : { ...quiet, GIT_SSH_COMMAND: ssh };
}

/** The student's own way to call ssh, told not to ask for a password; none where it is some other program. */
export async function quietSsh(dir: string): Promise<string | undefined> {
  const { GIT_SSH_COMMAND: command, GIT_SSH: program } = process.env;
  const configured = (await git(dir, ["config", "core.sshCommand"])).text;
  const ssh = command || configured || (program ? "" : "ssh");
  return ssh === "" ? undefined : `${ssh} -o BatchMode=yes`;
}

function safeLines(text: string): string {
  const lines = text.split(/[\r\n]+/).filter((line) => line.trim() !== "");
  return lines
    .slice(-maxLines)
    .map((line) => printable(withoutPassword(line), 200))
    .join("\n");
}
