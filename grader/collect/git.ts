import { type SimpleGit, simpleGit } from "simple-git";
import { allowedVariables, gitEnvironment } from "./git-environment.js";

/** What one call of git may cost. */
export interface GitBounds {
  readonly timeoutMs: number;
  readonly outputBytes: number;
  readonly signal?: AbortSignal;
}

/** git said no; `stderr` is text from outside. */
export class GitFailed extends Error {
  readonly stderr: string;
  readonly why: "failed" | "timeout" | "output" | "aborted";

  constructor(why: GitFailed["why"], stderr: string, options?: ErrorOptions) {
    super(`git ${why}`, options);
    this.name = "GitFailed";
    this.why = why;
    this.stderr = stderr;
  }
}

/** The instructor's own settings stay (keys, credential helpers, proxies); what could run or ask is turned off. */
const settings = [
  "core.hooksPath=/dev/null",
  "core.fsmonitor=false",
  "core.askPass=",
  // Somebody's habit of pruning would take away what is kept of a rewritten history.
  "fetch.prune=false",
  "remote.origin.prune=false",
  "fetch.recurseSubmodules=false",
  "submodule.recurse=false",
  "fetch.unpackLimit=1",
  "transfer.fsckObjects=true",
  "gc.auto=0",
  "maintenance.auto=false",
];

export interface GitPlace {
  /** The mirror's folder, absolute. Named to git: were it broken, git would take the repository around it. */
  readonly dir: string;
  /** Where `origin` is, for what talks to it; without, git can't reach out at all. */
  readonly address?: string;
  readonly config?: readonly string[];
}

/** Runs git and gives back its output as text. Arguments are git's own: no text of a student is an option. */
export async function git(
  place: GitPlace,
  args: readonly string[],
  bounds: GitBounds,
  input?: string,
): Promise<string> {
  return bounded(place, bounds, input, (client) => client.raw([...args]));
}

/** The bytes of a file, as they were committed: no filter, no line ends, no text encoding in between. */
export async function gitBlob(place: GitPlace, oid: string, bounds: GitBounds): Promise<Uint8Array> {
  return bounded(place, bounds, undefined, async (client) => {
    const bytes: unknown = await client.binaryCatFile(["blob", oid]);
    if (!(bytes instanceof Uint8Array)) throw new Error("simple-git gave something else than bytes");
    return bytes;
  });
}

/** What only the calls below need; nothing of a student's comes near them. */
const allowed = {
  allowUnsafeHooksPath: true,
  allowUnsafeFsMonitor: true,
  allowUnsafeAskPass: true,
  allowUnsafeSshCommand: true,
  allowUnsafeTemplateDir: true,
};

async function bounded<T>(
  { dir, address, config = [] }: GitPlace,
  { timeoutMs, outputBytes, signal }: GitBounds,
  input: string | undefined,
  run: (client: SimpleGit) => Promise<T>,
): Promise<T> {
  const timeout = AbortSignal.timeout(timeoutMs);
  const tooMuch = new AbortController();
  let stderr = "";
  const client = simpleGit({
    baseDir: dir,
    abort: AbortSignal.any([timeout, tooMuch.signal, ...(signal ? [signal] : [])]),
    config: [...settings, ...(address === undefined ? [] : [`remote.origin.url=${address}`]), ...config],
    allowEnvironment: allowedVariables(),
    unsafe: allowed,
    input: () => input,
    errors: (error, { exitCode, stdErr }) => {
      if (error === undefined && exitCode === 0) return undefined;
      stderr = textOf(stdErr);
      return error ?? new Error(`git ended with ${exitCode}`);
    },
  }).env(await gitEnvironment(dir, address));
  client.outputHandler(stopAfter(outputBytes, tooMuch));
  try {
    return await run(client);
  } catch (cause) {
    if (signal?.aborted) throw new GitFailed("aborted", "", { cause });
    if (timeout.aborted) throw new GitFailed("timeout", "", { cause });
    if (tooMuch.signal.aborted) throw new GitFailed("output", "", { cause });
    throw new GitFailed("failed", stderr, { cause });
  }
}

type OutputHandler = (command: string, stdout: NodeJS.ReadableStream, stderr: NodeJS.ReadableStream) => void;

function stopAfter(outputBytes: number, tooMuch: AbortController): OutputHandler {
  return (_, ...streams) => {
    let left = outputBytes;
    const count = (chunk: Buffer): void => {
      left -= chunk.length;
      if (left < 0) tooMuch.abort();
    };
    for (const stream of streams.slice(0, 2)) stream.on("data", count);
  };
}

function textOf(chunks: readonly Buffer[]): string {
  return Buffer.concat(chunks).subarray(0, 8_192).toString("utf8");
}
