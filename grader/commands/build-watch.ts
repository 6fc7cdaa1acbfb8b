import { type FSWatcher, watch } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { LabError } from "../../src/core/errors.js";
import { loadLab } from "../authoring/load-lab.js";
import { loadMutants, loadTests } from "../authoring/load-tests.js";
import type { ExitReason, Terminal } from "../terminal/terminal.js";
import { build } from "./build.js";

/** How long nothing may change before a build begins: an editor saves in several steps. */
const quietMs = 100;

/** What a lab is made of; what a build writes is not among it, or each build would begin the next. */
const folders = {
  "": /^(lab|notebook|evaluate)\.ts$|^(public|hidden|mutants)$/,
  public: /\.ts$/,
  hidden: /\.ts$/,
  mutants: /\.ts$/,
} as const;

/** `grader build --watch`: builds, and again after each edit, until it is stopped. An error is said and waited over. */
export async function watchBuild(labDir: string, terminal: Terminal, stop: AbortSignal): Promise<ExitReason> {
  const watched = new WatchedLab(labDir);
  stop.addEventListener("abort", () => watched.wake(), { once: true });
  try {
    while (!stop.aborted) {
      watched.begin();
      await buildOnce(watched, terminal);
      await watched.untilChanged(stop);
    }
  } finally {
    watched.close();
  }
  return "done";
}

async function buildOnce(watched: WatchedLab, terminal: Terminal): Promise<void> {
  const labDir = watched.dir;
  const time = new Date().toTimeString().slice(0, 8);
  try {
    const { lab, release } = await build(labDir, { check: false });
    terminal.print(`${time}  built ${lab}, release ${release}`);
    const loaded = await loadLab(labDir);
    await loadTests(loaded);
    await loadMutants(loaded);
  } catch (error) {
    if (!(error instanceof LabError)) throw error;
    // A file that is being saved may have been read in the middle of it: what comes next says more.
    await delay(quietMs);
    if (watched.isChanged) return;
    terminal.note(`${time}  ${error.message}`);
  }
}

/**
 * The lab's folders, and whether something in them has changed. Folders are watched and not files: many editors
 * write a new file and put it in the old one's place, and a watch on the old one would see nothing more.
 */
class WatchedLab {
  readonly dir: string;
  readonly #watchers = new Map<string, FSWatcher>();
  isChanged = false;
  #onChange = (): void => {};

  constructor(dir: string) {
    this.dir = dir;
  }

  /** From now on changes count; a folder that is new since the last time is watched too. */
  begin(): void {
    this.isChanged = false;
    for (const [folder, names] of Object.entries(folders)) this.#watch(folder, names);
  }

  async untilChanged(stop: AbortSignal): Promise<void> {
    while (!this.isChanged && !stop.aborted)
      await new Promise<void>((resolve) => {
        this.#onChange = resolve;
      });
    while (this.isChanged && !stop.aborted) {
      this.isChanged = false;
      await delay(quietMs);
    }
  }

  wake(): void {
    this.#onChange();
  }

  close(): void {
    for (const watcher of this.#watchers.values()) watcher.close();
  }

  #watch(folder: string, names: RegExp): void {
    if (this.#watchers.has(folder)) return;
    try {
      const watcher = watch(join(this.dir, folder), (event, name) => {
        if (name === null || names.test(name)) {
          this.isChanged = true;
          this.wake();
        }
        // A folder that was removed may come back; this watcher would not see it.
        if (event === "rename" && name !== null && name in folders && folder === "") this.#forget(name);
      });
      watcher.on("error", () => this.#forget(folder));
      this.#watchers.set(folder, watcher);
    } catch (cause) {
      if (cause instanceof Error && "code" in cause && cause.code === "ENOENT" && folder !== "") return;
      throw new LabError(
        "CANNOT_WATCH",
        `${join(this.dir, folder)} cannot be watched (${cause instanceof Error ? cause.message : cause})`,
        "Build after each edit instead, without --watch.",
        { cause },
      );
    }
  }

  #forget(folder: string): void {
    this.#watchers.get(folder)?.close();
    this.#watchers.delete(folder);
  }
}
