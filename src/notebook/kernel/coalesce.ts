/** Sends one piece of a stream to whoever watches the cell. */
export type Send = (name: string, text: string) => void;

export interface CoalescedStream {
  /** Keeps `text` until the end of this turn of the event loop, or until it is large or another stream writes. */
  write(name: string, text: string): void;
  /** Sends what is kept: before anything else that must come after it. */
  flush(): void;
}

/** About what one terminal screen holds many times over; beyond that a reader gains nothing by waiting. */
const maxKeptCharacters = 64 * 1024;

/**
 * Joins the writes of one turn of the event loop into a few sends, in order: a message for each of 3,000 lines
 * would keep a notebook busy for seconds.
 */
export function coalesce(send: Send): CoalescedStream {
  let kept = "";
  let keptName = "";
  let scheduled: NodeJS.Immediate | undefined;

  const flush = () => {
    clearImmediate(scheduled);
    scheduled = undefined;
    const text = kept;
    kept = "";
    if (text) send(keptName, text);
  };
  const write = (name: string, text: string) => {
    if (name !== keptName) flush();
    keptName = name;
    kept += text;
    if (kept.length >= maxKeptCharacters) flush();
    else scheduled ??= setImmediate(flush);
  };
  return { write, flush };
}
