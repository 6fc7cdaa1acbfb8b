import type { Jail, JailEnd, JailUsage } from "../sandbox/jail.js";
import { receiveFrames, sendFrame } from "./frames.js";

export interface WorkLimits {
  readonly cpuMs: number;
  readonly wallMs: number;
}

/** What became of a request: a report, or the end of the jail. */
export type WorkOutcome<Report> =
  | { readonly kind: "report"; readonly report: Report }
  | {
      readonly kind: "ended";
      readonly end: JailEnd;
      /** Wall time was up while its threads waited for a processor: the machine's fault, not the program's. */
      readonly starved: boolean;
    };

const sampleMs = 50;
const starvedFactor = 5;
const maxFrameBytes = 12 * 1024 * 1024;

/**
 * One jail and its pipe: one request at a time, each within limits of its own. A frame that was not asked
 * for, or that can't be read, ends the jail.
 */
export class JailSession<Report> {
  readonly #jail: Jail;
  readonly #read: (frame: Buffer) => { readonly id: string; readonly report: Report };
  #pending: { readonly id: string; readonly settle: (outcome: WorkOutcome<Report>) => void } | undefined;
  #end: JailEnd | undefined;
  #spentMs = 0;

  constructor(jail: Jail, read: (frame: Buffer) => { readonly id: string; readonly report: Report }) {
    this.#jail = jail;
    this.#read = read;
    receiveFrames(
      jail.channel,
      maxFrameBytes,
      (frame) => this.#onFrame(frame),
      () => jail.kill("protocol"),
    );
    // A write to a jail that has just ended is no error of ours: `ended` tells what happened.
    jail.channel.on("error", () => {});
    void jail.ended.then((end) => this.#onEnd(end));
  }

  get alive(): boolean {
    return this.#end === undefined;
  }

  /** Sends `body` and waits for the frame with this id; `body` is left out to wait for a first sign of life. */
  request(id: string, body: Uint8Array | undefined, limits: WorkLimits): Promise<WorkOutcome<Report>> {
    return new Promise((resolve) => {
      if (this.#end) {
        resolve({ kind: "ended", end: this.#end, starved: false });
        return;
      }
      const watch = new Watch(this.#jail, limits);
      this.#pending = {
        id,
        settle: (outcome) => {
          this.#pending = undefined;
          this.#spentMs += watch.stop();
          resolve(outcome.kind === "report" ? outcome : { ...outcome, starved: watch.starved });
        },
      };
      if (body) sendFrame(this.#jail.channel, body);
    });
  }

  /** Time that requests took, but for what was spent waiting for a processor; the parts below 50 ms are not counted. */
  get spentMs(): number {
    return this.#spentMs;
  }

  takeOutput(): string {
    return this.#jail.takeOutput();
  }

  close(): Promise<JailEnd> {
    this.#jail.kill("done");
    return this.#jail.ended;
  }

  #onFrame(frame: Buffer): void {
    const { id, report } = this.#read(frame);
    if (this.#pending?.id !== id) throw new Error("a frame that nobody asked for");
    this.#pending.settle({ kind: "report", report });
  }

  #onEnd(end: JailEnd): void {
    this.#end = end;
    this.#pending?.settle({ kind: "ended", end, starved: false });
  }
}

/**
 * Kills on the limits. The first sample, 50 ms late, is the base: most requests are over before it. Time in
 * which this very process did not run (stopped, or a paused machine) does not count.
 */
class Watch {
  readonly #jail: Jail;
  readonly #limits: WorkLimits;
  readonly #timer: NodeJS.Timeout;
  #base: JailUsage | undefined;
  #lastMs = performance.now();
  #elapsedMs = 0;
  #delayMs = 0;
  #stopped = false;
  /** Wall time was up while its busiest thread waited for a processor. */
  starved = false;

  constructor(jail: Jail, limits: WorkLimits) {
    this.#jail = jail;
    this.#limits = limits;
    this.#timer = setInterval(() => this.#look(), sampleMs);
  }

  /** Gives the time spent, without that of waiting for a processor. */
  stop(): number {
    this.#stopped = true;
    clearInterval(this.#timer);
    return Math.max(0, this.#elapsedMs - this.#delayMs);
  }

  #look(): void {
    const now = performance.now();
    this.#elapsedMs += Math.min(now - this.#lastMs, 4 * sampleMs);
    this.#lastMs = now;
    const usage = this.#jail.usage();
    this.#base ??= usage;
    this.#delayMs = usage.runDelayMs - this.#base.runDelayMs;
    if (usage.cpuMs - this.#base.cpuMs > this.#limits.cpuMs) this.#jail.kill("cpu-time");
    else if (this.#elapsedMs > this.#limits.wallMs) this.#giveUp();
  }

  /** Who waits for a processor, and not for an answer, gets more time before we give up on the machine. */
  #giveUp(): void {
    const starved = this.#delayMs > this.#elapsedMs / 2;
    if (starved && this.#elapsedMs < starvedFactor * this.#limits.wallMs) return;
    clearInterval(this.#timer);
    // What lies in the pipe is read first: the answer may be there.
    setImmediate(() => {
      if (this.#stopped) return;
      this.starved = starved;
      this.#jail.kill("wall-time");
    });
  }
}
