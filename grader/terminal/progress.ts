import cliProgress from "cli-progress";
import { safe } from "./cell.js";

export interface Progress {
  /** Shows the line: none of `total` is done. */
  start(total: number): void;
  /** One more is done. */
  step(): void;
  /** A line that stays, above the one that moves. */
  say(text: string): void;
  /** Lets something else be printed without the line in its way. */
  around(print: () => void): void;
  stop(): void;
}

/** One line on stderr while a command works: what, how many, time left. Silent but on a terminal. */
export function startProgress(what: string, stream: NodeJS.WriteStream = process.stderr): Progress {
  return stream.isTTY ? lineOn(stream, what) : silent;
}

const silent: Progress = {
  start: () => undefined,
  step: () => undefined,
  say: () => undefined,
  around: (print) => print(),
  stop: () => undefined,
};

function lineOn(stream: NodeJS.WriteStream, what: string): Progress {
  const bar = new cliProgress.SingleBar({
    stream,
    format: (_options, params) =>
      progressLine(what, params.value, params.total, Date.now() - params.startTime),
    clearOnComplete: true,
    hideCursor: true,
    // After another line was printed, this one has to be drawn again although it says the same.
    forceRedraw: true,
    linewrap: false,
    // Ctrl-C belongs to the command, which ends its work and then stops this line.
    gracefulExit: false,
    fps: 4,
  });
  const around = (print: () => void): void => {
    if (bar.isActive) stream.write("\r\u001b[K");
    print();
    if (bar.isActive) bar.render();
  };
  return {
    start: (total) => bar.start(total, 0),
    step: () => bar.increment(),
    say: (text) => around(() => stream.write(`${safe(text)}\n`)),
    around,
    stop: () => bar.stop(),
  };
}

const barWidth = 24;

/** "grading  ━━━━━━━━────────  12 of 200  about 3 min left" */
export function progressLine(what: string, done: number, total: number, elapsedMs: number): string {
  const filled = total === 0 ? barWidth : Math.floor((barWidth * done) / total);
  const bar = "━".repeat(filled) + "─".repeat(barWidth - filled);
  const left = timeLeft(done, total, elapsedMs);
  return `${what}  ${bar}  ${done} of ${total}${left === "" ? "" : `  ${left}`}`;
}

/** From the mean time of what is done; nothing before there is a mean. */
function timeLeft(done: number, total: number, elapsedMs: number): string {
  if (done === 0 || done >= total) return "";
  const seconds = Math.ceil(((elapsedMs / done) * (total - done)) / 1000);
  if (seconds < 100) return `about ${seconds} s left`;
  const minutes = Math.ceil(seconds / 60);
  return minutes < 100 ? `about ${minutes} min left` : `about ${Math.ceil(minutes / 60)} h left`;
}
