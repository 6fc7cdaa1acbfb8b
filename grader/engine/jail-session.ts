import type { Jail, JailEnd } from "../sandbox/jail.js";
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
  #starved = false;

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
        resolve({ kind: "ended", end: this.#end, starved: this.#starved });
        return;
      }
      const stopWatching = this.#watch(limits);
      this.#pending = {
        id,
        settle: (outcome) => {
          this.#pending = undefined;
          stopWatching();
          resolve(outcome);
        },
      };
      if (body) sendFrame(this.#jail.channel, body);
    });
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
    this.#pending?.settle({ kind: "ended", end, starved: this.#starved });
  }

  /** Kills on the limits. The first sample, 50 ms late, is the base: most requests are over before it. */
  #watch(limits: WorkLimits): () => void {
    const started = performance.now();
    let base: ReturnType<Jail["usage"]> | undefined;
    const timer = setInterval(() => {
      const usage = this.#jail.usage();
      base ??= usage;
      const wallMs = performance.now() - started;
      if (usage.cpuMs - base.cpuMs > limits.cpuMs) {
        this.#jail.kill("cpu-time");
      } else if (wallMs > limits.wallMs) {
        // Who waits for a processor, and not for an answer, gets more time before we give up on the machine.
        this.#starved = usage.runDelayMs - base.runDelayMs > wallMs / 2;
        if (!this.#starved || wallMs > starvedFactor * limits.wallMs) this.#jail.kill("wall-time");
      }
    }, sampleMs);
    return () => clearInterval(timer);
  }
}
