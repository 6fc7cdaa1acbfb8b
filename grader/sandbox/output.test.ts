import { PassThrough } from "node:stream";
import { expect } from "chai";
import { Output } from "./output.js";

function printing(limits: { outputBytes: number; floodBytes: number }) {
  const stream = new PassThrough();
  let floods = 0;
  const output = new Output(limits, () => {
    floods += 1;
  });
  output.collect(stream);
  const print = async (bytes: Buffer | string) => {
    stream.write(bytes);
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { output, print, floods: () => floods };
}

describe("a jail's output", () => {
  it("is kept up to its limit, and the limit starts again when it has been taken", async () => {
    const { output, print } = printing({ outputBytes: 5, floodBytes: 100 });
    await print("abc");
    await print("defg");
    expect(output.take()).to.equal("abcde");
    expect(output.take()).to.equal("");
    await print("hij");
    expect(output.take()).to.equal("hij");
  });

  it("keeps a character whole that arrives in two pieces", async () => {
    const { output, print } = printing({ outputBytes: 100, floodBytes: 100 });
    const euro = Buffer.from("€");
    await print(euro.subarray(0, 1));
    await print(euro.subarray(1));
    expect(output.take()).to.equal("€");
  });

  it("counts as a flood all that was ever printed, also what was dropped or taken", async () => {
    const { output, print, floods } = printing({ outputBytes: 5, floodBytes: 20 });
    await print("x".repeat(12));
    output.take();
    await print("x".repeat(8));
    expect(floods()).to.equal(0);
    await print("x");
    expect(floods()).to.equal(1);
  });
});
