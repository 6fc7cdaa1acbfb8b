import { PassThrough } from "node:stream";
import { expect } from "chai";
import fc from "fast-check";
import { receiveFrames, sendFrame } from "./frames.js";

function received(chunks: readonly Uint8Array[], maxBytes = 1000): { frames: string[]; violations: number } {
  const stream = new PassThrough();
  const result = { frames: [] as string[], violations: 0 };
  receiveFrames(
    stream,
    maxBytes,
    (body) => result.frames.push(body.toString("latin1")),
    () => result.violations++,
  );
  for (const chunk of chunks) stream.emit("data", Buffer.from(chunk));
  return result;
}

function wire(bodies: readonly string[]): Buffer {
  const stream = new PassThrough();
  for (const body of bodies) sendFrame(stream, Buffer.from(body, "latin1"));
  return stream.read() as Buffer;
}

describe("frames", () => {
  it("gives back the same bodies however the bytes are cut", () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ maxLength: 50 }), { minLength: 1 }),
        fc.array(fc.nat(40)),
        (texts, cuts) => {
          const bodies = texts.map((text) => Buffer.from(text).toString("latin1"));
          let rest = wire(bodies);
          const chunks: Buffer[] = [];
          for (const cut of cuts) {
            chunks.push(rest.subarray(0, cut));
            rest = rest.subarray(cut);
          }
          expect(received([...chunks, rest]).frames).to.deep.equal(bodies);
        },
      ),
    );
  });

  it("stops at a frame over the limit, before its body arrives", () => {
    const result = received([wire(["ok"]), Buffer.from([0xff, 0xff, 0xff, 0x7f]), wire(["never"])]);
    expect(result).to.deep.equal({ frames: ["ok"], violations: 1 });
  });
});
