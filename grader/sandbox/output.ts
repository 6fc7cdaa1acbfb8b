import type { Readable } from "node:stream";
import { StringDecoder } from "node:string_decoder";
import type { JailLimits } from "./jail.js";

/** Keeps the beginning of what a jail prints, drops the rest, and calls `onFlood` when there is no end to it. */
export class Output {
  readonly #limits: Pick<JailLimits, "outputBytes" | "floodBytes">;
  readonly #onFlood: () => void;
  #kept = "";
  #keptBytes = 0;
  #totalBytes = 0;

  constructor(limits: Pick<JailLimits, "outputBytes" | "floodBytes">, onFlood: () => void) {
    this.#limits = limits;
    this.#onFlood = onFlood;
  }

  collect(stream: Readable): void {
    // One decoder a stream: a character may be cut in two by a chunk's end.
    const decoder = new StringDecoder("utf8");
    stream.on("data", (chunk: Buffer) => this.#add(chunk, decoder));
    stream.on("error", () => stream.destroy());
  }

  /** What was printed since the last call. */
  take(): string {
    const taken = this.#kept;
    this.#kept = "";
    this.#keptBytes = 0;
    return taken;
  }

  #add(chunk: Buffer, decoder: StringDecoder): void {
    const room = this.#limits.outputBytes - this.#keptBytes;
    if (room > 0) this.#kept += decoder.write(chunk.subarray(0, room));
    this.#keptBytes += Math.min(chunk.length, Math.max(room, 0));
    this.#totalBytes += chunk.length;
    if (this.#totalBytes > this.#limits.floodBytes) this.#onFlood();
  }
}
