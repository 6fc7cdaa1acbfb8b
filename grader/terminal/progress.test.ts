import { Writable } from "node:stream";
import { expect } from "chai";
import { progressLine, startProgress } from "./progress.js";

/** A stream that remembers, and says that it is a terminal or not. */
function recordingStream(isTTY: boolean): { stream: NodeJS.WriteStream; written: () => string } {
  let text = "";
  const writable = new Writable({
    write(chunk, _encoding, done) {
      text += String(chunk);
      done();
    },
  });
  const terminal = { isTTY, columns: 100, rows: 24, cursorTo: () => true, clearLine: () => true };
  const stream = Object.assign(writable, terminal, {
    moveCursor: () => true,
    clearScreenDown: () => true,
    getWindowSize: () => [100, 24],
    getColorDepth: () => 1,
    hasColors: () => false,
  }) as unknown as NodeJS.WriteStream;
  return { stream, written: () => text };
}

describe("progress", () => {
  it("says what, how many, and the time left", () => {
    expect(progressLine("grading", 50, 200, 60_000)).to.equal(
      "grading  ━━━━━━──────────────────  50 of 200  about 3 min left",
    );
    expect(progressLine("grading", 150, 200, 60_000)).to.match(/150 of 200 {2}about 20 s left$/);
  });

  it("names no time before anything is done, and none when all is", () => {
    expect(progressLine("grading", 0, 200, 5_000)).to.match(/0 of 200$/);
    expect(progressLine("grading", 200, 200, 5_000)).to.match(/200 of 200$/);
    expect(progressLine("grading", 0, 0, 5_000)).to.match(/0 of 0$/);
  });

  it("fits into 80 columns for ten thousand submissions", () => {
    expect(progressLine("grading", 9_999, 10_000, 9e8).length).to.be.at.most(80);
  });

  it("writes nothing where there is no terminal, and still prints what goes around it", () => {
    const { stream, written } = recordingStream(false);
    const progress = startProgress("grading", stream);
    let printed = false;
    progress.start(2);
    progress.step();
    progress.say("again, alone: ada");
    progress.around(() => {
      printed = true;
    });
    progress.stop();
    expect(written()).to.equal("");
    expect(printed).to.equal(true);
  });

  it("draws on a terminal, clears away before another line, and shows the cursor again at the end", () => {
    const { stream, written } = recordingStream(true);
    const listeners = process.listenerCount("SIGINT");
    const progress = startProgress("grading", stream);
    progress.start(2);
    expect(process.listenerCount("SIGINT"), "Ctrl-C is the command's").to.equal(listeners);
    progress.step();
    progress.say("again, alone: \u001b[2Jada");
    progress.stop();
    expect(written()).to.include("0 of 2");
    expect(written()).to.include("\r\u001b[Kagain, alone: \\u{1b}[2Jada\n");
    expect(written().split("again, alone")[1]).to.include("1 of 2");
    expect(written().lastIndexOf("\u001b[?25h")).to.be.greaterThan(written().lastIndexOf("\u001b[?25l"));
  });
});
