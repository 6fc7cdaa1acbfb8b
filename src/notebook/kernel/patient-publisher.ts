import { createRequire } from "node:module";
import type { MessageLike, Publisher } from "zeromq";

// tslab's own copy of zeromq, wherever npm put it.
const zeromq = createRequire(createRequire(import.meta.url).resolve("tslab/package.json"))("zeromq") as {
  readonly Publisher: typeof Publisher;
};

/**
 * A publisher that sends one message after the other and drops none.
 *
 * zeromq's own takes 512 sends in a turn of the event loop and refuses the rest, which tslab does not notice: a
 * cell that prints 3,000 lines shows about 500 of them, and the message that it is done is lost as well. It
 * also drops what a slow reader leaves above its high-water mark of 1,000 messages.
 */
export class PatientPublisher extends zeromq.Publisher {
  #last: Promise<void> = Promise.resolve();

  constructor() {
    super({ sendHighWaterMark: 0 });
  }

  override send(message: MessageLike | MessageLike[]): Promise<void> {
    // A socket that was closed meanwhile has no reader who misses anything.
    this.#last = this.#last.then(() => (this.closed ? undefined : super.send(message)));
    return this.#last;
  }
}

/** Has tslab publish through it, which creates its sockets when it starts. */
export function publishPatiently(): void {
  Object.assign(zeromq, { Publisher: PatientPublisher });
}
