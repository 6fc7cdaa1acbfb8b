import { setImmediate as nextTurn } from "node:timers/promises";
import { expect } from "chai";
import { coalesce } from "./coalesce.js";

describe("coalesce", () => {
  let sent: [name: string, text: string][];
  const stream = () => {
    sent = [];
    return coalesce((name, text) => sent.push([name, text]));
  };

  it("sends 3,000 lines of one turn as one piece, complete and in order", async () => {
    const lines = Array.from({ length: 3000 }, (_, i) => `line ${i}\n`);
    const { write } = stream();
    for (const line of lines) write("stdout", line);
    expect(sent).to.deep.equal([]);
    await nextTurn();
    expect(sent).to.deep.equal([["stdout", lines.join("")]]);
  });

  it("keeps the order in which stdout and stderr were written", async () => {
    const { write } = stream();
    write("stdout", "a");
    write("stderr", "b");
    write("stderr", "c");
    write("stdout", "d");
    await nextTurn();
    expect(sent).to.deep.equal([
      ["stdout", "a"],
      ["stderr", "bc"],
      ["stdout", "d"],
    ]);
  });

  it("does not keep more than a bounded amount of text", () => {
    const { write } = stream();
    for (let i = 0; i < 100; i++) write("stdout", "x".repeat(10_000));
    expect(sent.length).to.be.within(10, 100);
  });

  it("sends at once when asked, and not a second time", async () => {
    const { write, flush } = stream();
    write("stdout", "before the picture");
    flush();
    expect(sent).to.deep.equal([["stdout", "before the picture"]]);
    await nextTurn();
    expect(sent).to.have.length(1);
  });

  it("sends what is written in later turns", async () => {
    const { write } = stream();
    write("stdout", "1");
    await nextTurn();
    write("stdout", "2");
    await nextTurn();
    expect(sent).to.deep.equal([
      ["stdout", "1"],
      ["stdout", "2"],
    ]);
  });
});
