import { execFileSync, spawn } from "node:child_process";
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Block } from "./read-commands.js";

const root = path.join(import.meta.dirname, "..");

/** Empty ones; the course's own, and that of a student. */
const repositories = ["edge-ai.git", "s12345/edge-ai.git"];

/** What a block of commands did. */
export interface Outcome {
  readonly exit: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Stopped, because it did not end in time. */
  readonly late: boolean;
}

/** Where blocks run: folders below one in which edgelab is installed, as `npm install` would have done it. */
export class Workshop {
  readonly #dir = realpathSync(mkdtempSync(path.join(tmpdir(), "edgelab-docs-")));
  #fresh = 0;

  constructor() {
    // A sandbox run by root belongs to nobody, who has to enter.
    chmodSync(this.#dir, 0o755);
    const bin = path.join(this.#dir, "node_modules", ".bin");
    mkdirSync(bin, { recursive: true });
    symlinkSync(root, path.join(this.#dir, "node_modules", "edgelab"));
    symlinkSync(path.join(root, "dist/grader/cli.js"), path.join(bin, "grader"));
    symlinkSync(path.join(root, "dist/src/notebook/cli.js"), path.join(bin, "edgelab"));
    for (const name of repositories)
      execFileSync("git", ["init", "--quiet", "--bare", "--initial-branch=main", this.#repository(name)]);
    writeFileSync(path.join(this.#dir, ".gitconfig"), this.#gitConfig());
  }

  /** Runs a block in its folder, with nothing to read from and no one to ask; or writes the file that it is. */
  async run({ code, mark }: Block, timeLimitMs: number): Promise<Outcome> {
    if (mark.kind !== "run" && mark.kind !== "write") throw new Error(`this block is marked "${mark.kind}"`);
    const folder = path.join(this.#dir, mark.folder ?? `fresh-${++this.#fresh}`);
    mkdirSync(folder, { recursive: true });
    if (mark.kind === "write") {
      writeFileSync(path.join(folder, mark.file), `${code}\n`);
      return { exit: 0, stdout: "", stderr: "", late: false };
    }
    for (const name of mark.copies)
      cpSync(path.join(root, name), path.join(folder, name), { recursive: true });
    return runShell(code, folder, this.#environment(), timeLimitMs);
  }

  #repository(name: string): string {
    return path.join(this.#dir, "git", name);
  }

  /** The addresses that the pages name are repositories here. */
  #gitConfig(): string {
    const addresses = repositories.map(
      (name) => `[url "${this.#repository(name)}"]\n\tinsteadOf = https://git.example.org/${name}\n`,
    );
    return `[user]\n\tname = Docs\n\temail = docs@example.org\n[init]\n\tdefaultBranch = main\n${addresses.join("")}`;
  }

  close(): void {
    rmSync(this.#dir, { recursive: true, force: true });
  }

  #environment(): NodeJS.ProcessEnv {
    const { PATH, LANG, TMPDIR } = process.env;
    return {
      PATH,
      LANG,
      TMPDIR,
      HOME: this.#dir,
      CI: "1",
      NO_COLOR: "1",
      GIT_TERMINAL_PROMPT: "0",
      npm_config_offline: "true",
      npm_config_update_notifier: "false",
    };
  }
}

function runShell(code: string, cwd: string, env: NodeJS.ProcessEnv, timeLimitMs: number): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    // A group of its own, so that whatever it started ends with it.
    const shell = spawn("sh", ["-e", "-c", code], {
      cwd,
      env,
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const output = { stdout: "", stderr: "" };
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      if (shell.pid !== undefined) process.kill(-shell.pid, "SIGKILL");
    }, timeLimitMs);
    for (const stream of ["stdout", "stderr"] as const)
      shell[stream].setEncoding("utf8").on("data", (text: string) => {
        output[stream] += text;
      });
    shell.once("error", reject);
    shell.once("close", (exit) => {
      clearTimeout(timer);
      resolve({ ...output, exit, late });
    });
  });
}

/**
 * Whether an output is what a page shows. In the page "…" stands for anything in a line, and a line of it alone for
 * any number of lines; how long something took may differ.
 */
export function isAsShown(output: string, shown: string): boolean {
  const lines = timeless(shown)
    .split("\n")
    .map((line) => line.trimEnd());
  const pattern = lines.map((line, i) => {
    if (line.trim() === "…") return "(?:.*\\n)*?";
    return `${line.split("…").map(escaped).join(".*")}${i === lines.length - 1 ? "" : "[ ]*\\n"}`;
  });
  return new RegExp(`^${pattern.join("")}\\s*$`).test(`${timeless(output).trimEnd()}\n`);
}

function timeless(text: string): string {
  return text.replace(/\b\d+([.,]\d+)?(?= ?(ms|s|min)\b)/g, "0");
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}
